"""The results of fetching a calendar: its content, or CalendarUnavailable with a reason."""

from dataclasses import dataclass


class CalendarUnavailable(Exception):
    """The calendar cannot be read now. The message is the part after the colon of a sentence for the administrator.

    `retry_after_seconds` is how long the server asks to wait; None when it does not say.
    """

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True)
class FetchedCalendar:
    """The content of a calendar, and the validators its source gave: `version` (ETag) and `last_modified`."""

    content: bytes
    version: str = ""
    last_modified: str = ""
