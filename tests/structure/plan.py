"""Reads the files of the house for the tests that hold its order."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class File:
    """A Python file of the project, read once; `imports` are full module names (`bot.store.messages.inbox`)."""

    path: str
    lines: int
    tree: ast.Module
    imports: frozenset[str]

    @property
    def module(self) -> str:
        """Its dotted name; that of a package is the folder's."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def room(self) -> str:
        """The part of the house it is in; "" is bot/__init__.py."""
        return room_of(self.module)


def room_of(module: str) -> str:
    """bot.store.messages.inbox is in the room "store"."""
    return module.removeprefix("bot").lstrip(".").split(".")[0]


@cache
def read_house() -> tuple[File, ...]:
    """Every Python file under bot/; migrations of one's own tables count."""
    return tuple(read_file(path, path.relative_to(ROOT).as_posix()) for path in sorted((ROOT / "bot").rglob("*.py")))


def read_file(path: Path, name: str) -> File:
    """Read one file, whatever its name says."""
    text = path.read_text("utf-8")
    tree = ast.parse(text, name)
    return File(name, text.count("\n"), tree, frozenset(imports_of(tree, package_of(name))))


def package_of(name: str) -> list[str]:
    """The package that a relative import in this file starts from."""
    return name.split("/")[:-1]


def imports_of(tree: ast.Module, package: list[str]) -> set[str]:
    """Every module it imports, inside functions and under TYPE_CHECKING too; `from bot import app` is bot.app."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            if source in {"bot", "bot.features"}:  # the names are the rooms
                found.update(f"{source}.{alias.name}" for alias in node.names)
            else:
                found.add(source)
    return found


def under(module: str, package: str) -> bool:
    """Whether it is the package or something in it."""
    return module == package or module.startswith(f"{package}.")


def attributes_of(tree: ast.Module) -> list[tuple[int, str, str]]:
    """Every `owner.name` in it with its line, from the top down."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return sorted((node.lineno, last_name(node.value), node.attr) for node in nodes)


def last_name(node: ast.expr) -> str:
    """`datetime` of both `datetime` and `datetime.datetime`; "" of anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
