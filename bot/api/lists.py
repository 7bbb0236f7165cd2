"""Shortens long lists, so that people can read an answer in one go and nobody can flood the room with one command."""

from collections.abc import Sequence

from bot.api.feature import Request

#: The most lines of a list.
MAX_LIST_LINES = 40

#: The most lines of a list inside an answer about something else.
FEW_LINES = 6


def shorten_list(
    request: Request,
    lines: Sequence[object],
    language: str | None = None,
    *,
    max_lines: int = MAX_LIST_LINES,
    newest_last: bool = False,
    total: int | None = None,
) -> list[object]:
    """Return the first `max_lines` lines of a list and a line that says how many more there are.

    With `newest_last`, the last lines are returned instead of the first. `total` is the length of the whole list when
    `lines` is only its beginning.
    """
    more = (len(lines) if total is None else total) - max_lines
    if more <= 0:
        return list(lines)
    rest = request.text("and-more", language, count=more)
    return [rest, *lines[more:]] if newest_last else [*lines[:max_lines], rest]
