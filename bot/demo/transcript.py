"""Tells the conversation as it is played: who writes and taps, and what the bot makes of it."""

from collections.abc import Callable
from datetime import datetime

from rich.text import Text

from bot.config.community import Community
from bot.demo.terminal import Terminal
from bot.matrix.address import user_id
from bot.testing import Heard, Line

BOT_NAME = "Bylaug"


class TranscriptPrinter:
    """Is told of every line (bot.testing.play.Tell) and shows it. `said` counts what the bot said."""

    def __init__(self, screen: Terminal, community: Community, now: Callable[[], datetime]) -> None:
        self._terminal, self._community, self._now = screen, community, now
        self.bot_message_count = 0

    def print_line(self, line: Line, text: str, heard: Heard | None) -> None:
        """Show one line."""
        if line.is_heading:
            self._terminal.print_heading(text)
        elif heard is not None:
            self._print_bot_line(line, text, heard)
        else:
            self._print_person_line(line, text)

    def print_greeting(self, text: str) -> None:
        """The first the bot says, to everybody."""
        self._terminal.print("")
        self._terminal.print_message(self._now(), BOT_NAME, "", Text(text), is_bot=True)

    def _print_bot_line(self, line: Line, text: str, heard: Heard) -> None:
        self.bot_message_count += 1
        words = self._terminal.text
        if line.who == "card":
            shown = self._terminal.render_card(text, words("card-changes" if heard.kind == "edit" else "card"))
        else:
            shown = self._terminal.render_thread_message(text) if line.under else Text(text)
        notes = [words("in-thread", number=line.under)] if line.under else []
        if heard.notify:
            notes.append(words("notified", people=[self._name_at(address) for address in heard.notify]))
        taps = [self._terminal.render_taps(line.taps)] if line.taps else []
        self._terminal.print_message(self._now(), BOT_NAME, " · ".join(notes), shown, *taps, is_bot=True)

    def _print_person_line(self, line: Line, text: str) -> None:
        words, name = self._terminal.text, self.name_of(line.who)
        if line.on is not None:
            key = "taps-question" if line.on == "bot" else "taps-card"
            self._terminal.print_message(self._now(), name, words(key, emoji=text, number=line.on))
        elif line.under is not None:
            note = words("in-thread", number=line.under)
            self._terminal.print_message(self._now(), name, note, self._terminal.render_thread_message(text))
        else:
            self._terminal.print_message(self._now(), name, "", Text(text))

    def name_of(self, who: str) -> str:
        """What people call somebody."""
        person = self._community.person(who)
        return person.name if person else who.capitalize()

    def _name_at(self, address: str) -> str:
        person = self._community.person_at(address)
        return person.name if person else (user_id(address) or address)[1:].partition(":")[0].capitalize()
