"""What asking a calendar's source can come to: new content, nothing new, or a reason why not."""

from dataclasses import dataclass


class CalendarUnavailable(Exception):
    """The calendar cannot be had now; the message is part of a sentence for the caretaker.

    `after` is how many seconds the source asks us to wait, if it said.
    """

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_seconds = after


@dataclass(frozen=True)
class FetchedCalendar:
    """The content, and what the source calls it: `version` (ETag) and `changed` (Last-Modified), as it wrote them."""

    content: bytes
    version: str = ""
    last_modified: str = ""
