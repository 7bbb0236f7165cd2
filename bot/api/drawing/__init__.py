"""Pictures: a `Picture` to answer with, and the picture of a week.

A `Picture` is a finished image. `draw_week` draws one from a `Week`, which has the texts and numbers to show:

    picture = await draw_week(Week(…), "uge-24.png")
    await request.show_picture(picture, "calendar", …)

- Pictures: Picture, draw_week
- A week: Week, WeekDay, WeekRow (one thing on one day), WeekEntry, EntryKind (how an entry looks), WeekTexts
"""

from bot.api.drawing.draw import draw_week
from bot.api.request.picture import Picture
from bot.drawing.week_content import EntryKind, Week, WeekDay, WeekEntry, WeekRow, WeekTexts

__all__ = [
    "EntryKind",
    "Picture",
    "Week",
    "WeekDay",
    "WeekEntry",
    "WeekRow",
    "WeekTexts",
    "draw_week",
]
