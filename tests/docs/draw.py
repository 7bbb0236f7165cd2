"""Draws docs/conversation.da.svg and .en.svg from what the bot really says: `python tests/docs/draw.py`."""

import asyncio
import sys
import tempfile
import textwrap
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.config.community import Community  # noqa: E402  # the checkout goes before an installed Bylaug
from bot.testing import Heard, Stage, read_community  # noqa: E402

WIDTH, LEFT, LINE, SIZE = 780, 64, 21, 14.5
COLUMNS = 92  # characters that fit into a line of that size, with room to spare
COLOURS = {"bot": "#3d7a4f", 0: "#8a4fa3", 1: "#c2691f", 2: "#2f6fb0"}
FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif, 'Noto Color Emoji'"

#: The room, who asks whom, what they write, and the words the drawing itself needs.
STORIES = {
    "da": ("skovby", "skovby-if", "groen-pleje", "!book bane 1 slåning fredag kl. 14", "kl. 9 passer bedre"),
    "en": ("riverside", "riverside-fc", "green-care", "!book pitch 1 mowing friday at 14", "9 am works better"),
}
WORDS = {
    "da": ("i tråden", "trykker", "(kortet er ændret)"),
    "en": ("in the thread", "taps", "(the card has changed)"),
}


@dataclass
class Drawing:
    """A picture that grows downwards."""

    community: Community
    height: float = 26
    parts: list[str] = field(default_factory=list)

    def message(self, who: str, text: str, note: str = "", *, indent: int = 0) -> None:
        """What somebody wrote, beside their initial."""
        person = self.community.person(who)
        handles = [one.handle for one in self.community.people]
        colour = COLOURS["bot"] if person is None else COLOURS[handles.index(who) % 3]
        name, left = (person.name if person else "Bylaug"), LEFT + indent
        self.parts.append(f'<circle cx="{left - 26}" cy="{self.height + 8}" r="15" fill="{colour}"/>')
        self._text(left - 26, self.height + 13, name[0], 'fill="#fff" text-anchor="middle" font-weight="600"')
        self._text(left, self.height + 5, name, f'fill="{colour}" font-weight="600"')
        if note:
            self._text(left + len(name) * 8.6 + 12, self.height + 5, note, 'fill="#6b7280" font-size="12.5"')
        self.height += 8
        for line in wrapped(text, indent):
            self.height += LINE
            self._text(left, self.height + 2, line, 'fill="#1f2328"')
        self.height += 26

    def card(self, text: str, note: str = "") -> None:
        """The bot's card: a frame, with what can be tapped under it."""
        lines = wrapped(text)
        top, height = self.height + 14, LINE * len(lines) + 18
        self.message("bot", "", note)
        self.height = top
        box = f'x="{LEFT - 6}" y="{top}" width="{WIDTH - LEFT - 20}" height="{height}" rx="8"'
        self.parts.append(f'<rect {box} fill="#f3f7f4" stroke="#b9d3c1"/>')
        for number, line in enumerate(lines):
            self.height += LINE
            weight = 'font-weight="600"' if number == 0 else ""
            self._text(LEFT + 6, self.height + 3, line, f'fill="#1f2328" {weight}')
        self.height = top + height + 10

    def taps(self, emojis: list[str]) -> None:
        """Reactions under the card."""
        for number, emoji in enumerate(emojis):
            left = LEFT - 6 + number * 52
            box = f'x="{left}" y="{self.height - 4}" width="44" height="25" rx="12.5"'
            self.parts.append(f'<rect {box} fill="#fff" stroke="#d0d7de"/>')
            self._text(left + 22, self.height + 14, emoji, 'text-anchor="middle"')
        self.height += 48

    def _text(self, left: float, top: float, text: str, style: str) -> None:
        size = "" if "font-size" in style else f'font-size="{SIZE}" '
        self.parts.append(f'<text x="{left:.0f}" y="{top:.0f}" {size}{style}>{escape(text)}</text>')

    def finish(self) -> str:
        """The whole picture."""
        size = f'width="{WIDTH}" height="{self.height:.0f}" viewBox="0 0 {WIDTH} {self.height:.0f}"'
        paper = '<rect width="100%" height="100%" rx="12" fill="#fff" stroke="#d0d7de"/>'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">'
        return "\n".join([head, paper, *self.parts, "</svg>", ""])


def wrapped(text: str, indent: int = 0) -> list[str]:
    """The lines of a text, none longer than the picture is wide."""
    columns = COLUMNS - indent // 8
    return [part for line in text.splitlines() for part in textwrap.wrap(line, columns, break_long_words=False) or [""]]


async def draw(language: str) -> str:
    """Play the beginning of the story and draw it."""
    key, asks, does, ask, answer = STORIES[language]
    thread, tapping, changed = WORDS[language]
    community = read_community(ROOT / "rooms" / f"{key}.yaml")
    with tempfile.TemporaryDirectory() as folder:
        async with Stage.open(f"sqlite+aiosqlite:///{folder}/draw.db", community) as stage:
            drawing = Drawing(community)
            drawing.message(asks, f"{ask} @{does}")
            heard = await stage.say(asks, f"{ask} @{does}")
            card = heard[0].event
            drawing.card(heard[0].plain)
            drawing.taps([one.plain for one in heard if one.kind == "react"])
            drawing.message(does, answer, thread, indent=34)
            _react(drawing, await stage.say(does, answer, under=card), thread, changed)
            drawing.message(asks, f"{tapping} ✅")
            _react(drawing, await stage.tap(asks, "✅", card), thread, changed)
            return drawing.finish()


def _react(drawing: Drawing, heard: list[Heard], thread: str, changed: str) -> None:
    for one in heard:
        if one.kind == "edit":
            drawing.card(one.plain, changed)
            drawing.height += 14
    for one in heard:
        if one.kind == "say":
            drawing.message("bot", one.plain, thread, indent=34)


if __name__ == "__main__":
    for chosen in STORIES:
        (ROOT / "docs" / f"conversation.{chosen}.svg").write_text(asyncio.run(draw(chosen)), "utf-8")
