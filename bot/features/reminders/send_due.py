"""The timer of reminders: finds the notices that are due, and sends them in one message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.api import Agreement, Request, Span, find_agreement
from bot.features.reminders.message import Item, Message, WorkList, find_items_between
from bot.features.reminders.notice import (
    Kind,
    Notice,
    NoticeContext,
    compute_agreement_notices,
    compute_day_notices,
    compute_week_notices,
    find_coming_spans,
)
from bot.features.reminders.send_message import send_message
from bot.features.reminders.sent import delete_ended, find_unsent, record_notices
from bot.features.reminders.set_timers import (
    addresses_of,
    find_agreed_until,
    load_context,
    parties_of,
    set_agreement_timer,
    set_work_timers,
    spans_of,
)

NAME = "reminders"
#: No notice is about work that is further ahead.
_THIS_WEEK = timedelta(days=8)


@dataclass
class DueSubjects:
    """The subjects of the timers that fell due together, sorted by kind. `snoozed` has the address of who snoozed."""

    agreements: list[Agreement] = field(default_factory=list)
    snoozed: list[tuple[Agreement, str]] = field(default_factory=list)
    addresses_of_day: list[str] = field(default_factory=list)
    has_week: bool = False


async def send_due_notices(request: Request, subjects: Sequence[str]) -> None:
    """Send one message with all due notices, and set the next timers. Do nothing when reminders are switched off."""
    if NAME not in [feature.name for feature in request.features]:
        return
    due = await _parse_subjects(request, subjects)
    has_work = due.addresses_of_day or due.has_week
    agreed = await find_agreed_until(request, request.now + _THIS_WEEK) if has_work else []
    workers = {request.find_person_at(address).handle for address in due.addresses_of_day}
    agreements = [*due.agreements, *(agreement for agreement, _ in due.snoozed), *(agreed if due.has_week else ())]
    context = await load_context(request, {*parties_of(agreements), *workers})
    builder = _MessageBuilder(request, context, agreed)
    for agreement in due.agreements:
        await builder.add_agreement(agreement)
    for address in due.addresses_of_day:
        await builder.add_day(address)
    if due.has_week:
        await builder.add_week()
    for agreement, address in due.snoozed:
        await builder.add_snoozed(agreement, address)
    await send_message(request, context, builder.message)
    for agreement in due.agreements:
        await set_agreement_timer(request, agreement, context)
    if workers or due.has_week:
        await set_work_timers(request, workers, context)
    await delete_ended(request)


async def _parse_subjects(request: Request, subjects: Sequence[str]) -> DueSubjects:
    """Sort subjects of timers: "agreement 7", "later 7 ADDRESS", "day ADDRESS" and "week"."""
    due = DueSubjects()
    for subject in subjects:
        kind, _, details = subject.partition(" ")
        if kind == "day":
            due.addresses_of_day.append(details)
        elif kind == "week":
            due.has_week = True
        else:
            number, _, address = details.partition(" ")
            agreement = await find_agreement(request, number, of_any_feature=True)
            if address:
                due.snoozed.append((agreement, address))
            else:
                due.agreements.append(agreement)
    return due


@dataclass
class _MessageBuilder:
    """Builds a message of due notices, and records each as sent or skipped."""

    request: Request
    context: NoticeContext
    agreed: list[Agreement]
    message: Message = field(default_factory=Message)

    async def add_agreement(self, agreement: Agreement) -> None:
        """Add the due reminders and nudges of an agreement."""
        addresses = addresses_of(self.request, agreement)
        for notice in await self._take_due(
            compute_agreement_notices(agreement, addresses, self.context), agreement.number
        ):
            self.message.add(agreement, notice)

    async def add_day(self, address: str) -> None:
        """Add today's work of the person at an address, when its notice is due."""
        party = self.request.find_person_at(address).handle
        own = [agreement for agreement in self.agreed if agreement.attendee == party]
        if await self._take_due(compute_day_notices(self.context, address, spans_of(own))):
            today = self.context.local_day(self.request.now)
            work = self.message.work_of_day.setdefault(party, WorkList(today, self._remaining_items(own, today, 1)))
            work.addresses.add(address)

    async def add_week(self) -> None:
        """Add the work of this week, when its notice is due, for every party that has not muted it."""
        if await self._take_due(compute_week_notices(self.context, spans_of(self.agreed))):
            monday = self.context.first_day_of_period(self.request.now, 7)
            work = WorkList(monday, self._remaining_items(self.agreed, monday, 7))
            for party in parties_of(item.agreement for item in work.items):
                for address in self.request.find_person(party).addresses:
                    if await self._wants_to_hear(address, "week", None):
                        work.addresses.add(address)
            self.message.work_of_week = work

    async def add_snoozed(self, agreement: Agreement, address: str) -> None:
        """Add a snoozed agreement, if its person is in the room and still owes the answer or has the time ahead."""
        person = self.request.find_person_at(address)
        if await self.request.is_absent(person):
            return
        if agreement.side_of(person.handle) in agreement.negotiation.awaited_sides:
            self.message.add_nudge(agreement, address)
        elif coming := find_coming_spans(agreement, self.request.now):
            self.message.add_reminder(agreement, coming[0], address)

    async def _take_due(self, notices: Iterable[Notice], number: int | None = None) -> list[Notice]:
        """Record the due notices as sent and return them.

        Muted notices, and those for absent people, are recorded as skipped.
        """
        unsent = await find_unsent(self.request, notices)
        due = [notice for notice in unsent if notice.send_at <= self.request.now]
        wanted = [
            notice
            for notice in due
            if not notice.address or await self._wants_to_hear(notice.address, notice.kind, number)
        ]
        await record_notices(self.request, wanted, sent=True)
        await record_notices(self.request, [notice for notice in due if notice not in wanted], sent=False)
        self.message.is_late |= any(notice.is_late(self.request.now) for notice in wanted)
        return wanted

    async def _wants_to_hear(self, address: str, kind: Kind, number: int | None) -> bool:
        """Return whether a person is in the room and has not muted this kind of notice or this agreement."""
        is_muted = self.context.settings_at(address).is_muted(kind, self.request.now, number)
        return not is_muted and not await self.request.is_absent(self.request.find_person_at(address))

    def _remaining_items(self, agreed: Iterable[Agreement], first: date, days: int) -> list[Item]:
        """Return the work of some days that is not over."""
        end = self.request.moment(first + timedelta(days=days))
        return find_items_between(agreed, Span(self.request.now, end))
