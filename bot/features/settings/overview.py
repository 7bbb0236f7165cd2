"""The command `settings`: shows each setting, its present value, and the command that changes it."""

from bot.api import Request, shorten_list
from bot.api.people import language_name
from bot.features.settings.mute import describe_mute

#: How many mutes are listed.
MAX_SHOWN_MUTES = 10


async def show_settings(request: Request) -> None:
    """`!mine indstillinger`: show the person's settings."""
    settings, chosen = request.settings, request.settings.chosen
    mutes = [mute for mute in settings.mutes if mute.until is None or request.now < mute.until]
    others = [code for code in request.community.languages if code != request.language]
    await request.say(
        "settings",
        spoken=language_name(request.language, request.language),
        other=next((language_name(code, request.language) for code in others), ""),
        own_language=chosen.language is not None,
        quiet=settings.quiet,
        own_quiet=chosen.quiet is not None,
        times=list(settings.before),
        own_times=chosen.before is not None,
        mutes=shorten_list(request, [describe_mute(request, mute) for mute in mutes], max_lines=MAX_SHOWN_MUTES),
    )
