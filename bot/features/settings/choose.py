"""Takes what somebody chooses for themselves: the language, the hours of peace, the times to be reminded."""

from dataclasses import replace

from bot.api import (
    MAX_LEAD_TIME,
    MAX_REMINDERS_BEFORE,
    USUAL,
    LeadTime,
    QuietHours,
    Refused,
    Request,
    Usual,
    keep_settings,
)


async def choose_language(request: Request, language: str) -> None:
    """`!sprog engelsk`: what is said to them alone; what is for the room stays in the room's language."""
    chosen = replace(request.settings.chosen, language=None if language == USUAL.value else language)
    await keep_settings(request, chosen)
    await request.say("language-is", spoken=request.language, room=request.community.language)


async def choose_times(request: Request, times: tuple[LeadTime, ...] | Usual) -> None:
    """`!påmind mig aftenen før og 3 timer før`."""
    if isinstance(times, Usual):
        settings = await keep_settings(request, replace(request.settings.chosen, before=None))
    else:
        _check(times)
        settings = await keep_settings(request, replace(request.settings.chosen, before=times))
    await request.say("times-are", times=list(settings.before), usual=times is USUAL)


def _check(times: tuple[LeadTime, ...]) -> None:
    if len(times) > MAX_REMINDERS_BEFORE:
        raise Refused("too-many-times", most=MAX_REMINDERS_BEFORE)
    for ahead in times:
        if ahead.max_length > MAX_LEAD_TIME:
            raise Refused("too-early", time=ahead, days=MAX_LEAD_TIME.days)


async def choose_quiet(request: Request, hours: QuietHours | tuple[()] | Usual) -> None:
    """`!ro 22-7`: then they are left in peace, but for what begins before it is over."""
    kept = None if isinstance(hours, Usual) else hours
    settings = await keep_settings(request, replace(request.settings.chosen, quiet=kept))
    await request.say("quiet-is", quiet=settings.quiet, usual=hours is USUAL)
