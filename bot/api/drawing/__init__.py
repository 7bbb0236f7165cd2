"""Drawing: pictures to answer with, and a week drawn as one.

A `Picture` is a finished image. `draw_week` makes one of a `Week`, which says in words and numbers what is drawn:

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
