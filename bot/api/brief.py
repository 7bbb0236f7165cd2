"""Cuts long lists: an answer is read in one go, and nobody can make us fill the room with one."""

from collections.abc import Sequence

from bot.api.request import Request

#: Lines of a list that are shown.
LONGEST_LIST = 40

#: Lines of a list that stands inside an answer about something else.
A_FEW = 6


def in_brief(
    request: Request,
    lines: Sequence[object],
    language: str | None = None,
    *,
    most: int = LONGEST_LIST,
    newest_last: bool = False,
) -> list[object]:
    """The first lines of a list, and how many more there are; of one that has the newest last, the last lines."""
    more = len(lines) - most
    if more <= 0:
        return list(lines)
    rest = request.text("and-more", language, count=more)
    return [rest, *lines[more:]] if newest_last else [*lines[:most], rest]
