"""What a handler is given: who asked, where, when, and everything it may do about it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.negotiation import Terms
from bot.api.arguments import ReadingContext
from bot.api.people import absence_fact, person_at, person_called
from bot.api.picture import Picture
from bot.api.settings import Settings
from bot.api.time import Time
from bot.config.community import Community, Person
from bot.languages.catalogue import Catalogue, Text, link
from bot.languages.write_reminders import write_ahead, write_quiet
from bot.reminder_times import LeadTime, QuietHours
from bot.span import Span
from bot.store.facts import get_fact
from bot.store.messages import outbox, pictures, timers
from bot.store.messages.inbox import InboxRow

if TYPE_CHECKING:
    from bot.api.feature import Feature


#: Nobody can make us ring at more doors than this with one message.
MAX_NOTIFIED = 20


@dataclass
class Request:
    """One message, tap or timer being handled, inside its transaction.

    Moments are aware and in UTC, `now` among them; `local` and `moment` lead to the community's clocks and back.
    `db` is the transaction's connection, for a feature's own tables. `shown` is the message of ours that was tapped
    or talked under, if one was. `settings` is how the person wants to be spoken to. `home` is where the community lives
    and is spoken to; that is not where the cause came from when somebody still answers in a place it has moved out of.
    """

    community: Community
    person: Person
    now: datetime
    cause: InboxRow
    db: AsyncConnection
    feature: str
    catalogue: Catalogue
    settings: Settings
    card: int | None = None
    features: "Sequence[Feature]" = ()  # every feature of the room, for help
    place: str = ""
    timers_changed: bool = False
    _said: int = 0

    def __post_init__(self) -> None:
        self.place = self.place or self.cause.place

    def use_feature(self, feature: "Feature") -> None:
        """From here on it is this feature's message, in its words."""
        self.feature, self.catalogue = feature.stored_name, feature.catalogue

    @contextmanager
    def as_feature(self, feature: "Feature") -> Iterator[None]:
        """For a while it is this feature's message."""
        before = self.feature, self.catalogue
        self.use_feature(feature)
        try:
            yield
        finally:
            self.feature, self.catalogue = before

    @property
    def language(self) -> str:
        """The person's language where they chose one, else the room's: what is said to them alone is said in it."""
        return self.settings.language

    @property
    def reading_context(self) -> ReadingContext:
        """Where and when this was said, for reading words: "i morgen" is the day after it was written."""
        said_at = self.local(min(self.cause.sent_at, self.now))
        return ReadingContext(self.community, self.language, said_at, tuple(self.cause.payload.get("mentions", ())))

    def find_person(self, party: str) -> Person:
        """The person an agreement names."""
        return person_called(self.community, party)

    def find_person_at(self, address: str) -> Person:
        """The person at an address."""
        return person_at(self.community, address)

    @property
    def is_silent(self) -> bool:
        """Whether nothing has been said so far."""
        return self._said == 0

    @property
    def _here(self) -> datetime:
        return self.local(self.now)

    def moment(self, local: datetime | date) -> datetime:
        """The moment at which clocks in the community show this; the first one where they show it twice.

        That of a day is the one at which it begins.
        """
        if not isinstance(local, datetime):
            local = datetime.combine(local, clock())
        return local.replace(tzinfo=self.community.time_zone).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        """What clocks in the community show at a moment, without a zone."""
        return moment.astimezone(self.community.time_zone).replace(tzinfo=None)

    def time(self, start: datetime, end: datetime | None, language: str | None = None) -> Time:
        """A moment or a span in words."""
        return Time(self.local(start), self.local(end) if end else None, language or self.language, self._here)

    def time_of(self, terms: Terms | Span, language: str | None = None) -> Time:
        """A span in words, or the time of an agreement, or all the times of a series."""
        once = self.time(terms.start, terms.end, language)
        if isinstance(terms, Span) or not terms.is_series:
            return once
        last = self.local(terms.spans[-1].start).date()
        return replace(once, rule=terms.rule, last=last, count=len(terms.spans))

    def local_time(self, start: datetime | date, end: datetime | date | None, language: str | None = None) -> Time:
        """A local day or time, as it was read from a message."""
        return Time(start, end, language or self.language, self._here)

    def text(self, key: str, language: str | None = None, *, of: "Feature | None" = None, **values: Any) -> Text:
        """A sentence of the catalogue (or of another feature's), to be part of another one or a label."""
        chosen = language or self.language
        shown = {name: self._shown(value, chosen) for name, value in values.items()}
        return (of.catalogue if of else self.catalogue).say(chosen, key, shown, self.community.languages)

    async def say(self, key: str, *, notify: Iterable[Person] = (), **values: Any) -> int:
        """Answer the person, where they wrote it. `notify` mentions people; each is notified once."""
        return await self._put("say", self._reply(self.text(key, **values), notify), refers_to=self._thread)

    async def show_picture(self, picture: Picture, key: str, *, notify: Iterable[Person] = (), **values: Any) -> int:
        """Answer with a picture. The sentence says all that it shows: it is read out to whoever cannot see it.

        It stands below the picture, and alone where the picture cannot be brought to the room.
        """
        about = {"name": picture.name, "mimetype": picture.mimetype, "size": len(picture.data)}
        shown = {"picture": {**about, "width": picture.width, "height": picture.height}}
        said = self._reply(self.text(key, **values), notify) | shown
        row = await self._put("picture", said, refers_to=self._thread)
        await pictures.insert_picture(self.db, row, picture.data)
        return row

    async def tell(
        self,
        key: str,
        *,
        under: int | None = None,
        notify: Iterable[Person] = (),
        taps: Iterable[str] = (),
        revision: int | None = None,
        language: str | None = None,
        **values: Any,
    ) -> int:
        """Say something to the room in its language, in the thread of one of our messages if one is given.

        `language` is another one, for what is meant for one person alone.
        `taps` are answers to what is asked there; a tap on it is a tap on the card, for the `revision` it speaks of.
        A card alone would not do: nobody can tap the same emoji under one message twice.
        """
        content = self._content(self.text(key, language or self.community.language, **values), notify)
        told = await self._put("say", content, refers_to=under, revision=revision)
        for emoji in taps:
            await self._put("react", {"key": emoji}, refers_to=told)
        return told

    async def show(
        self,
        key: str,
        subject: str,
        revision: int,
        *,
        taps: Iterable[str] = (),
        notify: Iterable[Person] = (),
        **values: Any,
    ) -> int:
        """A card: one message that shows a subject, with emoji under it to tap. Its number is for `change`."""
        content = self._content(self.text(key, self.community.language, **values), notify)
        card = await self._put("say", content, subject=f"{self.feature}/{subject}", revision=revision)
        for emoji in taps:
            await self._put("react", {"key": emoji}, refers_to=card)
        return card

    async def change(self, card: int, key: str, subject: str, revision: int, **values: Any) -> None:
        """Let a card show the present state."""
        content = self._content(self.text(key, self.community.language, **values), ())
        await self._put("edit", content, refers_to=card, subject=f"{self.feature}/{subject}", revision=revision)

    async def ask_rendered(self, said: Text, subject: str, taps: Iterable[str]) -> None:
        """An answer that can be tapped; the flow asks its questions with it."""
        asked = await self._put("say", self._reply(said, ()), refers_to=self._thread, subject=subject)
        for emoji in taps:
            await self._put("react", {"key": emoji}, refers_to=asked)

    async def tell_rendered(
        self, said: Text, subject: str, taps: Iterable[str], *, under: int | None, notify: Iterable[Person]
    ) -> None:
        """Something for the room that anybody can tap; `offer_doings` offers with it."""
        told = await self._put("say", self._content(said, notify), refers_to=under, subject=subject)
        for emoji in taps:
            await self._put("react", {"key": emoji}, refers_to=told)

    async def remind(self, timer: str, subject: str, at: datetime) -> None:
        """Call one of the feature's timers at a moment; set again, it is moved."""
        self.timers_changed = True
        await timers.set_timer(self.db, timers.Timer(self.place, self.feature, timer, subject, at))

    async def forget(self, subject: str) -> None:
        """Drop every timer of a subject."""
        self.timers_changed = True
        await timers.delete_timers(self.db, self.place, self.feature, subject)

    async def replied_subject(self) -> str | None:
        """The subject of the message of ours in whose thread, or in reply to which, this was written: "bookings/3"."""
        for name in ("thread", "reply_to"):
            if event := self.cause.payload.get(name):
                row = await outbox.find_by_event(self.db, self.cause.place, event)
                if row is not None and row.subject is not None:
                    return str(row.subject)
        return None

    async def is_absent(self, person: Person) -> bool:
        """Whether somebody has left the room, with every address, and not come back."""
        return await get_fact(self.db, absence_fact(self.community, person)) is not None

    async def revision_shown(self, subject: str) -> int | None:
        """The revision of a subject the person saw when they tapped."""
        about, tapped = f"{self.feature}/{subject}", self.cause.payload.get("target")
        if tapped and (said := await outbox.find_revision_of_message(self.db, self.cause.place, tapped)) is not None:
            return said
        return await outbox.find_revision_shown(self.db, self.cause.place, about, self.cause.delivered_before)

    def _shown(self, value: object, language: str) -> object:
        if isinstance(value, Person):
            return link(value.addresses[0], value.name) if value.addresses else value.name
        if isinstance(value, Terms | Span):
            return self.time_of(value, language)
        if isinstance(value, LeadTime):
            return write_ahead(value, language=language)
        if isinstance(value, QuietHours):
            return write_quiet(value, language=language)
        if isinstance(value, datetime):
            return self.time(value, None, language)
        if isinstance(value, list | tuple):
            return [self._shown(one, language) for one in value]
        if isinstance(value, dict):
            return {name: self._shown(one, language) for name, one in value.items()}
        return value

    def _content(self, said: Text, notify: Iterable[Person]) -> dict[str, Any]:
        addresses = sorted({address for person in notify for address in person.addresses})[:MAX_NOTIFIED]
        return {"html": said.html, "plain": said.plain, "notify": addresses}

    def _reply(self, said: Text, notify: Iterable[Person]) -> dict[str, Any]:
        """Where they wrote it: in reply to the message, in its thread. Whoever tapped, or wrote in a place the
        community has moved out of, is mentioned."""
        content = self._content(said, notify)
        if self.cause.kind in ("message", "edit", "unreadable") and not self._is_elsewhere:
            content["reply_to"] = self.cause.payload.get("target", self.cause.external_id)  # of an edit: what it edits
            if self.card is None and self.cause.payload.get("thread"):
                content["thread"] = self.cause.payload["thread"]
        elif self.cause.kind in ("message", "edit", "tap", "barred", "redaction"):
            content["notify"] = sorted({*content["notify"], self.cause.sender})
        return content

    @property
    def _is_elsewhere(self) -> bool:
        """Nothing that is said at home can refer to what was said elsewhere."""
        return self.place != self.cause.place

    @property
    def _thread(self) -> int | None:
        return None if self._is_elsewhere else self.card

    async def _put(self, kind: str, content: dict[str, Any], **columns: Any) -> int:
        """Queue it. The number of what was said before it in this answer makes its transaction id."""
        seq, self._said = self._said, self._said + 1
        return await outbox.insert_row(
            self.db,
            inbox_id=self.cause.id,
            seq=seq,
            transaction_id=outbox.make_transaction_id(self.cause.source, self.cause.external_id, seq),
            place=self.place,
            kind=kind,
            content=content,
            created_at=self.now,
            **columns,
        )
