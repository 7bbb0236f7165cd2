"""`!plan`: proposes a week's work for every thing, each a tap away from asking whoever does it."""

from datetime import datetime, time, timedelta
from itertools import islice

from bot.api import (
    ACTIONS_PER_MESSAGE,
    Action,
    Obstacle,
    RecurringTask,
    Refused,
    Request,
    Span,
    Task,
    Text,
    Thing,
    When,
    candidate_times,
    find_best_hours,
    find_obstacles_within,
    find_reservations,
    find_usage,
    is_unobstructed,
    offer_actions,
    to_when,
    usage_rules_of,
    week_span,
)
from bot.features.matches.plan import Need, Plan, Proposal, Unmet

_WEEK = timedelta(days=7)

#: So many messages of proposals at most; of more, those that come first in the week.
MESSAGES = 3
#: So much of what is due and has no good time is told.
TOLD = 6


async def plan_week(request: Request, thing: Thing | None, time: When | None) -> None:
    """`!plan`, `!plan uge 34`, `!plan bane 1`: next week's work, or another's, for every thing or for one."""
    week = _week(request, time)
    things = [thing] if thing else request.community.things
    wanted = [(one, care) for one in things for care in one.recurring_tasks if request.community.task(care.task)]
    if not wanted:
        raise Refused("plan-nothing-wanted", thing=thing.name if thing else "")
    plan = Plan(week, request.community.time_zone)
    for one in things:
        plan.uses[one.key] = await find_usage(request, one, week)
        plan.bears[one.key] = (await usage_rules_of(request, one)).hours_a_week
    await _find_busy(request, plan)
    needs, against = [], {}
    for one, care in wanted:
        need, known = await _need(request, one, care, week)
        needs.append(need)
        against[one.key, care.task] = known
    plan.make(needs)
    await _show(request, plan, [text for unmet in plan.unmet if (text := _unmet(request, unmet, against))])


def _week(request: Request, said: When | None) -> Span:
    """The week that was said, without its days that are over; next week where none was."""
    if said is None or (said.start or said.end) is None:
        return week_span(request, request.moment(request.local(request.now) + _WEEK))
    start = said.start or said.end
    assert start is not None, "one of them was said"
    moment = start if isinstance(start, datetime) else datetime.combine(start, time(12))
    week = week_span(request, request.moment(moment))
    if week.end <= request.now:
        raise Refused("time-is-past", time=week)
    return week


async def _find_busy(request: Request, plan: Plan) -> None:
    """Where one alone has a role, they cannot be on two pitches at once."""
    alone = {}
    for task in request.community.tasks:
        able = request.community.people_with(task.role)
        if len(able) == 1:
            alone[able[0].handle] = task.role
    for thing in request.community.things:
        for booking in await find_reservations(request, thing, plan.week):
            if role := alone.get(booking.agreement.attendee):
                plan.busy.setdefault(role, []).append(booking.span)


async def _need(request: Request, thing: Thing, care: RecurringTask, week: Span) -> tuple[Need, list[Obstacle]]:
    task = request.community.task(care.task)
    assert task is not None, "it was looked up before"
    around = Span(week.start, week.end + task.duration)
    known = await find_obstacles_within(request, thing, around, task)
    against = [one for one in known if one.forbids or one.asks]
    free = [span for span in candidate_times(request, thing, week, task.duration) if is_unobstructed(span, against)]
    best = await find_best_hours(request, thing, task, week)
    return Need(thing, task, care.every, await _booked(request, thing, task, care, week), best, free), against


async def _booked(request: Request, thing: Thing, task: Task, care: RecurringTask, week: Span) -> list[Span]:
    """When it is done, as far back and ahead as it matters for how often it is wanted."""
    far = 2 * (care.every or task.before_match or _WEEK) + _WEEK
    found = await find_reservations(request, thing, Span(week.start - far, week.end + far))
    return [one.span for one in found if one.agreement.task == task.key]


async def _show(request: Request, plan: Plan, unmet: list[Text]) -> None:
    """Six proposals are what a phone shows at once; the reasons why others are missing stand under the last."""
    language = request.community.language
    monday, after = (request.local(moment).date() for moment in (plan.week.start, plan.week.end))
    week = request.local_time(monday, after, language)
    foot = request.text("plan-unmet", language, lines=unmet[:TOLD], more=max(len(unmet) - TOLD, 0)) if unmet else None
    if not plan.proposals:
        await request.tell("plan-empty", week=week, foot=foot or "")
        return
    doings = iter([_doing(request, one) for one in plan.proposals])
    pages = []
    while page := list(islice(doings, ACTIONS_PER_MESSAGE)):
        pages.append(page)
    more = sum(len(page) for page in pages[MESSAGES:])
    pages = pages[:MESSAGES]
    for at, page in enumerate(pages, start=1):
        last = at == len(pages)
        key = "plan" if at == 1 else "plan-more"
        await offer_actions(request, key, page, foot=foot if last else None, week=week, more=more if last else 0)


def _doing(request: Request, proposal: Proposal) -> Action:
    thing, task = proposal.need.thing, proposal.need.task
    label = request.text(
        "plan-line",
        request.community.language,
        thing=thing.name,
        task=task.name,
        time=proposal.span,
        because=_because(request, proposal),
    )
    return Action(label, "book", {"thing": thing, "task": task, "time": to_when(request, proposal.span)})


def _because(request: Request, proposal: Proposal) -> Text:
    language = request.community.language
    if proposal.match:
        return request.text("because-match", language, at=proposal.match.start, all_day=proposal.match.all_day)
    if proposal.days is not None:
        return request.text("because-long-ago", language, days=proposal.days)
    every = proposal.need.every
    return request.text("because-wanted", language, days=every.days if every else 0)


def _unmet(request: Request, unmet: Unmet, against: dict[tuple[str, str], list[Obstacle]]) -> Text | None:
    """Out of season nothing is missing."""
    thing, task = unmet.need.thing, unmet.need.task
    known = against[thing.key, task.key]
    if any(one.kind == "season" for one in known) and not unmet.need.free:
        return None
    closed = next((one.why for one in known if one.kind == "closed"), "") if not unmet.need.free else ""
    match = unmet.match.start if unmet.match else ""
    return request.text(
        "unmet",
        request.community.language,
        thing=thing.name,
        task=task.name,
        load=unmet.load,
        match=match,
        all_day=bool(unmet.match and unmet.match.all_day),
        closed=closed,
    )
