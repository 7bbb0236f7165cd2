"""Prints the demo, to a terminal or a file: the conversation, and the progress of long steps."""

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

#: Longer lines are hard to read.
MAX_WIDTH_COLUMNS = 100
PERSON_COLOURS = ("cyan", "yellow", "magenta", "green", "bright_red")
BOT_COLOUR = "bright_blue"


class Terminal:
    """Prints messages, headings and progress in one language."""

    def __init__(self, language: str) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without emoji shows a replacement character
        self._catalogue = Catalogue(Path(__file__).with_name("texts"))
        self._language = language
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._console.width = min(self._console.width, MAX_WIDTH_COLUMNS)
        self._colours: dict[str, str] = {}
        self._heading_count = 0

    def text(self, key: str, **values: object) -> str:
        """Return one of the demo's own texts."""
        return self._catalogue.say(self._language, key, values).plain

    def print(self, *content: RenderableType) -> None:
        """Print each part on a line of its own."""
        self._console.print(*content, sep="\n")

    def print_title(self, title: str) -> None:
        """Print the title of the demo in a frame."""
        subtitle = Text(self.text("subtitle"), "dim", justify="center")
        self.print("", Panel(Group(Text(title, "bold", justify="center"), subtitle), border_style="green"), "")

    @contextmanager
    def progress(self, key: str, **values: object) -> Iterator[None]:
        """Show progress with elapsed seconds while the block runs, and then a line with the time and ✓ or ✗."""
        description = self.text(key, **values)
        started_at = time.monotonic()
        columns = (SpinnerColumn(), TextColumn("{task.description} …"), _ElapsedSeconds(self))
        display = Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal)
        with display as progress:
            progress.add_task(description, total=None)
            sign = ("✗ ", "red")
            try:
                yield
                sign = ("✓ ", "green")
            finally:
                progress.stop()
                seconds = self.text("seconds", seconds=f"{time.monotonic() - started_at:.0f}")
                self.print(Text.assemble(sign, description, (f" … {seconds}", "dim")))

    def print_heading(self, title: str) -> None:
        """Print a numbered heading within the conversation."""
        self._heading_count += 1
        heading = Text.assemble((f"{self._heading_count}  ", "green"), (title, "bold"))
        self.print("", Rule(heading, align="left", style="green"), "")

    def print_message(self, at: datetime, name: str, note: str, *content: RenderableType, is_bot: bool = False) -> None:
        """Print what one person or the bot does: time, name, a note such as "in the thread", and the content."""
        colour = BOT_COLOUR if is_bot else self._colour_of(name)
        row = Table.grid(padding=(0, 2, 0, 0), expand=True)
        row.add_column(width=5, style="dim")
        row.add_column(ratio=1, overflow="fold")
        head = Text.assemble((name, f"bold {colour}"), (f"  {note}" if note else "", "dim"))
        row.add_row(at.strftime("%H:%M"), Group(head, *content))
        self.print(row, "")

    def render_card(self, text: str, state: str) -> RenderableType:
        """Return a card in a frame, with `state` as the frame's title."""
        first, _, rest = text.partition("\n")
        body = Text.assemble((first, "bold"), f"\n{rest}" if rest else "")
        return Panel(body, title=Text(state, "dim"), title_align="right", border_style=BOT_COLOUR)

    def render_taps(self, emojis: tuple[str, ...]) -> RenderableType:
        """Return the reactions under a message."""
        return Text("  ".join(emojis))

    def render_thread_message(self, text: str) -> RenderableType:
        """Return an indented message, as in a thread."""
        return Padding(Text(text), (0, 0, 0, 2))

    def print_failure(self, *content: RenderableType) -> None:
        """Print why the demo failed, in a red frame."""
        self.print("", Panel(Group(*content), title=Text(self.text("failed"), "bold"), border_style="red"))

    def _colour_of(self, name: str) -> str:
        return self._colours.setdefault(name, PERSON_COLOURS[len(self._colours) % len(PERSON_COLOURS)])


class _ElapsedSeconds(ProgressColumn):
    """The column of a progress display with the seconds that the step has taken."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def render(self, task: Task) -> Text:
        return Text(self._terminal.text("seconds", seconds=f"{task.elapsed or 0:.0f}"), "dim")
