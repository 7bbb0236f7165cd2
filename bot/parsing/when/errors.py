"""The two ways in which reading a time fails."""

from collections.abc import Mapping


class NotUnderstood(Exception):
    """The words do not say exactly one time. The text is then read as if it said no time."""


class ImpossibleTime(Exception):
    """The words say a time that cannot exist, such as 31 June or "kl. 25". The person is told so.

    `error_key` and `values` become those of a `WhenError`. `char_range` is where the text says the time: start and end,
    in characters; None for the whole time phrase.
    """

    def __init__(self, error_key: str, *, char_range: tuple[int, int] | None = None, **values: object) -> None:
        super().__init__(error_key)
        self.error_key = error_key
        self.char_range = char_range
        self.values: Mapping[str, object] = values
