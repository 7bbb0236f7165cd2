"""Tells the conversation as it is played: who writes and taps, and what the bot makes of it."""

from collections.abc import Callable
from datetime import datetime

from rich.text import Text

from bot.config.community import Community
from bot.demo.terminal import Screen
from bot.matrix.address import user_id
from bot.testing import Heard, Line

BOT_NAME = "Bylaug"


class Narrator:
    """Is told of every line (bot.testing.play.Tell) and shows it. `said` counts what the bot said."""

    def __init__(self, screen: Screen, community: Community, now: Callable[[], datetime]) -> None:
        self._screen, self._community, self._now = screen, community, now
        self.said = 0

    def tell(self, line: Line, text: str, heard: Heard | None) -> None:
        """Show one line."""
        if line.is_heading:
            self._screen.scene(text)
        elif heard is not None:
            self._tell_bot(line, text, heard)
        else:
            self._tell_person(line, text)

    def greet(self, text: str) -> None:
        """The first the bot says, to everybody."""
        self._screen.show("")
        self._screen.turn(self._now(), BOT_NAME, "", Text(text), is_bot=True)

    def _tell_bot(self, line: Line, text: str, heard: Heard) -> None:
        self.said += 1
        words = self._screen.words
        if line.who == "card":
            shown = self._screen.card(text, words("card-changes" if heard.kind == "edit" else "card"))
        else:
            shown = self._screen.indented(text) if line.under else Text(text)
        notes = [words("in-thread", number=line.under)] if line.under else []
        if heard.notify:
            notes.append(words("notified", people=[self._name_at(address) for address in heard.notify]))
        taps = [self._screen.taps(line.taps)] if line.taps else []
        self._screen.turn(self._now(), BOT_NAME, " · ".join(notes), shown, *taps, is_bot=True)

    def _tell_person(self, line: Line, text: str) -> None:
        words, name = self._screen.words, self.name_of(line.who)
        if line.on is not None:
            key = "taps-question" if line.on == "bot" else "taps-card"
            self._screen.turn(self._now(), name, words(key, emoji=text, number=line.on))
        elif line.under is not None:
            note = words("in-thread", number=line.under)
            self._screen.turn(self._now(), name, note, self._screen.indented(text))
        else:
            self._screen.turn(self._now(), name, "", Text(text))

    def name_of(self, who: str) -> str:
        """What people call somebody."""
        person = self._community.person(who)
        return person.name if person else who.capitalize()

    def _name_at(self, address: str) -> str:
        person = self._community.person_at(address)
        return person.name if person else (user_id(address) or address)[1:].partition(":")[0].capitalize()
