"""Cuts long lists: an answer is read in one go, and nobody can make us fill the room with one."""

from collections.abc import Sequence

from bot.api.request import Request

#: Lines of a list that are shown.
MAX_LIST_LINES = 40

#: Lines of a list that stands inside an answer about something else.
FEW_LINES = 6


def shorten_list(
    request: Request,
    lines: Sequence[object],
    language: str | None = None,
    *,
    max_lines: int = MAX_LIST_LINES,
    newest_last: bool = False,
) -> list[object]:
    """The first lines of a list, and how many more there are; of one that has the newest last, the last lines."""
    more = len(lines) - max_lines
    if more <= 0:
        return list(lines)
    rest = request.text("and-more", language, count=more)
    return [rest, *lines[more:]] if newest_last else [*lines[:max_lines], rest]
