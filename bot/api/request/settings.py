"""The settings of a person: their own preferences, and the community's settings where the person chose nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config.community import Community, Person
from bot.reminder_times import LeadTime, QuietHours
from bot.store.people import Mute, Preferences, find_preferences

#: The kinds of scheduled notices: a reminder before something begins, the day's work, the week's work, the question
#: whether work was done, and a nudge to a party that owes an answer.
NoticeKind = Literal["before", "day", "week", "done", "nudge"]
NOTICE_KINDS: tuple[NoticeKind, ...] = ("before", "day", "week", "done", "nudge")


@dataclass(frozen=True)
class Settings:
    """The settings of one address. When several people act for one party, each has their own.

    `language` is used for messages to this person alone. `quiet` are the quiet hours (None: there are none;
    `first_allowed_time` finds the next allowed moment), `before` are the times at which the person is reminded, `mutes`
    are the notices that the person does not want. `chosen` are the person's own choices; everything else is the
    community's.
    """

    language: str
    quiet: QuietHours | None
    before: tuple[LeadTime, ...]
    mutes: tuple[Mute, ...] = ()
    chosen: Preferences = field(default_factory=Preferences)

    def is_muted(self, notice: NoticeKind, now: datetime, agreement: int | None = None) -> bool:
        """Return whether this kind of notice is muted now, for all agreements or for the one with this number."""
        return any(
            mute.kind in ("", notice)
            and mute.agreement in (None, agreement)
            and (mute.until is None or now < mute.until)
            for mute in self.mutes
        )


def default_settings(community: Community) -> Settings:
    """Return the settings of a person whom the YAML does not list and who has chosen nothing."""
    return merge_settings(community, None, Preferences())


async def load_people_settings(
    connection: AsyncConnection, community: Community, people: Iterable[Person]
) -> dict[str, Settings]:
    """Return the settings of every address that acts for these people, by address."""
    parties = {address: person for person in people for address in person.addresses}
    if not parties:
        return {}
    chosen = await find_preferences(connection, community.key, parties)
    return {
        address: merge_settings(community, person, chosen.get(address, Preferences()))
        for address, person in parties.items()
    }


def merge_settings(community: Community, person: Person | None, chosen: Preferences) -> Settings:
    """Return the community's settings, replaced by a person's choices; the YAML may give a listed person a language."""
    quiet = community.quiet if chosen.quiet is None else chosen.quiet or None
    before = community.reminders.before if chosen.before is None else chosen.before
    wanted = (chosen.language, person.language if person else None)
    language = next((code for code in wanted if code in community.languages), community.language)
    return Settings(language, quiet, before, chosen.mutes, chosen)
