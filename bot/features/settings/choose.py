"""Takes what somebody chooses for themselves: the language, the hours of peace, the times to be reminded."""

from dataclasses import replace

from bot.api import (
    COMMUNITY_DEFAULT,
    MAX_LEAD_TIME,
    MAX_REMINDERS_BEFORE,
    CommunityDefault,
    LeadTime,
    QuietHours,
    Refused,
    Request,
    save_settings,
)


async def choose_language(request: Request, language: str) -> None:
    """`!sprog engelsk`: what is said to them alone; what is for the room stays in the room's language."""
    chosen = replace(request.settings.chosen, language=None if language == COMMUNITY_DEFAULT.value else language)
    await save_settings(request, chosen)
    await request.say("language-is", spoken=request.language, room=request.community.language)


async def choose_times(request: Request, times: tuple[LeadTime, ...] | CommunityDefault) -> None:
    """`!påmind mig aftenen før og 3 timer før`."""
    if isinstance(times, CommunityDefault):
        settings = await save_settings(request, replace(request.settings.chosen, before=None))
    else:
        _check(times)
        settings = await save_settings(request, replace(request.settings.chosen, before=times))
    await request.say("times-are", times=list(settings.before), usual=times is COMMUNITY_DEFAULT)


def _check(times: tuple[LeadTime, ...]) -> None:
    if len(times) > MAX_REMINDERS_BEFORE:
        raise Refused("too-many-times", max_lines=MAX_REMINDERS_BEFORE)
    for ahead in times:
        if ahead.max_length > MAX_LEAD_TIME:
            raise Refused("too-early", time=ahead, days=MAX_LEAD_TIME.days)


async def choose_quiet(request: Request, hours: QuietHours | tuple[()] | CommunityDefault) -> None:
    """`!ro 22-7`: then they are left in peace, but for what begins before it is over."""
    kept = None if isinstance(hours, CommunityDefault) else hours
    settings = await save_settings(request, replace(request.settings.chosen, quiet=kept))
    await request.say("quiet-is", quiet=settings.quiet, usual=hours is COMMUNITY_DEFAULT)
