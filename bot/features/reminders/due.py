"""Carries out what falls due: finds out what there still is to say, and to whom, and says it in one message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.api import Agreement, Request, Span, find_agreement, list_agreements
from bot.features.reminders.message import Message, Told, Work, times_between
from bot.features.reminders.notice import Kind, Notice, Village, day_of_work, notices_of, spans_near, week_of_work
from bot.features.reminders.plan import (
    AGREED,
    addresses_of,
    parties_of,
    plan_agreement,
    plan_work,
    spans_of,
    village_of,
)
from bot.features.reminders.said import note, tidy, unsaid
from bot.features.reminders.say import say

NAME = "reminders"


@dataclass
class Due:
    """What the timers that fell due together are about. `later` is what somebody put off, and who."""

    agreements: list[Agreement] = field(default_factory=list)
    later: list[tuple[Agreement, str]] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    week: bool = False


async def say_what_is_due(request: Request, subjects: Sequence[str]) -> None:
    """One message about all of it, and the next timers. A room that switched reminders off hears nothing."""
    if NAME not in [feature.name for feature in request.features]:
        return
    due = await _sort(request, subjects)
    agreed = await list_agreements(request, AGREED, of_any_feature=True)
    workers = {request.find_person_at(address).handle for address in due.days}
    about = [*due.agreements, *(agreement for agreement, _ in due.later), *(agreed if due.week else ())]
    village = await village_of(request, {*parties_of(about), *workers})
    gathering = _Gathering(request, village, agreed)
    for agreement in due.agreements:
        await gathering.add_agreement(agreement)
    for address in due.days:
        await gathering.add_day(address)
    if due.week:
        await gathering.add_week()
    for agreement, address in due.later:
        await gathering.add_later(agreement, address)
    await say(request, village, gathering.message)
    for agreement in due.agreements:
        await plan_agreement(request, agreement, village)
    if workers or due.week:
        await plan_work(request, workers, village)
    await tidy(request)


async def _sort(request: Request, subjects: Sequence[str]) -> Due:
    due = Due()
    for subject in subjects:
        kind, _, about = subject.partition(" ")
        if kind == "day":
            due.days.append(about)
        elif kind == "week":
            due.week = True
        else:
            number, _, address = about.partition(" ")
            agreement = await find_agreement(request, number, of_any_feature=True)
            if address:
                due.later.append((agreement, address))
            else:
                due.agreements.append(agreement)
    return due


@dataclass
class _Gathering:
    """Puts a message together; what is put into it, and what nobody wants to hear, is noted."""

    request: Request
    village: Village
    agreed: list[Agreement]
    message: Message = field(default_factory=Message)

    async def add_agreement(self, agreement: Agreement) -> None:
        """Its reminders and nudges."""
        addresses = addresses_of(self.request, agreement)
        for notice in await self._open(notices_of(agreement, addresses, self.village), agreement.number):
            self.message.add(agreement, notice)

    async def add_day(self, address: str) -> None:
        """Today's work of whoever is at an address."""
        party = self.request.find_person_at(address).handle
        mine = [one for one in self.agreed if one.attendee == party]
        if await self._open(day_of_work(self.village, address, spans_of(mine))):
            today = self.village.day_of(self.request.now)
            work = self.message.days.setdefault(party, Work(today, self._times(mine, today, 1)))
            work.addresses.add(address)

    async def add_week(self) -> None:
        """The work of the week, for everybody who has a part in it."""
        if await self._open(week_of_work(self.village, spans_of(self.agreed))):
            monday = self.village.first_day(self.request.now, 7)
            work = Work(monday, self._times(self.agreed, monday, 7))
            for party in parties_of(told.agreement for told in work.times):
                heard = [
                    one for one in self.request.find_person(party).addresses if await self._hears(one, "week", None)
                ]
                work.addresses.update(heard)
            self.message.week = work

    async def add_later(self, agreement: Agreement, address: str) -> None:
        """What somebody put off, if there still is something to it."""
        person = self.request.find_person_at(address)
        if await self.request.is_absent(person):
            return
        if agreement.side_of(person.handle) in agreement.negotiation.awaited_sides:
            self.message.nudge(agreement, address)
        elif coming := spans_near(agreement, self.request.now):
            self.message.remind(agreement, coming[0], address)

    async def _open(self, notices: Iterable[Notice], number: int | None = None) -> list[Notice]:
        """Those to be said now. What nobody wants to hear, or is there to hear, is passed over."""
        now = [one for one in await unsaid(self.request, notices) if one.at <= self.request.now]
        heard = [one for one in now if not one.address or await self._hears(one.address, one.kind, number)]
        await note(self.request, heard, told=True)
        await note(self.request, [one for one in now if one not in heard], told=False)
        self.message.late |= any(one.is_late(self.request.now) for one in heard)
        return heard

    async def _hears(self, address: str, kind: Kind, number: int | None) -> bool:
        """Whether somebody is in the room and wants to hear of it."""
        muted = self.village.settings_at(address).is_muted(kind, self.request.now, number)
        return not muted and not await self.request.is_absent(self.request.find_person_at(address))

    def _times(self, agreed: Iterable[Agreement], first: date, days: int) -> list[Told]:
        """What is left of the work of some days."""
        ends = self.request.moment(first + timedelta(days=days))
        return times_between(agreed, Span(self.request.now, ends))
