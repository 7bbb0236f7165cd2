"""The inner names of libraries that the program leans on are as they were, and are all listed here.

A new release of a library may rename them without a word in its changelog. An override that is no longer called, or a
method that is no longer there, would be noticed in a village only.
"""

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from nio.crypto import Olm, OlmAccount, SessionStore
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction
from vodozemac import Account

from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.machine import _Olm
from bot.store.database import direct_engine
from bot.store.database.sqlite_connection import AdaptedConnection, SqliteConnection, SqliteCursor, _AdaptedCursor

ROOT = Path(__file__).parents[1]

#: Inner names that the program uses, and their parameters; None for an attribute.
USED: dict[str, tuple[Any, list[str] | None]] = {
    "_conn": (aiosqlite.Connection, None),
    "_execute": (aiosqlite.Connection, ["self", "fn", "args", "kwargs"]),
    "_mark_device_for_unwedging": (Olm, ["self", "sender", "sender_key"]),
    "_olm_encrypt": (Olm, ["self", "session", "recipient_device", "message_type", "content"]),
}

#: Inner attributes that an object has only when it is made, used by the program.
OF_OBJECTS = {"_thread", "_entries", "_account", "_proxied"}

#: `os._exit` is documented.
PUBLIC = {"_exit"}

#: Classes with methods that replace those of a library's class, and that class.
REPLACING: tuple[tuple[type, type], ...] = (
    (SqliteConnection, aiosqlite.Connection),
    (AdaptedConnection, AsyncAdapt_aiosqlite_connection),
    (direct_engine.DirectEngine, AsyncEngine),
    (direct_engine._DirectConnection, AsyncConnection),
    (direct_engine._DirectTransaction, AsyncTransaction),
    (_Olm, Olm),
)

#: The methods that are replaced. Those that are not here are our own.
REPLACED = {
    "SqliteConnection": {"commit", "cursor", "rollback"},
    "AdaptedConnection": {"__init__", "cursor", "rollback"},
    "DirectEngine": {"connect"},
    "_DirectConnection": {"__aexit__", "begin", "begin_nested", "execute", "start"},
    "_DirectTransaction": {"__aexit__", "start"},
    "_Olm": {"_handle_olm_event", "_should_accept_forward", "_try_decrypt"},
}


def parameters_of(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", USED)
def test_inner_name_is_there_with_its_parameters(name: str) -> None:
    owner, parameters = USED[name]
    found = inspect.getattr_static(owner, name)
    assert parameters is None or parameters_of(found) == parameters


def test_objects_have_the_inner_attributes() -> None:
    connection = aiosqlite.Connection(lambda: None, iter_chunk_size=64)
    assert {"daemon", "join", "start"} <= set(dir(connection._thread))
    assert isinstance(SessionStore()._entries, dict)
    assert isinstance(OlmAccount()._account, Account)
    assert hasattr(AsyncConnection, "_proxied")
    assert hasattr(AsyncTransaction, "_proxied")


@pytest.mark.parametrize(("ours", "theirs"), REPLACING, ids=lambda part: part.__name__)
def test_replaced_methods_still_exist_and_can_be_called_alike(ours: type, theirs: type) -> None:
    for name in REPLACED[ours.__name__]:
        own, replaced = vars(ours)[name], inspect.getattr_static(theirs, name)
        wanted = list(inspect.signature(replaced).parameters.values())
        given = inspect.signature(own).parameters
        takes_more = any(one.kind is one.VAR_KEYWORD for one in given.values())
        keywords = {one.name for one in wanted if one.kind is one.KEYWORD_ONLY}
        assert takes_more or keywords <= set(given), f"{ours.__name__}.{name}"
        positional = [one for one in wanted if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
        assert len(positional) <= sum(one.kind is one.POSITIONAL_OR_KEYWORD for one in given.values()), name


@pytest.mark.parametrize(("ours", "theirs"), REPLACING, ids=lambda part: part.__name__)
def test_no_other_method_of_a_library_is_replaced(ours: type, theirs: type) -> None:
    """A new release may add a method of the same name as one of ours."""
    ignored = {"__module__", "__doc__", "__slots__", "__qualname__", "__annotations__", "__static_attributes__"}
    ignored |= {"__firstlineno__", "__orig_bases__", "__abstractmethods__", "_abc_impl", "__parameters__"}
    both = {name for name in vars(ours) if any(name in vars(base) for base in theirs.__mro__[:-1])}
    assert both - ignored == REPLACED[ours.__name__]


def test_sqlalchemy_finds_the_methods_that_it_calls_on_a_cursor() -> None:
    """The adapted cursor stands in for SQLAlchemy's own."""
    theirs = AsyncAdapt_aiosqlite_connection._cursor_cls
    ours = {*dir(_AdaptedCursor), *vars(_AdaptedCursor(SqliteCursor(None)))}  # type: ignore[arg-type]  # not used
    called = {"execute", "executemany", "fetchone", "fetchmany", "fetchall", "close", "_async_soft_close"}
    assert called | {"description", "rowcount", "lastrowid", "arraysize"} <= set(dir(theirs))
    assert called | {"description", "rowcount", "lastrowid", "arraysize"} <= ours


def test_nio_finds_the_methods_that_it_calls_on_the_store() -> None:
    called = set(re.findall(r"\bself\.store\.(\w+)", inspect.getsource(inspect.getmodule(Olm))))  # type: ignore[arg-type]
    assert called
    assert called - set(dir(CryptoStore)) == UNREACHABLE


#: What nio calls only in methods that the program does not use: it trusts people by their identity, not by device.
UNREACHABLE = {
    *("verify_device", "unverify_device", "blacklist_device", "unblacklist_device"),
    *("ignore_device", "ignore_devices", "unignore_device", "is_device_ignored"),
}


def test_every_inner_name_of_a_library_is_listed() -> None:
    listed = {*USED, *OF_OBJECTS, *PUBLIC}
    unknown = {name: places for name, places in find_foreign_inner_names().items() if name not in listed}
    assert unknown == {}


def find_foreign_inner_names() -> dict[str, list[str]]:
    """Return the inner names that the program reads and that none of its files defines, with their places."""
    defined: set[str] = set()
    used: dict[str, list[str]] = {}
    for file in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    defined.add(node.name)
                case ast.Attribute(ctx=ast.Store()):
                    defined.add(node.attr)
                case ast.Name(ctx=ast.Store()):
                    defined.add(node.id)
                case ast.Attribute() if node.attr.startswith("_") and not node.attr.startswith("__"):
                    used.setdefault(node.attr, []).append(f"{file.relative_to(ROOT)}:{node.lineno}")
    return {name: places for name, places in used.items() if name not in defined}
