"""Parses the Python files under bot/ once, for the tests that check imports, file sizes and docstrings."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class SourceFile:
    """A Python file of the project. `imports` are full module names, such as `bot.store.messages.inbox`."""

    path: str
    lines: int
    tree: ast.Module
    imports: frozenset[str]

    @property
    def module(self) -> str:
        """The dotted name of the module; for an `__init__.py` the name of its package."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def folder(self) -> str:
        """The folder or single module directly under bot/ that the file belongs to; "" for bot/__init__.py."""
        return folder_of(self.module)


def folder_of(module: str) -> str:
    """Return the part of a module's name after "bot": "store" for bot.store.messages.inbox, "app" for bot.app."""
    return module.removeprefix("bot").lstrip(".").split(".")[0]


@cache
def read_source_files() -> tuple[SourceFile, ...]:
    """Parse every Python file under bot/, migrations included."""
    return tuple(parse_file(path, path.relative_to(ROOT).as_posix()) for path in sorted((ROOT / "bot").rglob("*.py")))


def parse_file(path: Path, name: str) -> SourceFile:
    """Parse a file as if it were stored under `name`, a path such as "bot/app.py"."""
    text = path.read_text("utf-8")
    tree = ast.parse(text, name)
    return SourceFile(name, text.count("\n"), tree, frozenset(find_imports(tree, package_of(name))))


def write_and_parse(folder: Path, name: str, text: str) -> SourceFile:
    """Parse a text that exists for one test only as if it were stored under `name`."""
    path = folder / "file.py"
    path.write_text(text, "utf-8")
    return parse_file(path, name)


def package_of(name: str) -> list[str]:
    """Return the package that relative imports in a file start from, split at the dots."""
    return name.split("/")[:-1]


def find_imports(tree: ast.Module, package: list[str]) -> set[str]:
    """Return every imported module, also those imported inside functions and under TYPE_CHECKING.

    `from bot import app` counts as an import of bot.app.
    """
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = source_of(node, package)
            if source in {"bot", "bot.features"}:  # the imported names are folders
                found.update(f"{source}.{alias.name}" for alias in node.names)
            else:
                found.add(source)
    return found


def source_of(node: ast.ImportFrom, package: list[str]) -> str:
    """Return the full name of the module after `from`, with the dots of a relative import resolved."""
    start = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*start, *([node.module] if node.module else [])])


def is_inside(module: str, package: str) -> bool:
    """Whether a module is the package itself or one of the modules in it."""
    return module == package or module.startswith(f"{package}.")


def find_attributes(tree: ast.Module) -> list[tuple[int, str, str]]:
    """Return every `owner.name` in a file as (line, owner, name), from the top down."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return sorted((node.lineno, last_name(node.value), node.attr) for node in nodes)


def last_name(node: ast.expr) -> str:
    """Return "datetime" for both `datetime` and `datetime.datetime`; "" for other expressions."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
