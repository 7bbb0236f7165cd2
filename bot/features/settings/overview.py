"""Shows somebody everything they can choose for themselves, what it is now, and what to write to change it."""

from bot.api import Request, shorten_list
from bot.features.settings.mute import line_of

#: More mutes are not listed.
MOST_SHOWN = 10


async def show_settings(request: Request) -> None:
    """`!mine indstillinger`."""
    settings, chosen = request.settings, request.settings.chosen
    live = [one for one in settings.mutes if one.until is None or request.now < one.until]
    await request.say(
        "settings",
        own_language=chosen.language is not None,
        quiet=settings.quiet,
        own_quiet=chosen.quiet is not None,
        times=list(settings.before),
        own_times=chosen.before is not None,
        mutes=shorten_list(request, [line_of(request, one) for one in live], max_lines=MOST_SHOWN),
    )
