"""The command `snooze`: reminds a person again at a later time."""

from datetime import datetime, time

from bot.api import (
    Action,
    Agreement,
    Refused,
    Request,
    Span,
    When,
    find_agreement,
    list_agreements,
    offer_actions,
)
from bot.api.agreements import describe_work
from bot.features.reminders.message import find_items_between
from bot.features.reminders.notice import find_coming_spans
from bot.features.reminders.sent import find_last_sent
from bot.features.reminders.set_timers import AGREED, TIMER, snooze_subject

#: When "i morgen" (tomorrow) begins for people without quiet hours at night.
DEFAULT_MORNING = time(8)


async def snooze(request: Request, number: int | None, until: datetime) -> None:
    """Remind the person again at a later time.

    It is about the agreement with the number, or under whose card the person writes, or all agreements in the last
    message with notices for the person. Quiet hours do not postpone it, because the person chose the time. Snoozing
    again changes the time.
    """
    moment = _read_moment(request, until)
    agreements = [
        agreement for agreement in await _find_meant(request, number) if _is_early_enough(request, agreement, moment)
    ]
    if not agreements:
        if number is not None and until.time() != time():
            await _offer_move(request, number, moment)
            return
        raise Refused("snoozed-too-late", time=moment)
    for agreement in agreements:
        await request.remind(TIMER, snooze_subject(agreement.number, request.cause.sender), moment)
    works = [describe_work(request, agreement, request.language) for agreement in agreements]
    await request.say("snoozed", time=request.time(moment, None), what=works)


async def _offer_move(request: Request, number: int, moment: datetime) -> None:
    """Offer to move the agreement: people also write "udsæt" when the work is to be done later."""
    local = request.local(moment)
    new_time = When(local, None, has_day=True, has_clock=True)
    language = request.community.language
    label = request.text("move-instead", language, time=request.time(moment, None, language))
    await offer_actions(
        request, "snoozed-too-late", [Action(label, "counter", {"number": number, "time": new_time})], time=moment
    )


async def _find_meant(request: Request, number: int | None) -> list[Agreement]:
    """Return the person's agreements that are meant and still wait for an answer or a time.

    Raise Refused without any.
    """
    agreements = await (_find_by_context(request) if number is None else _find_by_number(request, number))
    own = [agreement for agreement in agreements if agreement.side_of(request.person.handle)]
    if agreements and not own:
        raise Refused("not-yours", number=agreements[0].number)
    remaining = [
        agreement for agreement in own if _is_awaited(request, agreement) or find_coming_spans(agreement, request.now)
    ]
    if not remaining:
        raise Refused("nothing-to-snooze")
    return remaining


async def _find_by_number(request: Request, number: int | str) -> list[Agreement]:
    return [await find_agreement(request, number, of_any_feature=True)]


async def _find_by_context(request: Request) -> list[Agreement]:
    """Return the agreement in whose thread the person writes, else all agreements in the last notices to the person."""
    feature, _, number = (await request.replied_subject() or "").partition("/")
    if feature != "question" and number.isdigit():
        return await _find_by_number(request, number)
    by_number: dict[int, Agreement] = {}
    for subject in await find_last_sent(request, request.cause.sender):
        kind, _, number = subject.partition(" ")
        agreements = await (_find_by_number(request, number) if kind == "agreement" else _find_work_of_today(request))
        by_number |= {agreement.number: agreement for agreement in agreements}
    return [by_number[number] for number in sorted(by_number)]


async def _find_work_of_today(request: Request) -> list[Agreement]:
    rest = Span(request.now, request.moment(datetime.combine(request.local(request.now).date(), time.max)))
    own = await list_agreements(request, AGREED, request.person.handle, of_any_feature=True, window=rest)
    return [item.agreement for item in find_items_between(own, rest)]


def _is_awaited(request: Request, agreement: Agreement) -> bool:
    return agreement.side_of(request.person.handle) in agreement.negotiation.awaited_sides


def _is_early_enough(request: Request, agreement: Agreement, moment: datetime) -> bool:
    """Return whether a moment is before the offered or agreed time begins, so that a reminder is still of use."""
    if _is_awaited(request, agreement):
        newest = agreement.negotiation.newest_offer
        return newest is None or moment < newest.terms.start
    return moment < find_coming_spans(agreement, request.now)[0].start


def _read_moment(request: Request, until: datetime) -> datetime:
    """Return the moment to remind at. For a day without a clock time it is the end of the person's quiet hours.

    Raises Refused when the moment is past.
    """
    quiet = request.settings.quiet
    if until.time() == time():
        until = datetime.combine(until.date(), quiet.end if quiet and quiet.is_overnight else DEFAULT_MORNING)
    moment = request.moment(until)
    if moment <= request.now:
        raise Refused("time-is-past", time=moment)
    return moment
