"""The fields that every part of a request uses: who wrote what, where and when, and the transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.api.request.person import absence_fact, person_at, person_called
from bot.api.request.question import NeedsConfirmation
from bot.api.request.settings import Settings
from bot.config.community import Community, Person
from bot.languages.catalogue import Catalogue
from bot.store.facts import get_fact
from bot.store.messages.inbox import InboxRow


@dataclass
class RequestBase:
    """The fields of a request; the docstring of `Request` explains them."""

    community: Community
    person: Person
    now: datetime
    cause: InboxRow
    db: AsyncConnection
    feature: str
    catalogue: Catalogue
    settings: Settings
    card: int | None = None
    place: str = ""
    #: The timers that were set or dropped: (feature, name, subject). An empty name stands for every name.
    changed_timers: frozenset[tuple[str, str, str]] = frozenset()
    subject: str | None = None
    must_confirm: bool = False
    #: Words of a question that were not understood. The next answer says so below it.
    left_out: str = ""
    _queued: int = 0  # rows of the outbox that this request has made

    def __post_init__(self) -> None:
        self.place = self.place or self.cause.place

    @property
    def language(self) -> str:
        """The language of answers to the person: the language they chose, else the room's."""
        return self.settings.language

    def confirm(self, key: str, *, instead: tuple[str, dict[str, Any]] | None = None, **values: Any) -> None:
        """Raise NeedsConfirmation when `must_confirm` is set: the person is asked for a yes before the change.

        Call it after every check and before anything is told: what was written to the database is rolled back. The text
        `key` is a question that says what would be done. `instead` names another command to complete after the yes, as
        for `Ask`.
        """
        if self.must_confirm:
            raise NeedsConfirmation(key, values, instead=instead)

    @property
    def timers_changed(self) -> bool:
        """Whether a timer was set or dropped."""
        return bool(self.changed_timers)

    @property
    def is_silent(self) -> bool:
        """Whether the request has queued no answer or message so far."""
        return self._queued == 0

    def find_person(self, party: str) -> Person:
        """Return the person with a handle; for an address that the YAML does not list, the person at that address."""
        return person_called(self.community, party)

    def find_person_at(self, address: str) -> Person:
        """Return the person at an address."""
        return person_at(self.community, address)

    async def is_absent(self, person: Person) -> bool:
        """Return whether a person has left the room with every address and not come back."""
        return await get_fact(self.db, absence_fact(self.community, person)) is not None
