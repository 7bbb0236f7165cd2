"""The command `plan`: proposes the work of a week, each proposal with a tap that books it."""

from datetime import datetime, timedelta
from datetime import time as clock
from itertools import islice

from bot.api import (
    ACTIONS_PER_MESSAGE,
    Action,
    Obstacle,
    Refused,
    Request,
    Span,
    Task,
    Text,
    Thing,
    When,
    offer_actions,
)
from bot.api.agreements import name_work
from bot.api.availability import (
    RecurringTask,
    candidate_times,
    find_best_hours,
    find_obstacles_within,
    find_reservations,
    find_usage,
    is_unobstructed,
    usage_rules_of,
    week_span,
)
from bot.features.matches.plan import Need, Plan, Proposal, Unmet

_WEEK = timedelta(days=7)

#: A plan has at most so many messages. Proposals later in the week are left out.
MAX_MESSAGES = 3
#: How many due tasks without a good time are named.
MAX_SHOWN_UNMET = 6

#: The obstacles of each recurring task in the planned week, by the keys of its thing and task.
ObstaclesByTask = dict[tuple[str, str], list[Obstacle]]


async def plan_week(request: Request, thing: Thing | None, time: When | None) -> None:
    """`!plan`, `!plan uge 34`, `!plan bane 1`: propose the work of a week, for all things or for one.

    The default is next week.
    """
    week = _read_week(request, time)
    things = [thing] if thing else request.community.things
    recurring_tasks = [
        (one_thing, recurring)
        for one_thing in things
        for recurring in one_thing.recurring_tasks
        if request.community.task(recurring.task)
    ]
    if not recurring_tasks:
        raise Refused("plan-nothing-wanted", thing=thing.name if thing else "")
    plan = Plan(week, request.community.time_zone)
    for one_thing in things:
        plan.uses_by_thing[one_thing.key] = await find_usage(request, one_thing, week)
        plan.max_hours_by_thing[one_thing.key] = (await usage_rules_of(request, one_thing)).hours_a_week
    await _add_busy_times(request, plan)
    needs, obstacles = [], ObstaclesByTask()
    for one_thing, recurring in recurring_tasks:
        need, obstacles[one_thing.key, recurring.task] = await _find_need(request, one_thing, recurring, week)
        needs.append(need)
    plan.schedule(needs)
    unmet = [text for unmet in plan.unmet if (text := _describe_unmet(request, unmet, obstacles))]
    await _offer_plan(request, plan, unmet)


def _read_week(request: Request, time: When | None) -> Span:
    """Return the week of a written time, without its past days, or next week. Raise Refused when the week is over."""
    if time is None or (time.start or time.end) is None:
        return week_span(request, request.moment(request.local(request.now) + _WEEK))
    start = time.start or time.end
    assert start is not None, "a time has a start or an end"
    moment = start if isinstance(start, datetime) else datetime.combine(start, clock(12))
    week = week_span(request, request.moment(moment))
    if week.end <= request.now:
        raise Refused("time-is-past", time=week)
    return week


async def _add_busy_times(request: Request, plan: Plan) -> None:
    """Add to the plan when people are busy who alone have a role: they cannot be on two pitches at once."""
    role_by_party = {}
    for task in request.community.tasks:
        able = request.community.people_with(task.role)
        if len(able) == 1:
            role_by_party[able[0].handle] = task.role
    for thing in request.community.things:
        for reservation in await find_reservations(request, thing, plan.week):
            if role := role_by_party.get(reservation.agreement.attendee):
                plan.busy_by_role.setdefault(role, []).append(reservation.span)


