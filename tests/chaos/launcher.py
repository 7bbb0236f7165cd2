"""The bot as `python -m bot` starts it, except that it kills itself (SIGKILL) at a moment named in the environment.

`CHAOS_STRIKE=answer:3` is the third time that it is about to write down what the homeserver has answered. The kinds:
statement (between two statements of one writing transaction), commit (before a transaction is kept), answer (between
the homeserver's answer and the outbox's note of it) and gap (before a page of a gap is kept). What a sync and a page
bring is little here, so that there are gaps with pages to be killed between.
"""

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from bot import cli
from bot.matrix.sync import gaps, sync_loop

Meets = Callable[[str, Any], bool]


def _writes(statement: str, parameters: Any) -> bool:
    return statement.startswith(("INSERT", "UPDATE", "DELETE"))


def _notes_an_answer(statement: str, parameters: Any) -> bool:
    return statement.startswith("UPDATE outbox SET") and "external_id=" in statement.partition("WHERE")[0]


def _keeps_a_page(statement: str, parameters: Any) -> bool:
    return statement.startswith("INSERT INTO meta") and any(str(one).startswith(gaps.GAP_FACT) for one in parameters)


_MOMENTS: dict[str, Meets] = {"statement": _writes, "answer": _notes_an_answer, "gap": _keeps_a_page}


def die() -> None:
    """As a power cut would have it: nothing is finished, nothing is closed."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(kind: str, nth: int) -> None:
    """Die the nth time that it comes to a moment of this kind."""
    times = count(1)
    if kind == "commit":

        @event.listens_for(Engine, "commit")
        def _before_a_commit(connection: Connection) -> None:
            if next(times) == nth:
                die()

        return

    meets = _MOMENTS[kind]
    written: dict[int, int] = {}

    @event.listens_for(Engine, "begin")
    def _begin(connection: Connection) -> None:
        written[id(connection)] = 0

    @event.listens_for(Engine, "before_cursor_execute")
    def _before_a_statement(
        connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, several: bool
    ) -> None:
        if not meets(statement, parameters):
            return
        so_far = written.get(id(connection), 0)
        written[id(connection)] = so_far + 1
        if kind == "statement" and so_far == 0:
            return  # nothing is written yet that could be half
        if next(times) == nth:
            die()


if __name__ == "__main__":
    sync_loop.TIMELINE_LIMIT = int(os.environ.get("CHAOS_SYNC", sync_loop.TIMELINE_LIMIT))
    gaps.PAGE_LIMIT = int(os.environ.get("CHAOS_PAGE", gaps.PAGE_LIMIT))
    if strike := os.environ.get("CHAOS_STRIKE"):
        kind, _, nth = strike.partition(":")
        arm(kind, int(nth))
    sys.exit(cli.main())
