"""Explains validation errors in sentences for the person who wrote the file.

Pydantic's messages are about input types.
"""

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


def explain_validation_error(document: Document, model_class: type[FileModel], error: ValidationError) -> list[Problem]:
    """Return the problems behind a validation error, in the order of lines, at most one more than MAX_PROBLEMS."""
    details = sorted(error.errors(include_url=False), key=lambda detail: document.line_of(detail["loc"]))
    return [_explain_detail(document, model_class, detail) for detail in details[: MAX_PROBLEMS + 1]]


def prefix_path(path: Path, sentence: str) -> str:
    """Return a sentence with its path in the file before it: `tasks › slåning › role: …`."""
    names = (f"number {step + 1}" if isinstance(step, int) else step for step in path)
    return f"{' › '.join(names)}: {sentence}" if path else sentence


def _explain_detail(document: Document, model_class: type[FileModel], detail: ErrorDetails) -> Problem:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    if detail["type"] == "extra_forbidden":
        return document.problem_at(path, _explain_unknown_key(model_class, path))
    if detail["type"] == "missing":
        return document.problem_at(path[:-1], prefix_path(path[:-1], f"the key '{path[-1]}' is missing"))
    return document.problem_at(path, prefix_path(path, _sentence(path, detail)))


def _explain_unknown_key(model_class: type[FileModel], path: Path) -> str:
    for step in path[:-1]:
        model_class = {**model_class.entry_models, **model_class.nested_models}.get(str(step), model_class)
    keys = [field.alias or name for name, field in model_class.model_fields.items()]
    return prefix_path(path[:-1], describe_unknown("key", str(path[-1]), keys))


def _sentence(path: Path, detail: ErrorDetails) -> str:
    context: Mapping[str, Any] = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] in ("literal_error", "string_type"):
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return _explain_wrong_text(_word_kind(path), detail["input"], choices)
    sentence = _SENTENCES.get(detail["type"])
    return detail["msg"] if sentence is None else sentence.format_map(context)


def _word_kind(path: Path) -> str:
    field = next((step for step in reversed(path) if isinstance(step, str)), "word")
    return {"roles": "role"}.get(field, field)


def _explain_wrong_text(kind: str, value: Any, choices: list[str]) -> str:
    if isinstance(value, Unquoted):
        return f'{value.text} without quotes is {value.kind}; if a word is meant, write "{value.text}"'
    if value is None:
        hint = " (text that begins with # needs quotes around it)" if kind == "room" else ""
        return f"nothing is written here{hint}"
    if not isinstance(value, str):
        return "this must be a text, not a list or a mapping"
    return describe_unknown(kind, value, choices)
