"""A year of mowing: thirty-one Fridays of one series, each with an outcome of its own."""

from collections import Counter
from datetime import date, datetime, timedelta

from skovby_stage import CLUB, FIRM, read_agreement, stage_on, texts_of

from bot.agreements.states import State
from bot.config.usage_rules import Closure
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import find_agreements
from bot.testing import Stage

FRIDAYS = [date(2027, 4, 2) + timedelta(weeks=week) for week in range(31)]
CLOSED, MOVED, SKIPPED = date(2027, 7, 30), date(2027, 6, 11), date(2027, 5, 14)
#: On some days the firm reports only when it is asked; on one nobody reports.
ASKED, FORGOTTEN = FRIDAYS[4::8], FRIDAYS[12]


async def wait_until(stage: Stage, day: date, clock: str) -> list[str]:
    """Let time pass until then; return what the bot said unasked."""
    local = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=stage.community.time_zone)
    return texts_of(await stage.wait(local - stage.now))


async def play_friday(stage: Stage, day: date) -> None:
    """Play one Friday. All commands do without the number of the agreement."""
    if day == SKIPPED:
        await wait_until(stage, day, "08:00")
        assert (
            "har aflyst én af gangene i aftale 1"
            in texts_of(await stage.say(CLUB, "!spring 1 over næste gang stævne"))[-1]
        )
        return
    if day == MOVED:
        await wait_until(stage, day - timedelta(days=2), "18:00")
        asked = await stage.say(FIRM, "!flyt 1 fredag til torsdag kl. 13")
        await stage.tap(CLUB, "✅", next(one.event for one in asked if one.kind == "say"))
        day -= timedelta(days=1)
    by_itself = await wait_until(
        stage, day, "15:30" if day in (*ASKED, FORGOTTEN) or day < MOVED < day + timedelta(7) else "11:10"
    )
    assert len([text for text in by_itself if "gjort?" in text]) == (day in (*ASKED, FORGOTTEN))
    if day == FORGOTTEN:
        return
    reported = await stage.say(FIRM, "!færdig")
    assert (
        texts_of(reported)[-1]
        == "🏁 Grøn Pleje er færdig med slåning af bane 1. Skovby IF, er det i orden? Svar med ✅ eller ❌."
    )
    await wait_until(stage, day, "18:00")
    assert (
        texts_of(await stage.say(CLUB, "!bekræft"))[0].splitlines()[-1].startswith("Udført af Grøn Pleje og bekræftet")
    )


async def test_year_of_mowing_is_agreed_once_and_each_time_ends_by_itself(database_url: str) -> None:
    closed = (Closure("gødning", weeks=(30, 30)),)
    async with stage_on(database_url, "2027-03-15T10:00", closures=closed) as stage:
        asked = await stage.say(CLUB, "!book bane 1 slåning hver fredag kl. 9 fra april til oktober @groen-pleje")
        assert texts_of(asked)[0].splitlines()[:2] == [
            "Bane 1 er ikke ledig 1 af de 31 gange:",
            "mandag den 26. juli til søndag den 1. august: bane 1 er lukket (gødning)",
        ]
        shown = await stage.tap(CLUB, "1️⃣", asked[0].event)
        await stage.tap(FIRM, "✅", shown[0].event)
        for day in FRIDAYS:
            if day != CLOSED:
                await play_friday(stage, day)
        hours = [span.start.hour for span in (await read_agreement(stage, 2)).negotiation.terms.spans]
        await stage.wait(timedelta(days=20))
        async with stage.context.store.read() as connection:
            ends = Counter(
                one.state for one in await find_agreements(connection, AgreementFilter("skovby", frozenset(State)))
            )
        assert hours == [7]
        assert ends == {State.CONFIRMED: 28, State.MISSED: 1}
        told = texts_of(await stage.say(CLUB, "!historik 1"))[0].splitlines()
        assert [line.partition(": ")[2][:45] for line in told[-5:-2]] == [
            "6 af gangene blev til deres egne aftaler",
            "Skovby IF aflyste nogle af gangene, så det nu",
            "22 af gangene blev til deres egne aftaler",
        ]
        assert texts_of(await stage.say(CLUB, "!aftaler"))[0].startswith("Der er ingen aftaler lige nu.")
        rung = Counter(address for one in stage.heard for address in one.notify)
        club, firm = (stage.community.person(handle).addresses[0] for handle in (CLUB, FIRM))  # type: ignore[union-attr]
        # the club: agreed, moved (asked and done), 28 times reported, once nothing was; the firm: asked, agreed, moved,
        # skipped, four times reminded, 28 times confirmed, once nothing was
        assert (rung[club], rung[firm]) == (1 + 2 + 28 + 1, 1 + 1 + 1 + 1 + 4 + 28 + 1)
