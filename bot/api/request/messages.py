"""Queues messages in the outbox: answers to the person, and messages to the whole room."""

from collections.abc import Iterable
from typing import Any

from bot.api.request.picture import Picture
from bot.api.request.wording import Wording
from bot.config.community import Person
from bot.languages.catalogue import Text
from bot.store.messages import outbox, pictures

#: Each mentioned address is notified, and nobody may make the bot notify the whole village with one message.
MAX_NOTIFIED = 20

#: The kinds of causes that an answer replies to, and those whose sender it mentions when it cannot reply.
_REPLIED_KINDS = ("message", "edit", "unreadable")
_MENTIONED_KINDS = ("message", "edit", "tap", "barred", "redaction")


class Messages(Wording):
    """The part of a request that answers the person and writes to the room."""

    async def say(self, key: str, *, notify: Iterable[Person] = (), **values: Any) -> int:
        """Answer the person, in reply to their message. Each person in `notify` is mentioned once.

        Returns the number of the answer.
        """
        content = self._answer_content(self._with_left_out(self.text(key, **values)), notify)
        return await self._queue("say", content, refers_to=self._card_here)

    async def say_text(self, text: Text) -> int:
        """Answer the person with a finished text. Returns the number of the answer."""
        return await self._queue("say", self._answer_content(text, ()), refers_to=self._card_here)

    async def show_picture(self, picture: Picture, key: str, *, notify: Iterable[Person] = (), **values: Any) -> int:
        """Answer with a picture and a text below it.

        The text must say all that the picture shows: it is read aloud to people who cannot see the picture, and sent
        alone where the picture cannot be uploaded.
        """
        about = {"name": picture.name, "mimetype": picture.mimetype, "size": len(picture.data)}
        description = {"picture": {**about, "width": picture.width, "height": picture.height}}
        text = self._with_left_out(self.text(key, **values))
        content = self._answer_content(text, notify) | description
        number = await self._queue("picture", content, refers_to=self._card_here)
        await pictures.insert_picture(self.db, number, picture.data)
        return number

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
        """Send a message to the room in its language, in the thread of the card `under` if one is given.

        `language` replaces the room's language, for a message to one person. `taps` are emoji under the message. A tap
        there is a tap on the card, for the `revision` that the message is about. The card's own emoji are not enough,
        because nobody can tap the same emoji under one message twice.
        """
        text = self._with_left_out(self.text(key, language or self.community.language, **values))
        number = await self._queue("say", self._content(text, notify), refers_to=under, revision=revision)
        await self._add_taps(number, taps)
        return number

    def _with_left_out(self, text: Text) -> Text:
        """Return an answer with the words of the question that it leaves out below it, the first time."""
        if not self.left_out:
            return text
        note, self.left_out = self.text("shown-without", unread=self.left_out), ""
        return Text(f"{text.html}<br>{note.html}", f"{text.plain}\n{note.plain}")

    async def ask_rendered(self, text: Text, subject: str, taps: Iterable[str]) -> None:
        """Answer the person with a finished question and emoji under it."""
        content = self._answer_content(self._with_left_out(text), ())
        number = await self._queue("say", content, refers_to=self._card_here, subject=subject)
        await self._add_taps(number, taps)

    async def tell_rendered(
        self, text: Text, subject: str, taps: Iterable[str], *, under: int | None, notify: Iterable[Person]
    ) -> None:
        """Send the room a finished text with emoji under it: actions that anybody can tap."""
        content = self._content(self._with_left_out(text), notify)
        number = await self._queue("say", content, refers_to=under, subject=subject)
        await self._add_taps(number, taps)

    async def replied_subject(self) -> str | None:
        """Return the subject of the bot's message that this message replies to, or in whose thread it is: "bookings/3".

        Returns None when there is no such message.
        """
        for name in ("thread", "reply_to"):
            if event := self.cause.payload.get(name):
                row = await outbox.find_by_event(self.db, self.cause.place, event)
                if row is not None and row.subject is not None:
                    return str(row.subject)
        return None

    def _content(self, text: Text, notify: Iterable[Person]) -> dict[str, Any]:
        addresses = sorted({address for person in notify for address in person.addresses})[:MAX_NOTIFIED]
        return {"html": text.html, "plain": text.plain, "notify": addresses}

    def _answer_content(self, text: Text, notify: Iterable[Person]) -> dict[str, Any]:
        """Return the content of an answer: a reply to the person's message, in its thread.

        A person who tapped, or who wrote in a room that the community has moved out of, is mentioned instead.
        """
        content = self._content(text, notify)
        if self.cause.kind in _REPLIED_KINDS and not self._is_from_former_room:
            # an edit has a target: the message that it edits
            content["reply_to"] = self.cause.payload.get("target", self.cause.external_id)
            if self.card is None and self.cause.payload.get("thread"):
                content["thread"] = self.cause.payload["thread"]
        elif self.cause.kind in _MENTIONED_KINDS:
            content["notify"] = sorted({*content["notify"], self.cause.sender})
        return content

    @property
    def _is_from_former_room(self) -> bool:
        """Whether the cause comes from a room that the community has left.

        A message in this room cannot refer to one there.
        """
        return self.place != self.cause.place

    @property
    def _card_here(self) -> int | None:
        """The card in whose thread the answer goes, if the card is in this room."""
        return None if self._is_from_former_room else self.card

    async def _add_taps(self, number: int, taps: Iterable[str]) -> None:
        for emoji in taps:
            await self._queue("react", {"key": emoji}, refers_to=number)

    async def _queue(self, kind: str, content: dict[str, Any], **columns: Any) -> int:
        """Insert an outbox row and return its number. How many rows came before it is part of its transaction id."""
        seq, self._queued = self._queued, self._queued + 1
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
