"""In which language, when, and to which addresses a notice may be sent that nobody asked for."""

from dataclasses import replace
from datetime import datetime

from bot.api.feature import Request
from bot.api.people.settings import find_settings
from bot.api.request.settings import NoticeKind
from bot.config.community import Person
from bot.reminder_times import first_allowed_time


async def language_of(request: Request, person: Person) -> str:
    """Return the language of a party: that of all who act for it, else the room's when they differ."""
    languages = {settings.language for settings in (await find_settings(request, person)).values()}
    return languages.pop() if len(languages) == 1 else request.community.language


async def when_allowed(request: Request, due: datetime, *people: Person) -> datetime:
    """Return the first moment from `due` on at which nobody who acts for these people has quiet hours.

    When their quiet hours together leave no such moment, it is the end of the last person's.
    """
    for settings in (await find_settings(request, *people)).values():
        due = first_allowed_time(due, settings.quiet, request.community.time_zone)
    return due


async def drop_muted(request: Request, notice: NoticeKind, number: int, *people: Person) -> list[Person]:
    """Return these people without the addresses that have muted such notices about an agreement."""
    found = await find_settings(request, *people)
    unmuted = {address for address, settings in found.items() if not settings.is_muted(notice, request.now, number)}
    return [
        replace(person, addresses=tuple(address for address in person.addresses if address in unmuted))
        for person in people
    ]
