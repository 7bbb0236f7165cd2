"""Checks a reservation for use against the rules of its thing: who may make it, how long, how early and how often."""

from datetime import timedelta
from typing import Any

from bot.api import Agreement, Ask, Option, Person, Refused, Request, Span, Terms, Text, Thing, list_agreements
from bot.api.agreements import HOLDING
from bot.api.availability import UseRules, count_hours, week_span, write_number

#: The command that an answer completes, with its arguments so far.
Instead = tuple[str, dict[str, Any]]

#: How long a reservation lasts whose end nobody has said, unless the rules of the thing set other limits.
_USUAL = timedelta(hours=2)


def usual_duration(rules: UseRules) -> timedelta:
    """Return how long a reservation lasts when its end was not said."""
    return max(min(_USUAL, rules.longest or _USUAL), rules.shortest or timedelta())


def require_use(request: Request, thing: Thing) -> UseRules:
    """Return the rules for using a thing. Raises Refused when nobody may use it, or the person's roles may not."""
    if thing.use is None:
        raise Refused("use-not-possible", thing=thing.name)
    if not thing.use.roles & request.person.roles:
        roles = sorted(str(request.text(f"role-{role}")) for role in thing.use.roles)
        raise Refused("use-roles", thing=thing.name, roles=roles)
    return thing.use


def choose_confirmer(request: Request, thing: Thing, person: Person | None) -> Person | None:
    """Return who has to confirm the reservation; None when nobody has to, or the person could.

    Raises Ask when several people could, and Refused for a named person who is neither of them nor oneself.
    """
    role = thing.use.confirmed_by if thing.use else None
    able = request.community.people_with(role) if role else ()
    if person is not None and person.handle != request.person.handle and person not in able:
        raise Refused("use-for-oneself", person=person)
    if not able or any(each.handle == request.person.handle for each in able):
        return None
    if person in able:
        return person
    if len(able) > 1:
        raise Ask("person", "ask-confirmer", [Option(each.name, each) for each in able])
    return able[0]


async def check_limits(
    request: Request,
    thing: Thing,
    terms: Terms,
    organizer: Person,
    *,
    exclude: Agreement | None = None,
    instead: Instead | None = None,
) -> None:
    """Raise Ask for another time when a time breaks a rule of the thing. `exclude` is the agreement to be moved."""
    rules = thing.use
    if rules is None:
        return
    duration, first, last = terms.end - terms.start, terms.spans[0].start, terms.spans[-1].start
    limits = (
        ("use-too-short", rules.shortest, rules.shortest and duration < rules.shortest),
        ("use-too-long", rules.longest, rules.longest and duration > rules.longest),
        ("use-too-late", rules.notice, rules.notice and first < request.now + rules.notice),
        ("use-too-early", rules.ahead, rules.ahead and last > request.now + rules.ahead),
    )
    for key, limit, is_broken in limits:
        if limit and is_broken:
            length = describe_length(request, limit)
            raise Ask("time", key, instead=instead, thing=thing.name, time=terms, length=length)
    await _check_quota(request, thing, rules, terms, organizer, exclude, instead)


async def _check_quota(
    request: Request,
    thing: Thing,
    rules: UseRules,
    terms: Terms,
    organizer: Person,
    exclude: Agreement | None,
    instead: Instead | None,
) -> None:
    """Raise Ask when the party would have the thing for more hours of a week than one party may."""
    if rules.hours_a_week is None:
        return
    weeks = sorted({week_span(request, span.start) for span in terms.spans})
    window = Span(weeks[0].start, weeks[-1].end)
    found = await list_agreements(request, HOLDING, organizer.handle, thing=thing, window=window)
    mine = [each for each in found if each.is_use and each.organizer == organizer.handle]
    used = [
        span
        for each in mine
        if exclude is None or each.id != exclude.id
        for span in each.negotiation.newest_terms.spans
    ]
    for week in weeks:
        hours = count_hours(week, [*used, *terms.spans])
        if hours > rules.hours_a_week:
            raise Ask(
                "time",
                "use-quota",
                instead=instead,
                thing=thing.name,
                person=organizer,
                week=week.start,
                hours=write_number(hours, request.language),
                limit=write_number(rules.hours_a_week, request.language),
            )


def describe_length(request: Request, length: timedelta) -> Text:
    """Return a length in words: "30 minutter", "halvanden time" as "1,5 timer", "14 dage"."""
    minutes = int(length.total_seconds()) // 60
    days = minutes // 1440 if minutes % 1440 == 0 else 0
    hours = write_number(minutes / 60, request.language) if minutes >= 60 else ""
    return request.text("length", days=days, hours=hours, minutes=minutes)
