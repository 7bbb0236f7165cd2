"""What a person has chosen for themselves in a community, with the community's own habits where they chose nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config.community import Community, Person
from bot.reminder_times import LeadTime, QuietHours, first_allowed_time
from bot.store import people as store
from bot.store.people import Mute, Preferences

if TYPE_CHECKING:
    from bot.api.request import Request

#: What the clock says unasked: before the work, the day's and the week's work, whether it happened, an answer owed.
NoticeKind = Literal["before", "day", "week", "done", "nudge"]
NOTICE_KINDS: tuple[NoticeKind, ...] = ("before", "day", "week", "done", "nudge")


@dataclass(frozen=True)
class Settings:
    """How one person wants to be spoken to. Each address is a person of its own, also where several act for one party.

    `language` is what is said to them alone in. `quiet` are the hours in which they are left in peace (None: never;
    `bot.api.first_allowed_time` says when they may be disturbed), `before` when they are reminded of what begins,
    `mutes` what they do not want to hear of. `chosen` is what of it is their own; the rest is the community's.
    """

    language: str
    quiet: QuietHours | None
    before: tuple[LeadTime, ...]
    mutes: tuple[Mute, ...] = ()
    chosen: Preferences = field(default_factory=Preferences)

    def is_muted(self, notice: NoticeKind, now: datetime, agreement: int | None = None) -> bool:
        """Whether they do not want to hear of it: of this kind, of an agreement with this number, or of anything."""
        return any(
            mute.kind in ("", notice)
            and mute.agreement in (None, agreement)
            and (mute.until is None or now < mute.until)
            for mute in self.mutes
        )


def default_settings(community: Community) -> Settings:
    """The settings of somebody who has chosen nothing and whom the YAML does not know: the room's own."""
    return _over(community, None, Preferences())


async def find_settings(request: "Request", *people: Person) -> dict[str, Settings]:
    """The settings of everybody who acts for these parties, by address."""
    return await load_people_settings(request.db, request.community, people)


async def load_people_settings(
    connection: AsyncConnection, community: Community, people: Iterable[Person]
) -> dict[str, Settings]:
    """The same without a request."""
    parties = {address: person for person in people for address in person.addresses}
    if not parties:
        return {}
    found = await store.find_preferences(connection, community.key, parties)
    return {address: _over(community, person, found.get(address, Preferences())) for address, person in parties.items()}


async def language_of(request: "Request", person: Person) -> str:
    """The language in which a party alone is told something: theirs, where all who act for it have the same."""
    languages = {settings.language for settings in (await find_settings(request, person)).values()}
    return languages.pop() if len(languages) == 1 else request.community.language


async def when_allowed(request: "Request", due: datetime, *people: Person) -> datetime:
    """The first moment from `due` on at which nobody who acts for these parties is in their quiet hours.

    Whoever's quiet hours leave no such moment between them is told when the last of them has ended once.
    """
    for settings in (await find_settings(request, *people)).values():
        due = first_allowed_time(due, settings.quiet, request.community.time_zone)
    return due


async def drop_muted(request: "Request", notice: NoticeKind, number: int, *people: Person) -> list[Person]:
    """These people, with those of their addresses that have not muted such a notice about an agreement."""
    found = await find_settings(request, *people)
    heard = {address for address, settings in found.items() if not settings.is_muted(notice, request.now, number)}
    return [replace(person, addresses=tuple(a for a in person.addresses if a in heard)) for person in people]


async def save_settings(request: "Request", chosen: Preferences) -> Settings:
    """Keep what the person who asks has chosen, for the address they wrote from. Nobody chooses for anybody else.

    What has run out is dropped, and every feature of the room hears of it (`Feature.on_settings`).
    """
    live = tuple(mute for mute in chosen.mutes if mute.until is None or request.now < mute.until)
    chosen = replace(chosen, mutes=live)
    await store.save_preferences(request.db, request.community.key, request.cause.sender, chosen)
    request.settings = _over(request.community, request.person, chosen)
    for feature in request.features:
        if feature.on_settings is not None:
            with request.as_feature(feature):
                await feature.on_settings(request)
    return request.settings


def _over(community: Community, person: Person | None, chosen: Preferences) -> Settings:
    quiet = community.quiet if chosen.quiet is None else chosen.quiet or None
    before = community.reminders.before if chosen.before is None else chosen.before
    wished = (chosen.language, person.language if person else None)
    language = next((code for code in wished if code in community.languages), community.language)
    return Settings(language, quiet, before, chosen.mutes, chosen)
