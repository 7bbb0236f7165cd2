"""Reads a YAML file into plain data, with the line of every value, safely for any file.

The reader handles libyaml's events one by one instead of letting libyaml compose nodes: the composer recurses in C, and
half a megabyte of '[' would crash the process. The events also show duplicate keys, which YAML loaders drop silently.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.config.file.plain import resolve_scalar
from bot.config.file.text import read_text
from bot.config.file.yaml_error import explain_yaml
from bot.errors import ConfigError, Problem

#: Levels of lists and mappings inside each other.
_MAX_NESTING = 20
#: Problems reported for one file. A file of another kind would fill the screen, and nobody reads on after so many.
MAX_PROBLEMS = 20
_STR = "tag:yaml.org,2002:str"


@dataclass
class Node:
    """The line of a value (of its key, if it has one) and the nodes of the values inside it."""

    line: int
    children: dict[Any, "Node"] = field(default_factory=dict)


@dataclass
class Document:
    """The data of one file, with the lines of all values."""

    file: str
    data: Any
    root: Node

    def line_of(self, path: Sequence[str | int]) -> int:
        """Return the line of the value at a path, or of the deepest part of the path that the file has."""
        node = self.root
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node.line

    def problem_at(self, path: Sequence[str | int], message: str) -> Problem:
        """Return a problem with the value at a path."""
        return Problem(self.file, self.line_of(path), message)


def read_document(path: Path) -> Document:
    """Read one YAML file. Raises ConfigError with everything that is wrong with it as YAML."""
    text = read_text(path)
    builder = _Builder(str(path))
    try:
        parser = yaml.CSafeLoader(text)
        while (event := parser.get_event()) is not None:
            builder.handle_event(event)
    except yaml.YAMLError as error:
        builder.problems.append(explain_yaml(str(path), text, error))
    if builder.problems:
        raise ConfigError(builder.problems)
    return Document(str(path), builder.data, builder.root)


_NO_KEY = object()


@dataclass
class _Frame:
    """A list or mapping that has not ended yet. `key` is the key in it whose value comes next."""

    data: Any
    node: Node
    key: Any = _NO_KEY
    key_line: int = 0


class _Builder:
    """Builds data and nodes from libyaml's events."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.data: Any = None
        self.root = Node(1)
        self.problems: list[Problem] = []
        self._open: list[_Frame] = []
        self._documents = 0

    def handle_event(self, event: yaml.Event) -> None:
        """Add one event. Raises ConfigError where going on makes no sense."""
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._handle_scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open_collection({} if isinstance(event, yaml.MappingStartEvent) else [], event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._handle_alias(event, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._begin_document(line)

    def _begin_document(self, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            self._fail(line, "a second document begins here with '---'; one file holds one")

    def _handle_alias(self, event: yaml.AliasEvent, line: int) -> None:
        """Report the alias as a problem: a few lines of aliases can expand to billions of values."""
        self._add_problem(
            line, f"'*{event.anchor}' refers to another place; write the text out, or put quotes around it"
        )
        if self._expects_key():
            raise ConfigError(self.problems)
        self._add_value(None, line)

    def _handle_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if event.tag is not None:
            self._check_tag(event.tag, line)
        if self._expects_key():
            self._handle_key(event.value, line)
        elif event.implicit[0] and event.tag is None:
            self._add_value(resolve_scalar(event.value), line)
        else:
            self._add_value(event.value, line)

    def _handle_key(self, key: str, line: int) -> None:
        frame = self._open[-1]
        if key in frame.data:
            first = frame.node.children[key].line
            self._add_problem(line, f"'{key}' is written twice, the first time in line {first}")
        frame.key, frame.key_line = key, line

    def _open_collection(self, data: Any, event: yaml.CollectionStartEvent, line: int) -> None:
        if event.tag is not None:
            self._check_tag(event.tag, line)
        if self._expects_key():
            self._fail(line, "a key is a plain word; a list or a mapping cannot be one (is a quote missing?)")
        if len(self._open) == _MAX_NESTING:
            self._fail(line, f"lists and mappings are nested more than {_MAX_NESTING} deep here")
        self._open.append(_Frame(data, self._add_value(data, line)))

    def _check_tag(self, tag: str, line: int) -> None:
        if tag.startswith("!") and tag != "!":
            self._add_problem(line, "text that begins with ! needs quotes around it")
        elif tag not in ("!", _STR):
            self._add_problem(line, f"the tag '{tag}' is not used here; take it away")

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].data, dict) and self._open[-1].key is _NO_KEY

    def _add_value(self, value: Any, line: int) -> Node:
        if not self._open:
            self.data = value
            return self.root
        frame = self._open[-1]
        if isinstance(frame.data, list):
            node = frame.node.children[len(frame.data)] = Node(line)
            frame.data.append(value)
        else:
            node = frame.node.children[frame.key] = Node(frame.key_line)
            frame.data[frame.key] = value
            frame.key = _NO_KEY
        return node

    def _add_problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))
        if len(self.problems) > MAX_PROBLEMS:
            raise ConfigError(self.problems)

    def _fail(self, line: int, message: str) -> None:
        self._add_problem(line, message)
        raise ConfigError(self.problems)
