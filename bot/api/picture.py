"""Pictures for people to look at, and what they say to those who cannot."""

import asyncio
from dataclasses import dataclass

from bot.drawing.week import Week

#: Bytes. Synapse takes 50 MB as it comes, other homeservers less; whoever is out on a pitch has a slow connection.
LARGEST_PICTURE = 2_000_000


@dataclass(frozen=True)
class Picture:
    """A file that shows something: `width` and `height` in pixels, `name` what it is called when it is saved.

    Raises `ValueError` when it is larger than `LARGEST_PICTURE`.
    """

    data: bytes
    width: int
    height: int
    name: str
    mimetype: str = "image/png"

    def __post_init__(self) -> None:
        if len(self.data) > LARGEST_PICTURE:
            raise ValueError(f"{self.name} has {len(self.data)} bytes, more than {LARGEST_PICTURE}")


async def draw_week(week: Week, name: str) -> Picture:
    """A week as a picture for a phone, drawn beside whatever else goes on; `name` is its file's ("uge-24.png")."""
    from bot.drawing.week_image import draw_week_png  # with all that draws, which most starts never need

    data, width, height = await asyncio.to_thread(draw_week_png, week)
    return Picture(data, width, height, name)
