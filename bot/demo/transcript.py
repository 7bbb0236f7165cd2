"""Prints a conversation while it is played: what people write and tap, and what the bot does."""

from collections.abc import Callable
from datetime import datetime

from rich.text import Text

from bot.config.community import Community
from bot.demo.terminal import Terminal
from bot.matrix.address import user_id
from bot.testing import Heard, Line

BOT_NAME = "Bylaug"


class TranscriptPrinter:
    """Prints the lines of a conversation. `print_line` is passed to the player, which calls it with each line.

    `print_line` has the type bot.testing.play.LineListener. `bot_message_count` is the number of lines that the bot
    said.
    """

    def __init__(self, terminal: Terminal, community: Community, now: Callable[[], datetime]) -> None:
        self._terminal, self._community, self._now = terminal, community, now
        self.bot_message_count = 0

    def print_line(self, line: Line, text: str, heard: Heard | None) -> None:
        """Print a line. `heard` is the bot's message or reaction; None for a line of a person."""
        if line.is_heading:
            self._terminal.print_heading(text)
        elif heard is not None:
            self._print_bot_line(line, text, heard)
        else:
            self._print_person_line(line, text)

    def print_greeting(self, text: str) -> None:
        """Print the greeting, which is the bot's first message to everybody."""
        self._terminal.print("")
        self._terminal.print_message(self._now(), BOT_NAME, "", Text(text), is_bot=True)

    def _print_bot_line(self, line: Line, text: str, heard: Heard) -> None:
        self.bot_message_count += 1
        text_of = self._terminal.text
        if line.who == "card":
            content = self._terminal.render_card(text, text_of("card-changes" if heard.kind == "edit" else "card"))
        else:
            content = self._terminal.render_thread_message(text) if line.under else Text(text)
        notes = [text_of("in-thread", number=line.under)] if line.under else []
        if heard.notify:
            notes.append(text_of("notified", people=[self._name_at(address) for address in heard.notify]))
        taps = [self._terminal.render_taps(line.taps)] if line.taps else []
        self._terminal.print_message(self._now(), BOT_NAME, " · ".join(notes), content, *taps, is_bot=True)

    def _print_person_line(self, line: Line, text: str) -> None:
        text_of, name = self._terminal.text, self.name_of(line.who)
        if line.on is not None:
            key = "taps-question" if line.on == "bot" else "taps-card"
            self._terminal.print_message(self._now(), name, text_of(key, emoji=text, number=line.on))
        elif line.under is not None:
            note = text_of("in-thread", number=line.under)
            self._terminal.print_message(self._now(), name, note, self._terminal.render_thread_message(text))
        else:
            self._terminal.print_message(self._now(), name, "", Text(text))

    def name_of(self, handle: str) -> str:
        """Return the name of the person with a handle; the handle when the community does not list it."""
        person = self._community.person(handle)
        return person.name if person else handle.capitalize()

    def _name_at(self, address: str) -> str:
        person = self._community.person_at(address)
        return person.name if person else (user_id(address) or address)[1:].partition(":")[0].capitalize()