async def _find_need(
    request: Request, thing: Thing, recurring: RecurringTask, week: Span
) -> tuple[Need, list[Obstacle]]:
    """Return a recurring task with its booked, best and free times, and the obstacles to other times of the week."""
    task = request.community.task(recurring.task)
    assert task is not None, "recurring tasks without a task are left out"
    window = Span(week.start, week.end + task.duration)
    all_obstacles = await find_obstacles_within(request, thing, window, task)
    obstacles = [obstacle for obstacle in all_obstacles if obstacle.is_serious]
    free = [span for span in candidate_times(request, thing, week, task.duration) if is_unobstructed(span, obstacles)]
    best = await find_best_hours(request, thing, task, week)
    booked = await _find_booked_spans(request, thing, task, recurring, week)
    return Need(thing, task, recurring.every, booked, best, free), obstacles


async def _find_booked_spans(
    request: Request, thing: Thing, task: Task, recurring: RecurringTask, week: Span
) -> list[Span]:
    """Return when a task is booked in the week, and before and after it as far as the interval of the task matters."""
    margin = 2 * (recurring.every or task.before_match or _WEEK) + _WEEK
    reservations = await find_reservations(request, thing, Span(week.start - margin, week.end + margin))
    return [reservation.span for reservation in reservations if reservation.agreement.task == task.key]


async def _offer_plan(request: Request, plan: Plan, unmet: list[Text]) -> None:
    """Send the proposals in messages that a phone can show. The last message ends with the unmet tasks."""
    language = request.community.language
    monday, next_monday = (request.local(moment).date() for moment in (plan.week.start, plan.week.end))
    week = request.local_time(monday, next_monday, language)
    foot = None
    if unmet:
        more = max(len(unmet) - MAX_SHOWN_UNMET, 0)
        foot = request.text("plan-unmet", language, lines=unmet[:MAX_SHOWN_UNMET], more=more)
    if not plan.proposals:
        await request.tell("plan-empty", week=week, foot=foot or "")
        return
    actions = iter([_offer_booking(request, proposal) for proposal in plan.proposals])
    pages = []
    while page := list(islice(actions, ACTIONS_PER_MESSAGE)):
        pages.append(page)
    more = sum(len(page) for page in pages[MAX_MESSAGES:])
    pages = pages[:MAX_MESSAGES]
    for number, page in enumerate(pages, start=1):
        is_last = number == len(pages)
        key = "plan" if number == 1 else "plan-more"
        await offer_actions(request, key, page, foot=foot if is_last else None, week=week, more=more if is_last else 0)


def _offer_booking(request: Request, proposal: Proposal) -> Action:
    thing, task = proposal.need.thing, proposal.need.task
    label = request.text(
        "plan-line",
        request.community.language,
        what=name_work(request, thing, task),
        time=proposal.span,
        because=_describe_reason(request, proposal),
    )
    return Action(label, "book", {"thing": thing, "task": task, "time": request.to_when(proposal.span)})


def _describe_reason(request: Request, proposal: Proposal) -> Text:
    language = request.community.language
    if proposal.match:
        return request.text("because-match", language, at=proposal.match.start, all_day=proposal.match.all_day)
    if proposal.days is not None:
        return request.text("because-long-ago", language, days=proposal.days)
    interval = proposal.need.interval
    return request.text("because-wanted", language, days=interval.days if interval else 0)


def _describe_unmet(request: Request, unmet: Unmet, obstacles_by_task: ObstaclesByTask) -> Text | None:
    """Return a line that says why a due task is not in the plan; None out of season, when no task is expected."""
    thing, task, has_free = unmet.need.thing, unmet.need.task, bool(unmet.need.free_spans)
    obstacles = obstacles_by_task[thing.key, task.key]
    if any(obstacle.kind == "season" for obstacle in obstacles) and not has_free:
        return None
    closed = next((obstacle.why for obstacle in obstacles if obstacle.kind == "closed"), "") if not has_free else ""
    match = unmet.match.start if unmet.match else ""
    return request.text(
        "unmet",
        request.community.language,
        what=name_work(request, thing, task),
        thing=thing.name,
        load=unmet.exceeds_load,
        match=match,
        all_day=bool(unmet.match and unmet.match.all_day),
        closed=closed,
    )
