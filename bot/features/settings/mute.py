"""The commands `mute` and `unmute`: for all notices or one kind, for one agreement or all, for a while or for good.

Messages about what other people do are never muted: proposals, answers and cancellations still reach the person.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.api import FEW_LINES, Agreement, Refused, Request, Text, find_agreement, shorten_list
from bot.api.arguments import quotable, refers_to_this
from bot.api.people import Mute, save_settings

#: How many mutes a person may have.
MAX_MUTES = 50


async def mute(
    request: Request, until: datetime | None, number: int | None, what: str | None, rest: str | None
) -> None:
    """`!stille`, `!stille 7 i 2 uger`, `!stille påmindelser til mandag`; under a card it is about that agreement."""
    agreement = await _find_agreement(request, number, what)
    _refuse_other_words(request, rest)
    ends_at = request.moment(until) if until else None
    if ends_at is not None and ends_at <= request.now:
        raise Refused("time-is-past", time=ends_at)
    new = Mute(what or "", agreement.number if agreement else None, ends_at)
    others = tuple(mute for mute in request.settings.mutes if not _is_about_same(mute, new))
    if len(others) >= MAX_MUTES:
        raise Refused("too-many-mutes", most=MAX_MUTES)
    await save_settings(request, replace(request.settings.chosen, mutes=(*others, new)))
    await request.say("muted", line=describe_mute(request, new), ends=ends_at is not None)


async def unmute(request: Request, number: int | None, what: str | None, rest: str | None) -> None:
    """`!lyd`: end all mutes. `!lyd 7`, `!lyd påmindelser`: end the mutes of an agreement or of a kind."""
    agreement = await _find_agreement(request, number, what)
    _refuse_other_words(request, rest)
    ended = [mute for mute in request.settings.mutes if _is_meant(mute, what or "", agreement)]
    if not ended:
        raise Refused("not-muted")
    remaining = tuple(mute for mute in request.settings.mutes if mute not in ended)
    await save_settings(request, replace(request.settings.chosen, mutes=remaining))
    lines = [describe_mute(request, mute) for mute in ended]
    await request.say("unmuted", lines=shorten_list(request, lines, max_lines=FEW_LINES))


def describe_mute(request: Request, mute: Mute) -> Text:
    """Return what a mute is about, in words. When it ends as a day begins, the day before is named as its last."""
    through: object = ""
    if mute.until and (local := request.local(mute.until)).time() == time():
        through = request.local_time(local.date() - timedelta(days=1), local.date())
    until = "" if through else mute.until or ""
    return request.text("mute-line", kind=mute.kind, number=mute.agreement, until=until, through=through)


async def _find_agreement(request: Request, number: int | None, what: str | None) -> Agreement | None:
    """Return the agreement with the number, or under whose card the command is written; None for all agreements."""
    if number is not None:
        return await find_agreement(request, number, of_any_feature=True)
    feature, _, subject = (await request.replied_subject() or "").partition("/")
    if what is not None or not subject.isdigit():
        return None
    try:
        agreement = await find_agreement(request, subject, of_any_feature=True)
    except Refused:
        return None
    return agreement if agreement.feature == feature else None


def _refuse_other_words(request: Request, rest: str | None) -> None:
    """Raise Refused for words that are not understood. If they were ignored, everything would be muted for good."""
    if rest and not refers_to_this(rest, request.community.languages):
        raise Refused("mute-how", rest=quotable(rest or "", 80))


def _is_about_same(mute: Mute, other: Mute) -> bool:
    return (mute.kind, mute.agreement) == (other.kind, other.agreement)


def _is_meant(mute: Mute, kind: str, agreement: Agreement | None) -> bool:
    """Return whether a mute has the named kind and agreement. Without a kind or an agreement, any mute has it."""
    if agreement is not None and mute.agreement != agreement.number:
        return False
    return kind in ("", mute.kind)
