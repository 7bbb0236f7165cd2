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
MAX_WIDTH_COLUMNS = 100
PERSON_COLOURS = ("cyan", "yellow", "magenta", "green", "bright_red")
BOT_COLOUR = "bright_blue"


class Terminal:
    """Where the demo is shown, in one language."""

    def __init__(self, language: str) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal that knows no emoji shows something else
        self._catalogue = Catalogue(Path(__file__).with_name("texts"))
        self._language = language
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._console.width = min(self._console.width, MAX_WIDTH_COLUMNS)
        self._colours: dict[str, str] = {}
        self._heading_count = 0

    def text(self, key: str, **values: object) -> str:
        """The demo's own words."""
        return self._catalogue.say(self._language, key, values).plain

    def print(self, *shown: RenderableType) -> None:
        """Print as it is."""
        self._console.print(*shown, sep="\n")

    def print_title(self, title: str) -> None:
        """The first thing one sees."""
        subtitle = Text(self.text("subtitle"), "dim", justify="center")
        self.print("", Panel(Group(Text(title, "bold", justify="center"), subtitle), border_style="green"), "")

    @contextmanager
    def progress(self, key: str, **values: object) -> Iterator[None]:
        """Something that takes a while: a moving line with the seconds, and one line that stays when it is done."""
        said = self.text(key, **values)
        began = time.monotonic()
        columns = (SpinnerColumn(), TextColumn("{task.description} …"), _ElapsedSeconds(self))
        on_screen = Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal)
        with on_screen as progress:
            progress.add_task(said, total=None)
            sign = ("✗ ", "red")
            try:
                yield
                sign = ("✓ ", "green")
            finally:
                progress.stop()
                seconds = self.text("seconds", seconds=f"{time.monotonic() - began:.0f}")
                self.print(Text.assemble(sign, said, (f" … {seconds}", "dim")))

    def print_heading(self, title: str) -> None:
        """A heading in the conversation."""
        self._heading_count += 1
        heading = Text.assemble((f"{self._heading_count}  ", "green"), (title, "bold"))
        self.print("", Rule(heading, align="left", style="green"), "")

    def print_message(self, at: datetime, name: str, note: str, *said: RenderableType, is_bot: bool = False) -> None:
        """Somebody's turn: when, who, in what manner, and what."""
        colour = BOT_COLOUR if is_bot else self._colour_of(name)
        row = Table.grid(padding=(0, 2, 0, 0), expand=True)
        row.add_column(width=5, style="dim")
        row.add_column(ratio=1, overflow="fold")
        head = Text.assemble((name, f"bold {colour}"), (f"  {note}" if note else "", "dim"))
        row.add_row(at.strftime("%H:%M"), Group(head, *said))
        self.print(row, "")

    def render_card(self, text: str, state: str) -> RenderableType:
        """A card as it looks in the room."""
        first, _, rest = text.partition("\n")
        body = Text.assemble((first, "bold"), f"\n{rest}" if rest else "")
        return Panel(body, title=Text(state, "dim"), title_align="right", border_style=BOT_COLOUR)

    def render_taps(self, emojis: tuple[str, ...]) -> RenderableType:
        """What stands under a message to be tapped."""
        return Text("  ".join(emojis))

    def render_thread_message(self, text: str) -> RenderableType:
        """Something said in a thread."""
        return Padding(Text(text), (0, 0, 0, 2))

    def print_failure(self, *said: RenderableType) -> None:
        """Why it did not go as it should."""
        self.print("", Panel(Group(*said), title=Text(self.text("failed"), "bold"), border_style="red"))

    def _colour_of(self, name: str) -> str:
        return self._colours.setdefault(name, PERSON_COLOURS[len(self._colours) % len(PERSON_COLOURS)])


class _ElapsedSeconds(ProgressColumn):
    """How long a step has taken."""

    def __init__(self, screen: Terminal) -> None:
        super().__init__()
        self._screen = screen

    def render(self, task: Task) -> Text:
        return Text(self._screen.text("seconds", seconds=f"{task.elapsed or 0:.0f}"), "dim")
