"""The question that a handler raises when something is missing, and the answers to it that can be tapped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: The emoji under a question, in the order of its options; so a question has nine options at most.
NUMBER_EMOJI = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣")
YES, NO = "✅", "❌"


@dataclass(frozen=True)
class Option:
    """An answer to tap: the label that people read, and the argument's value that it stands for.

    `also` are other arguments of the command that the same tap answers.
    """

    label: object
    value: Any
    also: Mapping[str, Any] = field(default_factory=dict)


class Ask(Exception):
    """Raised by a handler to ask the person something. The half-said command is kept, and the answer finishes it.

    `argument` is the argument asked for ("" for a yes or no), `key` the text that asks, `options` the answers to tap.
    `instead` is the name of the command to finish and its known arguments; without it, the command being handled.
    """

    def __init__(
        self,
        argument: str,
        key: str,
        options: list[Option] | None = None,
        *,
        instead: tuple[str, dict[str, Any]] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(key)
        self.argument = argument
        self.key = key
        self.options = options or []
        self.instead = instead
        self.values = values
