"""Plays a written conversation and says where the bot departs from it."""

from dataclasses import dataclass, field

from bot.testing.conversation import Conversation, Line, expand
from bot.testing.stage import Heard, Stage


@dataclass
class _Play:
    """Which messages are cards, in order, and what the bot said last beside them."""

    stage: Stage
    cards: list[str] = field(default_factory=list)
    last: str = ""
    unread: list[Heard] = field(default_factory=list)

    async def perform(self, line: Line) -> None:
        if line.is_bots:
            self._expect(line)
            return
        assert not self.unread, f"the bot said more than is written before {line}: {self.unread}"
        if line.on is not None:
            target = self.last if line.on == "bot" else self.cards[int(line.on) - 1]
            heard = await self.stage.tap(line.who, line.text, target)
        else:
            under = self.cards[line.under - 1] if line.under else None
            heard = await self.stage.say(line.who, line.text, under=under)
        self.unread = [one for one in heard if one.kind != "react"]

    def _expect(self, line: Line) -> None:
        assert self.unread, f"the bot said nothing where it should say: {line.text}"
        heard = self.unread.pop(0)
        local = self.stage.now.astimezone(self.stage.community.time_zone).replace(tzinfo=None)
        wanted = expand(line.text, local, self.stage.community.language)
        assert heard.plain == wanted, f"the bot said:\n{heard.plain}\nand not:\n{wanted}"
        if heard.kind == "say" and line.who == "card":
            self.cards.append(heard.event)
        elif heard.kind == "say":
            self.last = heard.event


async def play(conversation: Conversation, stage: Stage) -> None:
    """Play every line in order. Raises AssertionError where the bot says something else than is written."""
    playing = _Play(stage)
    for line in conversation.lines:
        await playing.perform(line)
    assert not playing.unread, f"the bot said more than is written: {playing.unread}"
