"""Sends a message with notices: under its card about a single agreement, in the room about several."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from datetime import time as clock
from typing import Any

from bot.api import NO, YES, Person, Request, State, Text, shorten_list
from bot.api.agreements import describe_work
from bot.features.reminders.message import Item, Message
from bot.features.reminders.notice import NoticeContext


async def send_message(request: Request, context: NoticeContext, message: Message) -> None:
    """Send a message, unless it is empty. It is in the language of the party when it is for one, else in the room's."""
    item, language = message.only_item, _language(request, context, message.addresses)
    if item and item.agreement.card is not None:
        await _send_under_card(request, message, item, language)
    elif sections := _sections(request, message, language):
        people = find_people_at(request, message.addresses)
        await request.tell("several", notify=people, language=language, sections=sections, late=message.is_late)


def _language(request: Request, context: NoticeContext, addresses: set[str]) -> str:
    parties = {request.find_person_at(address).handle for address in addresses}
    languages = {context.settings_at(address).language for address in addresses}
    return languages.pop() if len(parties) == len(languages) == 1 else request.community.language


async def _send_under_card(request: Request, message: Message, item: Item, language: str) -> None:
    people, agreement, asks = find_people_at(request, item.addresses), item.agreement, bool(message.nudges)
    key = "remind" if not asks else "nudge-done" if agreement.state is State.DONE else "nudge"
    await request.tell(
        key,
        under=agreement.card,
        notify=people,
        taps=(YES, NO) if asks else (),
        revision=agreement.negotiation.revision if asks else None,
        language=language,
        people=people,
        late=message.is_late,
        **_text_values(request, item, language),
    )


def _sections(request: Request, message: Message, language: str) -> list[Text]:
    """Return a section with a heading for each kind of notice: week, day, reminders, nudges."""

    def section(key: str, line_key: str, items: list[Item], **values: Any) -> list[Text]:
        lines = [request.text(line_key, language, **_text_values(request, item, language)) for item in items]
        shown = shorten_list(request, lines, language)
        return [request.text(key, language, lines=shown, **values)] if lines else []

    sections = section("week-section", "line", message.work_of_week.items) if message.work_of_week else []
    for work in message.work_of_day.values():
        day = request.time(request.moment(datetime.combine(work.first, clock())), None, language).day
        people = find_people_at(request, work.addresses)
        sections += section("day-section", "day-line", work.items, people=people, day=day)
    sections += section("reminders-section", "line", message.unlisted_reminders)
    return sections + section("nudges-section", "nudge-line", list(message.nudges.values()))


def find_people_at(request: Request, addresses: Iterable[str]) -> list[Person]:
    """Return the parties at these addresses, each once and with only these addresses."""
    by_party: dict[str, list[str]] = {}
    for address in sorted(addresses):
        by_party.setdefault(request.find_person_at(address).handle, []).append(address)
    return [replace(request.find_person(party), addresses=tuple(own)) for party, own in by_party.items()]


def _text_values(request: Request, item: Item, language: str) -> dict[str, Any]:
    """Return the values for texts about an agreement.

    Names are plain text: the message mentions the people to notify.
    """
    agreement, awaited_sides = item.agreement, item.agreement.negotiation.awaited_sides
    time = request.time_of(item.asked_terms or item.span, language)
    parties = {"organizer": agreement.organizer, "attendee": agreement.attendee}
    parties["other"] = agreement.party(awaited_sides[0].other) if len(awaited_sides) == 1 else ""
    today = request.local(request.now).date()
    return {
        "number": agreement.number,
        "what": describe_work(request, agreement, language),
        "time": time,
        "waits": [request.find_person(agreement.party(side)).name for side in awaited_sides],
        "in_days": (request.local(item.span.start).date() - today).days,
        **{name: request.find_person(party).name if party else "" for name, party in parties.items()},
    }
