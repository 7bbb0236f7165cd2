"""Sets the timers: one for each agreement, each morning and the week, at the moment when the next thing is to be said.

They follow from what is agreed, what was said and what people chose, and are set anew whenever one of these changes.
"""

from collections.abc import Callable, Collection, Iterable

from bot.api import (
    Agreement,
    Request,
    Settings,
    Span,
    State,
    find_settings,
    list_agreements,
)
from bot.features.reminders.notice import Notice, Village, day_of_work, notices_of, subject_of, week_of_work
from bot.features.reminders.said import note, unsaid

#: The one kind of timer: what falls due together is one message.
TIMER = "tell"
AGREED = frozenset({State.AGREED})
#: In these there is something to be reminded of, or an answer may be owed.
LIVE = frozenset({State.PROPOSED, State.AGREED, State.DONE})


async def village_of(request: Request, parties: Iterable[str]) -> Village:
    """The village now, with the settings of some parties."""
    community, people = request.community, [request.find_person(party) for party in sorted({*parties})]
    settings = await find_settings(request, *people)
    room = Settings(community.language, community.quiet, community.reminders.before)
    return Village(community.time_zone, community.reminders, room, settings, request.now)


def parties_of(agreements: Iterable[Agreement]) -> set[str]:
    """Both of each."""
    return {party for one in agreements for party in (one.organizer, one.attendee)}


def addresses_of(request: Request, agreement: Agreement) -> dict[str, tuple[str, ...]]:
    """Of each party."""
    return {party: request.find_person(party).addresses for party in (agreement.organizer, agreement.attendee)}


async def follow_agreement(request: Request, before: Agreement | None, after: Agreement) -> None:
    """After every step of an agreement: its reminders go where it goes.

    What would have been said before it was agreed is passed over.
    """
    parties = parties_of([after, *([before] if before else [])])
    village = await village_of(request, parties)
    known = _standing(before)
    await plan_agreement(request, after, village, passed_over=lambda notice: notice.span not in known)
    if before is not None:
        for address in {address for party in parties for address in request.find_person(party).addresses}:
            await request.forget(later(after.number, address))
    if known != _standing(after):
        attendees = {after.attendee, *((before.attendee,) if before else ())}
        await plan_work(request, attendees, village, step=(before, after))


async def follow_file(request: Request) -> None:
    """The file says something else: everything is reckoned anew, and what was said is not said again."""
    found = await list_agreements(request, LIVE, of_any_feature=True)
    village = await village_of(request, parties_of(found))
    for agreement in found:
        await plan_agreement(request, agreement, village)
    await plan_work(request, {one.attendee for one in found if one.state is State.AGREED}, village)


async def follow_settings(request: Request) -> None:
    """Somebody chose other times for themselves. What would have been said before they did is passed over."""
    party = request.person.handle
    found = await list_agreements(request, LIVE, party, of_any_feature=True)
    village = await village_of(request, {*parties_of(found), party})
    for agreement in found:
        await plan_agreement(
            request, agreement, village, passed_over=lambda notice: notice.address == request.cause.sender
        )
    await plan_work(request, {party}, village)


async def plan_agreement(
    request: Request, agreement: Agreement, village: Village, *, passed_over: Callable[[Notice], bool] | None = None
) -> None:
    """Set the timer of an agreement. Reminders that are `passed_over` and should have been said by now will not be."""
    left = await unsaid(request, notices_of(agreement, addresses_of(request, agreement), village))
    if passed_over is not None:
        past = [one for one in left if one.kind == "before" and one.planned <= village.now]
        late = [one for one in past if passed_over(one)]
        await note(request, late, told=False)
        left = [one for one in left if one not in late]
    await _set(request, subject_of(agreement), left)


async def plan_work(
    request: Request,
    attendees: Collection[str],
    village: Village,
    *,
    step: tuple[Agreement | None, Agreement] | None = None,
) -> None:
    """Set the timers of the mornings of some parties, and of the week.

    Work that came up with a `step` after the morning on which it would have been said is no reason to say it now.
    """
    agreed = old = await list_agreements(request, AGREED, of_any_feature=True)
    if step is not None:
        before, after = step
        old = [one for one in agreed if one.number != after.number]
        old += [before] if before and _standing(before) else []
    for party in attendees:
        mine, before_it = spans_of(agreed, party), spans_of(old, party)
        for address in request.find_person(party).addresses:
            every = day_of_work(village, address, mine)
            await _plan(request, f"day {address}", every, day_of_work(village, address, before_it))
    await _plan(request, "week", week_of_work(village, spans_of(agreed)), week_of_work(village, spans_of(old)))


def spans_of(agreed: Iterable[Agreement], attendee: str | None = None) -> list[Span]:
    """Every time of what is agreed, of one attendee where they are named."""
    return [span for one in agreed if attendee in (None, one.attendee) for span in one.negotiation.terms.spans]


def later(number: int, address: str) -> str:
    """The subject of a reminder that somebody has put off."""
    return f"later {number} {address}"


async def _plan(request: Request, subject: str, notices: list[Notice], without: list[Notice]) -> None:
    known = {one.what for one in without}
    left = await unsaid(request, notices)
    late = [one for one in left if one.what not in known and one.planned <= request.now]
    await note(request, late, told=False)
    await _set(request, subject, [one for one in left if one not in late])


async def _set(request: Request, subject: str, left: list[Notice]) -> None:
    if left:
        await request.remind(TIMER, subject, min(one.at for one in left))
    else:
        await request.forget(subject)


def _standing(agreement: Agreement | None) -> tuple[Span, ...]:
    """The times that are agreed on."""
    return agreement.negotiation.terms.spans if agreement and agreement.state is State.AGREED else ()
