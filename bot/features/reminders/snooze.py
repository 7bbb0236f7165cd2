"""`!udsæt 1 time`: whoever was just reminded is reminded again later."""

from datetime import datetime, time

from bot.api import Agreement, Refused, Request, Span, find_agreement, list_agreements
from bot.features.reminders.message import times_between
from bot.features.reminders.notice import spans_near
from bot.features.reminders.plan import AGREED, TIMER, later
from bot.features.reminders.said import last_told
from bot.features.reminders.say import what_of

#: When "i morgen" is, for those whom no quiet hours tell when they get up.
MORNING = time(8)


async def snooze(request: Request, number: int | None, until: datetime) -> None:
    """Of the agreement that is named or under whose card it is said, else of all they were told of last.

    They said when, so their quiet hours do not hold it off. Said again, it is moved.
    """
    at = _moment(request, until)
    put_off = [one for one in await _meant(request, number) if _is_in_time(request, one, at)]
    if not put_off:
        raise Refused("snoozed-too-late", time=at)
    for agreement in put_off:
        await request.remind(TIMER, later(agreement.number, request.cause.sender), at)
    what = [what_of(request, agreement, request.language) for agreement in put_off]
    await request.say("snoozed", time=request.time(at, None), what=what)


async def _meant(request: Request, number: int | None) -> list[Agreement]:
    """Those of theirs that there still is something to be said about."""
    found = await (_here(request) if number is None else _named(request, number))
    mine = [one for one in found if one.side_of(request.person.handle)]
    if found and not mine:
        raise Refused("not-yours", number=found[0].number)
    open_ = [one for one in mine if _waits(request, one) or spans_near(one, request.now)]
    if not open_:
        raise Refused("nothing-to-snooze")
    return open_


async def _named(request: Request, number: int | str) -> list[Agreement]:
    return [await find_agreement(request, number, of_any_feature=True)]


async def _here(request: Request) -> list[Agreement]:
    """The one whose thread it is, else everything they were last told of, the work of a day among it."""
    feature, _, about = (await request.replied_subject() or "").partition("/")
    if feature != "question" and about.isdigit():
        return await _named(request, about)
    found: dict[int, Agreement] = {}
    for subject in await last_told(request, request.cause.sender):
        kind, _, number = subject.partition(" ")
        listed = await (_named(request, number) if kind == "agreement" else _work_of_today(request))
        found |= {one.number: one for one in listed}
    return [found[number] for number in sorted(found)]


async def _work_of_today(request: Request) -> list[Agreement]:
    mine = await list_agreements(request, AGREED, request.person.handle, of_any_feature=True)
    ends = request.moment(datetime.combine(request.local(request.now).date(), time.max))
    return [told.agreement for told in times_between(mine, Span(request.now, ends))]


def _waits(request: Request, agreement: Agreement) -> bool:
    return agreement.side_of(request.person.handle) in agreement.negotiation.awaited_sides


def _is_in_time(request: Request, agreement: Agreement, at: datetime) -> bool:
    """Whether saying it then is of use: before what it is about begins."""
    if _waits(request, agreement):
        newest = agreement.negotiation.newest_offer
        return newest is None or at < newest.terms.start
    return at < spans_near(agreement, request.now)[0].start


def _moment(request: Request, until: datetime) -> datetime:
    """A day alone means its morning, when the quiet hours of whoever asks are over."""
    quiet = request.settings.quiet
    if until.time() == time():
        until = datetime.combine(until.date(), quiet.end if quiet and quiet.is_overnight else MORNING)
    at = request.moment(until)
    if at <= request.now:
        raise Refused("time-is-past", time=at)
    return at
