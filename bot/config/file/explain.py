"""Says in one sentence each what a file holds that does not fit its shape, where pydantic speaks of input types."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.config.file.document import MAX_PROBLEMS, Document
from bot.config.file.plain import Unquoted
from bot.config.models.field_types import FileModel
from bot.config.suggest import describe_unknown
from bot.errors import Problem

Path = tuple[str | int, ...]

_SENTENCES = {
    "string_too_short": "nothing is written here",
    "string_too_long": "this is longer than {max_length} characters",
    "tuple_type": "this must be a list, written [one, two]",
    "dict_type": "this must be a mapping: indented lines with 'key: value'",
    "model_type": "this must be a mapping: indented lines with 'key: value'",
}


def explain_validation_error(document: Document, shape: type[FileModel], error: ValidationError) -> list[Problem]:
    """The problems behind a validation error, in the order of the file's lines, and no more than somebody reads."""
    details = sorted(error.errors(include_url=False), key=lambda detail: document.line_of(detail["loc"]))
    return [_explain_one(document, shape, detail) for detail in details[: MAX_PROBLEMS + 1]]


def prefix_path(path: Path, sentence: str) -> str:
    """A sentence with its place in the file before it: `tasks › slåning › role: …`."""
    names = (f"number {step + 1}" if isinstance(step, int) else step for step in path)
    return f"{' › '.join(names)}: {sentence}" if path else sentence


def _explain_one(document: Document, shape: type[FileModel], detail: ErrorDetails) -> Problem:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    if detail["type"] == "extra_forbidden":
        return document.problem_at(path, _unknown_key(shape, path))
    if detail["type"] == "missing":
        return document.problem_at(path[:-1], prefix_path(path[:-1], f"the key '{path[-1]}' is missing"))
    return document.problem_at(path, prefix_path(path, _sentence(path, detail)))


def _unknown_key(shape: type[FileModel], path: Path) -> str:
    for step in path[:-1]:
        shape = {**shape.entry_models, **shape.nested_models}.get(str(step), shape)
    sentence = describe_unknown(
        "key", str(path[-1]), [field.alias or name for name, field in shape.model_fields.items()]
    )
    return prefix_path(path[:-1], sentence)


def _sentence(path: Path, detail: ErrorDetails) -> str:
    context: Mapping[str, Any] = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] in ("literal_error", "string_type"):
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return _text_wanted(_kind(path), detail["input"], choices)
    known = _SENTENCES.get(detail["type"])
    return detail["msg"] if known is None else known.format_map(context)


def _kind(path: Path) -> str:
    field = next((step for step in reversed(path) if isinstance(step, str)), "word")
    return {"roles": "role"}.get(field, field)


def _text_wanted(kind: str, written: Any, choices: list[str]) -> str:
    if isinstance(written, Unquoted):
        return f'{written.text} without quotes is {written.kind}; if a word is meant, write "{written.text}"'
    if written is None:
        hint = " (text that begins with # needs quotes around it)" if kind == "room" else ""
        return f"nothing is written here{hint}"
    if not isinstance(written, str):
        return "this must be a text, not a list or a mapping"
    return describe_unknown(kind, written, choices)
