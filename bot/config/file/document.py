"""Reads a YAML file into plain data and remembers the line of everything, without trusting the file.

Events are read one by one instead of composing nodes, because libyaml's composer recurses in C: half a megabyte
of '[' would end the process. On the same way we see duplicate keys, which YAML loaders drop silently.
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

_DEEPEST = 20

#: A file that is something else altogether would fill the screen; after so many problems nobody reads on.
MAX_PROBLEMS = 20
_STR = "tag:yaml.org,2002:str"


@dataclass
class Node:
    """Where a value stands: the line of its key (or of itself in a list), and the places inside it."""

    line: int
    children: dict[Any, "Node"] = field(default_factory=dict)


@dataclass
class Document:
    """The data of one file, and the way from a path inside the data back to its line."""

    file: str
    data: Any
    root: Node

    def line_of(self, path: Sequence[str | int]) -> int:
        """The line of what a path leads to, or of the deepest part of it that is written."""
        place = self.root
        for step in path:
            if step not in place.children:
                break
            place = place.children[step]
        return place.line

    def problem_at(self, path: Sequence[str | int], message: str) -> Problem:
        """A problem with what a path leads to."""
        return Problem(self.file, self.line_of(path), message)


def read_document(path: Path) -> Document:
    """Reads one file. Raises ConfigError with everything that keeps it from being plain data."""
    text = read_text(path)
    builder = _Builder(str(path))
    try:
        parser = yaml.CSafeLoader(text)
        while (event := parser.get_event()) is not None:
            builder.take(event)
    except yaml.YAMLError as error:
        builder.problems.append(explain_yaml(str(path), text, error))
    if builder.problems:
        raise ConfigError(builder.problems)
    return Document(str(path), builder.data, builder.root)


_NO_KEY = object()


@dataclass
class _Frame:
    """A list or mapping that is still open; `key` is the key that waits for its value."""

    data: Any
    place: Node
    key: Any = _NO_KEY
    key_line: int = 0


class _Builder:
    """Puts events together into data and places."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.data: Any = None
        self.root = Node(1)
        self.problems: list[Problem] = []
        self._open: list[_Frame] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """One event further. Raises ConfigError where going on makes no sense."""
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._take_alias(event, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._begin_document(line)

    def _begin_document(self, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(line, "a second document begins here with '---'; one file holds one")

    def _take_alias(self, event: yaml.AliasEvent, line: int) -> None:
        """Refused: a few lines of aliases unfold into billions of values."""
        self._complain(line, f"'*{event.anchor}' refers to another place; write the text out, or put quotes around it")
        if self._at_key():
            raise ConfigError(self.problems)
        self._put(None, line)

    def _take_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if event.tag is not None:
            self._check_tag(event.tag, line)
        if self._at_key():
            self._take_key(event.value, line)
        elif event.implicit[0] and event.tag is None:
            self._put(resolve_scalar(event.value), line)
        else:
            self._put(event.value, line)

    def _take_key(self, key: str, line: int) -> None:
        frame = self._open[-1]
        if key in frame.data:
            first = frame.place.children[key].line
            self._complain(line, f"'{key}' is written twice, the first time in line {first}")
        frame.key, frame.key_line = key, line

    def _begin(self, data: Any, event: yaml.CollectionStartEvent, line: int) -> None:
        if event.tag is not None:
            self._check_tag(event.tag, line)
        if self._at_key():
            self._stop(line, "a key is a plain word; a list or a mapping cannot be one (is a quote missing?)")
        if len(self._open) == _DEEPEST:
            self._stop(line, f"lists and mappings are nested more than {_DEEPEST} deep here")
        self._open.append(_Frame(data, self._put(data, line)))

    def _check_tag(self, tag: str, line: int) -> None:
        if tag.startswith("!") and tag != "!":
            self._complain(line, "text that begins with ! needs quotes around it")
        elif tag not in ("!", _STR):
            self._complain(line, f"the tag '{tag}' is not used here; take it away")

    def _at_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].data, dict) and self._open[-1].key is _NO_KEY

    def _put(self, value: Any, line: int) -> Node:
        if not self._open:
            self.data = value
            return self.root
        frame = self._open[-1]
        if isinstance(frame.data, list):
            place = frame.place.children[len(frame.data)] = Node(line)
            frame.data.append(value)
        else:
            place = frame.place.children[frame.key] = Node(frame.key_line)
            frame.data[frame.key] = value
            frame.key = _NO_KEY
        return place

    def _complain(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))
        if len(self.problems) > MAX_PROBLEMS:
            raise ConfigError(self.problems)

    def _stop(self, line: int, message: str) -> None:
        self._complain(line, message)
        raise ConfigError(self.problems)
