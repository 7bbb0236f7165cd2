"""Mutes what the clock says unasked: all or one kind of it, for one agreement or all, for a while or until undone.

What other people say is never muted: a proposal, an answer, a cancellation still reach whom they are for.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.api import (
    FEW_LINES,
    Agreement,
    Mute,
    Refused,
    Request,
    Text,
    find_agreement,
    is_pleasantry,
    quotable,
    save_settings,
    shorten_list,
)

#: So many mutes at once; more is no choice any more.
MOST_MUTES = 50

_HERE = frozenset(("denne", "den", "aftale", "dette", "her", "this", "agreement", "one", "om", "about"))


async def mute(
    request: Request, until: datetime | None, number: int | None, what: str | None, rest: str | None
) -> None:
    """`!stille`, `!stille 7 i 2 uger`, `!stille påmindelser til mandag`; under a card it is about that one."""
    agreement = await _agreement(request, number, what)
    _refuse_what_is_not_understood(rest)
    over = request.moment(until) if until else None
    if over is not None and over <= request.now:
        raise Refused("time-is-past", time=over)
    new = Mute(what or "", agreement.number if agreement else None, over)
    others = tuple(one for one in request.settings.mutes if not _is_same(one, new))
    if len(others) >= MOST_MUTES:
        raise Refused("too-many-mutes", most=MOST_MUTES)
    await save_settings(request, replace(request.settings.chosen, mutes=(*others, new)))
    await request.say("muted", line=line_of(request, new), ends=over is not None)


async def unmute(request: Request, number: int | None, what: str | None, rest: str | None) -> None:
    """`!lyd`: everything is heard again; `!lyd 7`, `!lyd påmindelser` only that."""
    agreement = await _agreement(request, number, what)
    _refuse_what_is_not_understood(rest)
    gone = [one for one in request.settings.mutes if _is_meant(one, what or "", agreement)]
    if not gone:
        raise Refused("not-muted")
    left = tuple(one for one in request.settings.mutes if one not in gone)
    await save_settings(request, replace(request.settings.chosen, mutes=left))
    await request.say(
        "unmuted", lines=shorten_list(request, [line_of(request, one) for one in gone], max_lines=FEW_LINES)
    )


def line_of(request: Request, mute: Mute) -> Text:
    """What is muted, in words. What ends when a day begins lasts through the one before it."""
    through: object = ""
    if mute.until and (local := request.local(mute.until)).time() == time():
        through = request.local_time(local.date() - timedelta(days=1), local.date())
    until = "" if through else mute.until or ""
    return request.text("mute-line", kind=mute.kind, number=mute.agreement, until=until, through=through)


async def _agreement(request: Request, number: int | None, what: str | None) -> Agreement | None:
    """The one with the number, or the one whose card it was said under."""
    if number is not None:
        return await find_agreement(request, number, of_any_feature=True)
    feature, _, subject = (await request.replied_subject() or "").partition("/")
    if what is not None or not subject.isdigit():
        return None
    try:
        found = await find_agreement(request, subject, of_any_feature=True)
    except Refused:
        return None
    return found if found.feature == feature else None


def _refuse_what_is_not_understood(rest: str | None) -> None:
    """Half understood, a mute would be one of everything and for good."""
    words = [word for word in (rest or "").casefold().split() if word.strip(".,!") not in _HERE]
    if words and not is_pleasantry(" ".join(words)):
        raise Refused("mute-how", rest=quotable(rest or "", 80))


def _is_same(one: Mute, other: Mute) -> bool:
    return (one.kind, one.agreement) == (other.kind, other.agreement)


def _is_meant(one: Mute, kind: str, agreement: Agreement | None) -> bool:
    """Nothing named means all."""
    if agreement is not None and one.agreement != agreement.number:
        return False
    return kind in ("", one.kind)
