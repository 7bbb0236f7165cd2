"""The question that a handler raises when an argument is missing, and the answers to it that can be tapped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: The emoji under a question, in the order of its options. A question can have nine options.
NUMBER_EMOJI = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣")
YES, NO = "✅", "❌"


@dataclass(frozen=True)
class Option:
    """An answer to tap: the label that people read, and the value that the argument gets.

    `also` are values of other arguments that the same tap gives. An option `keeps` what was said: "book it anyway".
    `follows`: the value may be taken without asking when only other commands of the same message are in the way.
    `several` are the values of the argument when there is more than one: "bane 1 og bane 2".
    """

    label: object
    value: Any
    also: Mapping[str, Any] = field(default_factory=dict)
    keeps: bool = False
    follows: bool = False
    several: Sequence[Any] = ()


class Ask(Exception):
    """Raised by a handler to ask the person something. The command is stored, and the answer completes it.

    `argument` is the argument asked for ("" for a yes or no), `key` the text that asks, `options` the answers to tap.
    `instead` is the name of another command to complete with its known arguments; without `instead` it is the command
    being handled.

    `of_one` names what the question is about, in a few words. Where one message means several values, and each of them
    needs the same answer, they are listed in one question, whose key ends in "-each". `every` are all values that fit
    what was said, also those that are no option: a message that names several days means each of them.
    """

    def __init__(
        self,
        argument: str,
        key: str,
        options: list[Option] | None = None,
        *,
        instead: tuple[str, dict[str, Any]] | None = None,
        of_one: object = None,
        every: Sequence[Any] = (),
        **values: Any,
    ) -> None:
        super().__init__(key)
        self.argument = argument
        self.key = key
        self.options = options or []
        self.instead = instead
        self.of_one = of_one
        self.every = every
        self.values = values


class NeedsConfirmation(Ask):
    """Raised by `Request.confirm`: the command is carried out only after a yes. `key` is the text that says what."""

    def __init__(
        self, key: str, values: Mapping[str, Any], *, instead: tuple[str, dict[str, Any]] | None = None
    ) -> None:
        super().__init__("", key, instead=instead, **values)


class MeansEach(Exception):
    """Raised by a handler for a message that means several values of an argument: "aflys alle mine aftaler".

    Before it is raised nothing has been changed. The command is called for each value, after all are listed.
    """

    def __init__(self, argument: str, values: Sequence[Any]) -> None:
        super().__init__(argument)
        self.argument = argument
        self.values = list(values)
