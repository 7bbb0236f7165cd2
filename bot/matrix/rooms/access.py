"""Which of our rooms are closed to us or were replaced, and why: kept over restarts, told in the log and on /ready."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.matrix.address import room_address
from bot.matrix.rooms.room_events import News, explain
from bot.pipeline.context import Context
from bot.store.facts import drop_fact, facts_under, set_fact

log = logging.getLogger(__name__)

_SHUT, _REPLACED = "matrix shut ", "matrix replaced "


class Doors:
    """The rooms in trouble, by their places; all others are open. `opened` is called with one that opens again."""

    def __init__(self, context: Context, opened: Callable[[str], None]) -> None:
        self._context, self._opened = context, opened
        self._shut: dict[str, News] = {}
        self._replaced: dict[str, News] = {}
        self._held: set[str] = set()

    async def recall(self) -> None:
        """Take up what was known when the program last ended."""
        async with self._context.store.read() as connection:
            shut, replaced = await facts_under(connection, _SHUT), await facts_under(connection, _REPLACED)
        homes = self._context.rooms.current()
        self._shut = {place: News(**json.loads(said)) for place, said in shut.items() if place in homes}
        self._replaced = {place: News(**json.loads(said)) for place, said in replaced.items() if place in homes}
        for place in self.troubled():
            self._expect(place)
            self._tell(place)

    def is_shut(self, place: str) -> bool:
        """Whether nothing can be said there for now."""
        return place in self._shut or place in self._held

    def why_shut(self, place: str) -> News | None:
        """Why nothing can be said there."""
        return self._shut.get(place)

    def replaced(self, place: str) -> News | None:
        """The room that replaces it, as long as we have not moved."""
        return self._replaced.get(place)

    def troubled(self) -> list[str]:
        """The places that something is wrong with."""
        return sorted({*self._shut, *self._replaced})

    def facts(self, heard: Iterable[News]) -> list[tuple[str, str]]:
        """What has to be written down of news, together with the position that brought it."""
        ours = [
            (room_address(news.room), news)
            for news in heard
            if room_address(news.room) in self._context.rooms.current()
        ]
        return [_fact(place, self._seen(place, news)) for place, news in ours if news.shuts or news.replaces]

    def take(self, heard: Iterable[News]) -> list[str]:
        """Remember what was written down; the places to look after, those with new rules among them."""
        touched = []
        for news in heard:
            place = room_address(news.room)
            if place in self._context.rooms.current():
                self._remember(place, news)
                touched.append(place)
        return touched

    async def note(self, place: str, news: News) -> None:
        """Write down what was found out."""
        news = self._seen(place, news)
        if self._is_known(place, news):
            return
        async with self._context.store.write() as connection:
            await set_fact(connection, *_fact(place, news))
        self._remember(place, news)

    async def open(self, place: str) -> None:
        """We are in and may write."""
        if place in self._shut:
            async with self._context.store.write() as connection:
                await drop_fact(connection, _SHUT + place)
            del self._shut[place]
            log.info("%s: the bot may write in its room again", self._context.rooms.communities[place].key)
            self._tell(place)
        self._opened(place)

    async def forget(self, connection: AsyncConnection, place: str) -> None:
        """The community moves out: what was wrong there is no longer; `forgotten` says that it is written down."""
        await drop_fact(connection, _SHUT + place)
        await drop_fact(connection, _REPLACED + place)

    def forgotten(self, place: str) -> None:
        """Drop it from memory, too."""
        self._shut.pop(place, None)
        self._replaced.pop(place, None)
        self._tell(place)

    @contextmanager
    def held(self, place: str) -> Iterator[None]:
        """Let nothing more be said in a place meanwhile."""
        self._held.add(place)
        try:
            yield
        finally:
            self._held.discard(place)

    def _is_known(self, place: str, news: News) -> bool:
        return news in (self._shut.get(place), self._replaced.get(place))

    def _seen(self, place: str, news: News) -> News:
        """To lift a ban is to remove somebody who is banned (client-server API, "Unban"): nobody was thrown out."""
        before = self._shut.get(place)
        was_banned = before is not None and before.what in ("banned", "unbanned")
        return replace(news, what="unbanned") if was_banned and news.what == "removed" else news

    def _remember(self, place: str, news: News) -> None:
        news = self._seen(place, news)
        if self._is_known(place, news):
            return
        if news.shuts:
            self._shut[place] = news
        elif news.replaces:
            self._replaced[place] = news
            self._expect(place)
        else:
            return
        log.warning("%s: %s", self._context.rooms.communities[place].key, explain(news))
        self._tell(place)

    def _expect(self, place: str) -> None:
        """Where a community is about to go, people may be there before it."""
        news = self._replaced.get(place)
        if news is not None and news.what == "expected":
            self._context.rooms.expect(self._context.rooms.communities[place], room_address(news.to))
        elif news is not None and news.to:
            self._context.rooms.stop_expecting(room_address(news.to))

    def _tell(self, place: str) -> None:
        """A room that says it was replaced, and was not, serves on; but the caretaker has to see to it."""
        key, health = self._context.rooms.communities[place].key, self._context.health
        replaced = self._replaced.get(place)
        astray = replaced if replaced and replaced.what == "astray" else None
        health.warn(f"room of {key}", explain(astray) if astray else None)
        wrong = [explain(news) for news in (self._shut.get(place), replaced) if news and news is not astray]
        if wrong:
            health.fail(key, " ".join(wrong))
        else:
            health.serve(key)


def _fact(place: str, news: News) -> tuple[str, str]:
    return (_SHUT if news.shuts else _REPLACED) + place, json.dumps(asdict(news))
