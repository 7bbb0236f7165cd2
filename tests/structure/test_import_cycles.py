"""No modules of bot/ import each other in a circle, counting imports inside functions and under TYPE_CHECKING.

Modules in a circle can only be understood together. A circle that is hidden from Python, by an import inside a function
or for types only, is no easier to read. A package's `__init__.py` counts as a module.
"""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from source_files import SourceFile, package_of, read_source_files, source_of, write_and_parse


def build_import_graph(files: Iterable[SourceFile]) -> dict[str, set[str]]:
    """Return which modules each module imports, among the given files.

    `from bot.store import inbox` is an import of bot.store.inbox where that is a module, and else of bot.store.
    """
    files_by_module = {file.module: file for file in files}
    graph: dict[str, set[str]] = {}
    for module, file in files_by_module.items():
        imported: set[str] = set()
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                source = source_of(node, package_of(file.path))
                submodules = {name for alias in node.names if (name := f"{source}.{alias.name}") in files_by_module}
                imported |= submodules
                if len(submodules) < len(node.names):
                    imported.add(source)
        graph[module] = imported & files_by_module.keys() - {module}
    return graph


def find_cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one module, each sorted, in the order of their names."""
    reachable = {module: find_reachable(graph, module) for module in graph}
    cycles: list[list[str]] = []
    for module in sorted(graph):
        if module in reachable[module] and not any(module in cycle for cycle in cycles):
            cycles.append(sorted(other for other in reachable[module] if module in reachable[other]))
    return cycles


def find_reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    """Return the modules that a module imports, directly or through others."""
    reached: set[str] = set()
    pending = [start]
    while pending:
        new = graph[pending.pop()] - reached
        reached |= new
        pending += new
    return reached


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert find_cycles(build_import_graph(read_source_files())) == []


def test_a_circle_through_a_function_and_a_type_is_found(tmp_path: Path) -> None:
    texts = {
        "bot/a.py": "def f():\n    from bot import b\n",
        "bot/b/__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .c import d\n",
        "bot/b/c.py": "import bot.a\nimport bot.e\n",
        "bot/e.py": "",
    }
    files = [write_and_parse(tmp_path, name, text) for name, text in texts.items()]
    assert find_cycles(build_import_graph(files)) == [["bot.a", "bot.b", "bot.b.c"]]


def test_a_package_that_imports_its_modules_is_no_circle(tmp_path: Path) -> None:
    texts = {"bot/b/__init__.py": "from bot.b.c import x\n", "bot/b/c.py": "from . import e\n", "bot/b/e.py": ""}
    files = [write_and_parse(tmp_path, name, text) for name, text in texts.items()]
    assert find_cycles(build_import_graph(files)) == []
