"""In which language, when, and to which addresses a scheduled notice may be sent."""

from dataclasses import replace
from datetime import datetime

from bot.api.feature import Request
from bot.api.people.settings import find_settings
from bot.api.request.settings import NoticeKind
from bot.config.community import Person
from bot.reminder_times import first_allowed_time


async def language_of(request: Request, person: Person) -> str:
    """Return the language of a party: the language that all its addresses chose, else the room's."""
    languages = {settings.language for settings in (await find_settings(request, person)).values()}
    return languages.pop() if len(languages) == 1 else request.community.language


async def when_allowed(request: Request, due: datetime, *people: Person) -> datetime:
    """Return the first moment from `due` on at which none of these people's addresses has quiet hours.

    When their quiet hours together leave no such moment, it is the end of the last person's quiet hours.
    """
    for settings in (await find_settings(request, *people)).values():
        due = first_allowed_time(due, settings.quiet, request.community.time_zone)
    return due


async def drop_muted(request: Request, notice: NoticeKind, number: int, *people: Person) -> list[Person]:
    """Return these people without the addresses that have muted this kind of notice, for the agreement or for all.

    `number` is the agreement's number.
    """
    found = await find_settings(request, *people)
    unmuted = {address for address, settings in found.items() if not settings.is_muted(notice, request.now, number)}
    return [
        replace(person, addresses=tuple(address for address in person.addresses if address in unmuted))
        for person in people
    ]
