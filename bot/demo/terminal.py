"""Shows the demo in a terminal, or in a file where there is none: a conversation to read, and how far we are."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.languages.catalogue import Catalogue

#: The widest a conversation is set; longer lines are hard to read.
WIDEST = 100
COLOURS = ("cyan", "yellow", "magenta", "green", "bright_red")
BOT_COLOUR = "bright_blue"


class Screen:
    """Where the demo is shown, in one language."""

    def __init__(self, language: str) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal that knows no emoji shows something else
        self._catalogue = Catalogue(Path(__file__).with_name("texts"))
        self._language = language
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._console.width = min(self._console.width, WIDEST)
        self._colours: dict[str, str] = {}
        self._scenes = 0

    def words(self, key: str, **values: object) -> str:
        """The demo's own words."""
        return self._catalogue.say(self._language, key, values).plain

    def show(self, *shown: RenderableType) -> None:
        """Print as it is."""
        self._console.print(*shown, sep="\n")

    def open(self, title: str) -> None:
        """The first thing one sees."""
        subtitle = Text(self.words("subtitle"), "dim", justify="center")
        self.show("", Panel(Group(Text(title, "bold", justify="center"), subtitle), border_style="green"), "")

    @contextmanager
    def step(self, key: str, **values: object) -> Iterator[None]:
        """Something that takes a while: a moving line with the seconds, and one line that stays when it is done."""
        said = self.words(key, **values)
        began = time.monotonic()
        columns = (SpinnerColumn(), TextColumn("{task.description} …"), _Seconds(self))
        on_screen = Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal)
        with on_screen as progress:
            progress.add_task(said, total=None)
            sign = ("✗ ", "red")
            try:
                yield
                sign = ("✓ ", "green")
            finally:
                progress.stop()
                seconds = self.words("seconds", seconds=f"{time.monotonic() - began:.0f}")
                self.show(Text.assemble(sign, said, (f" … {seconds}", "dim")))

    def scene(self, title: str) -> None:
        """A heading in the conversation."""
        self._scenes += 1
        heading = Text.assemble((f"{self._scenes}  ", "green"), (title, "bold"))
        self.show("", Rule(heading, align="left", style="green"), "")

    def turn(self, at: datetime, name: str, note: str, *said: RenderableType, is_bot: bool = False) -> None:
        """Somebody's turn: when, who, in what manner, and what."""
        colour = BOT_COLOUR if is_bot else self._colour(name)
        row = Table.grid(padding=(0, 2, 0, 0), expand=True)
        row.add_column(width=5, style="dim")
        row.add_column(ratio=1, overflow="fold")
        head = Text.assemble((name, f"bold {colour}"), (f"  {note}" if note else "", "dim"))
        row.add_row(at.strftime("%H:%M"), Group(head, *said))
        self.show(row, "")

    def card(self, text: str, state: str) -> RenderableType:
        """A card as it looks in the room."""
        first, _, rest = text.partition("\n")
        body = Text.assemble((first, "bold"), f"\n{rest}" if rest else "")
        return Panel(body, title=Text(state, "dim"), title_align="right", border_style=BOT_COLOUR)

    def taps(self, emojis: tuple[str, ...]) -> RenderableType:
        """What stands under a message to be tapped."""
        return Text("  ".join(emojis))

    def indented(self, text: str) -> RenderableType:
        """Something said in a thread."""
        return Padding(Text(text), (0, 0, 0, 2))

    def failure(self, *said: RenderableType) -> None:
        """Why it did not go as it should."""
        self.show("", Panel(Group(*said), title=Text(self.words("failed"), "bold"), border_style="red"))

    def _colour(self, name: str) -> str:
        return self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])


class _Seconds(ProgressColumn):
    """How long a step has taken."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def render(self, task: Task) -> Text:
        return Text(self._screen.words("seconds", seconds=f"{task.elapsed or 0:.0f}"), "dim")
