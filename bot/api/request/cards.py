"""Cards: one message for the whole room that always shows the present state of a subject."""

from collections.abc import Iterable
from typing import Any

from bot.api.request.messages import Messages
from bot.config.community import Person
from bot.store.messages import outbox


class Cards(Messages):
    """The part of a request that shows and changes cards."""

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
        """Send a card for a subject, with emoji under it to tap. Returns the card's number, which `change` needs."""
        content = self._content(self.text(key, self.community.language, **values), notify)
        card = await self._queue("say", content, subject=f"{self.feature}/{subject}", revision=revision)
        await self._add_taps(card, taps)
        return card

    async def change(self, card: int, key: str, subject: str, revision: int, **values: Any) -> None:
        """Edit a card, so that it shows the present state of its subject."""
        content = self._content(self.text(key, self.community.language, **values), ())
        await self._queue("edit", content, refers_to=card, subject=f"{self.feature}/{subject}", revision=revision)

    async def revision_shown(self, subject: str) -> int | None:
        """Return the revision of a subject that the person saw when they tapped."""
        about, tapped = f"{self.feature}/{subject}", self.cause.payload.get("target")
        if tapped:
            revision = await outbox.find_revision_of_message(self.db, self.cause.place, tapped)
            if revision is not None:
                return revision
        return await outbox.find_revision_shown(self.db, self.cause.place, about, self.cause.delivered_before)
