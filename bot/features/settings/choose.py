"""Commands with which a person chooses their language, reminder times and quiet hours."""

from dataclasses import replace

from bot.api import Refused, Request
from bot.api.arguments import COMMUNITY_DEFAULT, CommunityDefault
from bot.api.people import MAX_LEAD_TIME, MAX_REMINDERS_BEFORE, LeadTime, QuietHours, language_name, save_settings


async def choose_language(request: Request, language: str) -> None:
    """`!sprog engelsk`: choose the language of messages to the person alone. The room keeps its language."""
    chosen = replace(request.settings.chosen, language=None if language == COMMUNITY_DEFAULT.value else language)
    await save_settings(request, chosen)
    own, of_room = request.language, request.community.language
    await request.say("language-is", spoken=language_name(own, own), room=language_name(of_room, own))


async def choose_times(request: Request, times: tuple[LeadTime, ...] | CommunityDefault) -> None:
    """`!påmind mig aftenen før og 3 timer før`: choose when to be reminded, or go back to the community's times."""
    if isinstance(times, CommunityDefault):
        settings = await save_settings(request, replace(request.settings.chosen, before=None))
    else:
        _check_times(times)
        settings = await save_settings(request, replace(request.settings.chosen, before=times))
    await request.say("times-are", times=list(settings.before), usual=times is COMMUNITY_DEFAULT)


def _check_times(times: tuple[LeadTime, ...]) -> None:
    """Raise Refused for too many times, or for a time that is too long before."""
    if len(times) > MAX_REMINDERS_BEFORE:
        raise Refused("too-many-times", most=MAX_REMINDERS_BEFORE)
    for lead in times:
        if lead.max_length > MAX_LEAD_TIME:
            raise Refused("too-early", time=lead, days=MAX_LEAD_TIME.days)


async def choose_quiet(request: Request, hours: QuietHours | tuple[()] | CommunityDefault) -> None:
    """`!ro 22-7`: choose quiet hours, in which a notice is sent only when the work begins before they end."""
    quiet = None if isinstance(hours, CommunityDefault) else hours
    settings = await save_settings(request, replace(request.settings.chosen, quiet=quiet))
    await request.say("quiet-is", quiet=settings.quiet, usual=hours is COMMUNITY_DEFAULT)
