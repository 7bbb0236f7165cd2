"""What is missing, as a question: the answers that can be tapped, and the command that the answer finishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Option:
    """Something to tap: what people read, and the argument's value it stands for.

    `also` are other arguments that are answered by the same tap.
    """

    label: object
    value: Any
    also: Mapping[str, Any] = field(default_factory=dict)


class Ask(Exception):
    """What is missing: the half-said command is kept, and finished by the answer.

    `argument` is the one asked for ("" for a yes or no), `key` the sentence that asks, `options` what can be tapped.
    `instead` is the command to finish, with what is known of it; without it, the one that is being handled.
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
