"""Draws the picture of a week in a thread, so that other messages do not wait."""

import asyncio

from bot.api.request.picture import Picture
from bot.drawing.week_content import Week


async def draw_week(week: Week, name: str) -> Picture:
    """Return the picture of a week for a phone. `name` is the name of its file ("uge-24.png")."""
    from bot.drawing.week_picture import draw_week_png  # Pillow and the fonts: most runs of the program never need them

    data, width, height = await asyncio.to_thread(draw_week_png, week)
    return Picture(data, width, height, name)
