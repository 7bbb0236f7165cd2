"""Says it: of one agreement under its card, of several things in one message in the room."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from datetime import time as clock
from typing import Any

from bot.api import NO, YES, Agreement, Person, Request, State, Text, shorten_list
from bot.features.reminders.message import Message, Told, Work
from bot.features.reminders.notice import Village


async def say(request: Request, village: Village, message: Message) -> None:
    """Say all of it, in the language of whom it is for where that is one party."""
    only, language = message.only, _language(request, village, message.addresses)
    if only and only.agreement.card is not None:
        await _say_one(request, message, only, language)
    elif sections := _sections(request, message, language):
        people = people_at(request, message.addresses)
        await request.tell("several", notify=people, language=language, sections=sections, late=message.late)


def _language(request: Request, village: Village, addresses: set[str]) -> str:
    parties = {request.find_person_at(address).handle for address in addresses}
    theirs = {village.settings_at(address).language for address in addresses}
    return theirs.pop() if len(parties) == len(theirs) == 1 else request.community.language


async def _say_one(request: Request, message: Message, told: Told, language: str) -> None:
    people, agreement, asks = people_at(request, told.addresses), told.agreement, bool(message.nudges)
    key = "remind" if not asks else "nudge-done" if agreement.state is State.DONE else "nudge"
    await request.tell(
        key,
        under=agreement.card,
        notify=people,
        taps=(YES, NO) if asks else (),
        revision=agreement.negotiation.revision if asks else None,
        language=language,
        people=people,
        late=message.late,
        **_values(request, told, language),
    )


def _sections(request: Request, message: Message, language: str) -> list[Text]:
    """Each kind under a heading of its own."""

    def section(key: str, line: str, times: list[Told], **values: Any) -> list[Text]:
        lines = [request.text(line, language, **_values(request, told, language)) for told in times]
        shown = shorten_list(request, lines, language)
        return [request.text(key, language, lines=shown, **values)] if lines else []

    week = message.week or Work(request.local(request.now).date(), [])
    found = section("week-section", "line", week.times, week=week.first.isocalendar().week)
    for work in message.days.values():
        day = request.time(request.moment(datetime.combine(work.first, clock())), None, language).day
        found += section("day-section", "day-line", work.times, people=people_at(request, work.addresses), day=day)
    found += section("reminders-section", "line", message.left)
    return found + section("nudges-section", "nudge-line", list(message.nudges.values()))


def people_at(request: Request, addresses: Iterable[str]) -> list[Person]:
    """Who is at these addresses, each party once."""
    parties: dict[str, list[str]] = {}
    for address in sorted(addresses):
        parties.setdefault(request.find_person_at(address).handle, []).append(address)
    return [replace(request.find_person(party), addresses=tuple(theirs)) for party, theirs in parties.items()]


def _values(request: Request, told: Told, language: str) -> dict[str, Any]:
    """What the sentences about an agreement are filled with; those who are told are mentioned by name."""
    agreement, waiting = told.agreement, told.agreement.negotiation.awaited_sides
    time = request.time_of(told.asked or told.span, language)
    names = {"organizer": agreement.organizer, "attendee": agreement.attendee}
    names["other"] = agreement.party(waiting[0].other) if len(waiting) == 1 else ""
    today = request.local(request.now).date()
    return {
        "number": agreement.number,
        "what": what_of(request, agreement, language),
        "time": time,
        "waits": [request.find_person(agreement.party(side)).name for side in waiting],
        "in_days": (request.local(told.span.start).date() - today).days,
        **{name: request.find_person(party).name if party else "" for name, party in names.items()},
    }


def what_of(request: Request, agreement: Agreement, language: str) -> Text:
    """ "slåning af bane 1", in the words of the feature whose agreement it is, else in ours."""
    thing = request.community.thing(agreement.thing or "")
    task = request.community.task(agreement.task or "")
    names = {"thing": thing.name if thing else agreement.thing, "task": task.name if task else agreement.task}
    theirs = next((one for one in request.features if agreement.feature in one.names), None)
    whose = theirs if theirs and theirs.catalogue.has("what") else None
    return request.text("what", language, of=whose, **names)
