"""Things are reserved for use, and not only worked on: at once, or after somebody's yes, within the rules of `use`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.agreements.states import State
from bot.config.usage_rules import UseRules
from bot.testing import Stage, read_community
from tests.features.match_stage import match_entry
from tests.features.skovby_stage import CLUB, OTHER, ROOMS, read_agreement, texts_of

EVERYBODY = frozenset({"club", "contractor", "resident", "steward"})
STEWARD, STRANGER = "banevagten", "matrix:u/fremmed:example.org"


@asynccontextmanager
async def hall(url: str, *, thing: str = "hallen", reminders: bool = False, **rules: object) -> AsyncIterator[Stage]:
    """Open a stage in Skovby on a Tuesday at ten, where a thing has these rules for its use."""
    community = read_community(ROOMS / "skovby.yaml")
    use = UseRules(**{"roles": EVERYBODY, **rules})
    things = tuple(replace(one, use=use if one.key == thing else None) for one in community.things)
    features = tuple(one for one in community.features if reminders or one != "reminders")
    async with Stage.open(url, replace(community, things=things, features=features)) as stage:
        stage.now = datetime.fromisoformat("2026-06-09T10:00").replace(tzinfo=community.time_zone)
        yield stage


async def test_hall_is_reserved_for_a_party(database_url):
    async with hall(database_url) as stage:
        heard = await stage.say(CLUB, "!reserver hallen fredag kl. 18-20 børnefødselsdag")
        assert texts_of(heard) == [
            "✅ Aftale 1: “børnefødselsdag” i hallen\n"
            "🕑 fredag den 12. juni kl. 18-20, uge 24\n"
            "Reserveret af Skovby IF\n"
            "Skriv !flyt 1 eller !aflys 1"
        ]
        agreement = await read_agreement(stage, 1)
        assert (agreement.state, agreement.task, agreement.purpose) == (State.AGREED, None, "børnefødselsdag")
        assert [one.kind for one in heard if one.kind == "react"] == []


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("!book hallen fredag kl. 18-20", None),
        ("!reserver hallen fredag kl. 18-20 til børnefødselsdag", "børnefødselsdag"),
        ("!book hallen til 60 års fødselsdag fredag kl. 18-20", "60 års fødselsdag"),
        ("!reserver hallen fredag kl. 18-20 til 60 års fødselsdag", "60 års fødselsdag"),
        ("!reserver fredag kl. 18-20 hallen, tak", None),
        ("!reserve hallen friday 18-20 for a birthday", "a birthday"),
    ],
)
async def test_purpose_is_what_else_was_said(database_url, text, purpose):
    async with hall(database_url) as stage:
        await stage.say(CLUB, text)
        assert (await read_agreement(stage, 1)).purpose == purpose


@pytest.mark.parametrize(
    "text",
    [
        "!reserver hallen fredag kl. 18-20, hvis det regner",
        "!reserver ikke hallen fredag kl. 18",
        "!reserver hallen fredag kl. 18-20 21.30",
        "!reserver hallen fredag kl. 18-20 2 timer fest",
    ],
)
async def test_words_that_could_change_the_meaning_are_no_purpose(database_url, text):
    async with hall(database_url) as stage:
        assert not any("Aftale 1" in text for text in texts_of(await stage.say(CLUB, text)))


async def test_sentence_is_confirmed_first(database_url):
    async with hall(database_url) as stage:
        question = await stage.say(
            CLUB, "Bylaug, vi vil gerne låne hallen fredag kl. 18-20 til børnefødselsdag", to_us=True
        )
        assert texts_of(question)[0].startswith(
            "Skal jeg reservere: “børnefødselsdag” i hallen fredag den 12. juni kl. 18-20?"
        )
        card = await stage.tap(CLUB, "✅", question[0].event)
        assert texts_of(card)[0].startswith("✅ Aftale 1: “børnefødselsdag” i hallen")


async def test_work_is_still_work(database_url):
    async with hall(database_url) as stage:
        await stage.say(CLUB, "!reserver hallen gulvvask fredag kl. 14")
        assert (await read_agreement(stage, 1)).task == "gulvvask"
        heard = await stage.say(CLUB, "!book hallen mandag kl. 14 @groen-pleje")
        assert texts_of(heard)[0].startswith("Hvad skal der gøres?")


async def test_no_two_have_it_at_once(database_url):
    async with hall(database_url) as stage:
        await stage.say(CLUB, "!reserver hallen fredag kl. 18-20 fest")
        heard = texts_of(await stage.say(OTHER, "!reserver hallen fredag kl. 19-21 fest"))[0]
        assert heard.startswith(
            "Hallen er optaget fredag den 12. juni kl. 18-20: Skovby IF har den (aftale 1).\nNæste ledige tid:"
        )
        why = texts_of(await stage.say(OTHER, "!hvorfor hallen fredag kl. 19"))[0]
        assert "Skovby IF har den (aftale 1)" in why


async def test_owner_moves_it_at_once(database_url):
    async with hall(database_url) as stage:
        await stage.say(CLUB, "!reserver hallen fredag kl. 18-20 fest")
        heard = await stage.say(CLUB, "!flyt 1 lørdag kl. 18")
        agreement = await read_agreement(stage, 1)
        assert (agreement.state, agreement.negotiation.offers) == (State.AGREED, ())
        assert "lørdag den 13. juni kl. 18-20" in texts_of(heard)[0]
        assert heard[1].plain.startswith("🔁 Flyttet: “fest” i hallen er nu lørdag den 13. juni kl. 18-20.")
        assert not heard[1].notify, "whoever moved it knows"
        history = texts_of(await stage.say(CLUB, "!historik 1"))[0]
        assert "Skovby IF reserverede fre. 12. juni kl. 18-20" in history
        assert "Skovby IF flyttede til lør. 13. juni kl. 18-20" in history


async def test_nobody_else_moves_or_cancels_it(database_url):
    async with hall(database_url) as stage:
        await stage.say(CLUB, "!reserver hallen fredag kl. 18-20 fest")
        for text in ("!aflys 1", "!flyt 1 lørdag kl. 18", "!accepter 1"):
            assert texts_of(await stage.say(OTHER, text))[0].startswith("Aftale 1 er Skovby IFs egen."), text
        await stage.say(CLUB, "!aflys 1 sygdom")
        assert (await read_agreement(stage, 1)).state is State.CANCELLED


async def test_it_is_over_without_a_report(database_url):
    async with hall(database_url) as stage:
        await stage.say(CLUB, "!reserver hallen fredag kl. 18-20 fest")
        assert texts_of(await stage.say(CLUB, "!færdig 1"))[0] == (
            "Aftale 1 er “fest” i hallen, og der er ikke noget at melde færdigt."
        )
        heard = await stage.wait(timedelta(days=7))
        assert (await read_agreement(stage, 1)).state is State.CONFIRMED
        assert [one.plain.splitlines()[-1] for one in heard] == ["Skovby IF havde “fest” i hallen. Nu er det forbi."]
        assert "Der er ingen aftaler" in texts_of(await stage.say(CLUB, "!aftaler"))[0]


async def test_steward_confirms(database_url):
    async with hall(database_url, confirmed_by="steward") as stage:
        card = (await stage.say(CLUB, "!reserver hallen fredag kl. 18-20 fest"))[0]
        assert card.plain.splitlines()[-1].startswith("⏳ Skovby IF spørger Banevagten: ✅ ja")
        assert (await read_agreement(stage, 1)).state is State.PROPOSED
        heard = await stage.tap(STEWARD, "✅", card.event)
        assert (await read_agreement(stage, 1)).state is State.AGREED
        assert "Skriv !flyt 1 eller !aflys 1" in heard[0].plain
        await stage.say(STEWARD, "!reserver hallen søndag kl. 10-12")
        assert (await read_agreement(stage, 2)).state is State.AGREED, "a steward need not ask"


@pytest.mark.parametrize(
    ("rules", "text", "answer"),
    [
        ({"roles": frozenset({"club"})}, "fredag kl. 18-20", "Hallen kan kun reserveres af klubber."),
        ({"shortest": timedelta(hours=1)}, "fredag kl. 18-18.30", "Hallen skal reserveres i mindst 1 time."),
        ({"longest": timedelta(minutes=90)}, "fredag kl. 18-20", "Hallen kan højst reserveres i 1,5 timer ad gangen."),
        ({"notice": timedelta(days=5)}, "fredag kl. 18-20", "Hallen skal reserveres senest 5 dage før."),
        ({"ahead": timedelta(days=30)}, "1. august kl. 18-20", "Hallen kan tidligst reserveres 30 dage før."),
    ],
)
async def test_rules(database_url, rules, text, answer):
    async with hall(database_url, **rules) as stage:
        assert texts_of(await stage.say(STRANGER, f"!reserver hallen {text} fest"))[0].startswith(answer)


async def test_other_time_completes_the_reservation(database_url):
    async with hall(database_url, longest=timedelta(hours=3)) as stage:
        await stage.say(CLUB, "!reserver hallen fredag kl. 12-20 fest")
        assert texts_of(await stage.say(CLUB, "fredag kl. 18-20"))[0].startswith("✅ Aftale 1: “fest” i hallen")


async def test_quota_is_for_each_party_and_week(database_url):
    async with hall(database_url, hours_a_week=4.0) as stage:
        await stage.say(CLUB, "!reserver hallen onsdag kl. 18-20")
        await stage.say(CLUB, "!reserver hallen torsdag kl. 18-20")
        heard = texts_of(await stage.say(CLUB, "!reserver hallen fredag kl. 18-20"))[0]
        assert heard.startswith(
            "Skovby IF ville så have hallen i 6 timer i ugen fra mandag den 8. juni, og det højeste er 4."
        )
        await stage.say(OTHER, "!reserver hallen fredag kl. 18-20")
        assert (await read_agreement(stage, 3)).organizer == OTHER
        await stage.say(CLUB, "!flyt 2 lørdag kl. 18")
        await stage.say(CLUB, "!reserver hallen mandag den 15. juni kl. 18-20")
        assert (await read_agreement(stage, 4)).organizer == CLUB
        refused = texts_of(await stage.say(CLUB, "!flyt 4 søndag den 14. juni kl. 18"))[0]
        assert refused.startswith("Skovby IF ville så have hallen i 6 timer")


async def test_buffer_is_kept_between_two_uses(database_url):
    async with hall(database_url, buffer=timedelta(minutes=30)) as stage:
        await stage.say(CLUB, "!reserver hallen fredag kl. 18-20")
        asked = texts_of(await stage.say(OTHER, "!reserver hallen fredag kl. 16-18"))[0]
        assert asked.splitlines()[:4] == [
            "Hallen er ikke ledig:",
            "fredag den 12. juni kl. 18-20: aftale 1, og der skal være 30 minutter imellem",
            "Næste ledige tid:",
            "1️⃣ lørdag den 13. juni kl. 7-9",
        ]
        taken = texts_of(await stage.say(OTHER, "!reserver hallen fredag kl. 19-20"))[0]
        assert "imellem" not in taken
        assert "kl. 20.30-21.30" not in taken, "the hall closes at nine"
        await stage.say(OTHER, "!reserver hallen fredag kl. 15-17.30")
        assert (await read_agreement(stage, 2)).organizer == OTHER


async def test_series_without_the_school_holidays(database_url):
    async with hall(database_url, thing="bane-2") as stage:
        when = "hver tirsdag kl. 17-18.30 fra 1. september til 30. november, ikke i skoleferierne"
        heard = await stage.say(CLUB, f"!reserver bane 2 {when} træning")
        assert texts_of(heard)[0].splitlines()[0] == "✅ Aftale 1: “træning” på bane 2"
        agreement = await read_agreement(stage, 1)
        days = {span.start.date().isoformat() for span in agreement.negotiation.terms.spans}
        assert ("2026-10-13" in days, "2026-10-20" in days, len(days)) == (False, True, 12)
        await stage.say(CLUB, "!spring 1 over den 6. oktober")
        assert len((await read_agreement(stage, 1)).negotiation.terms.spans) == 11
        await stage.say(CLUB, "!flyt 1 den 20. oktober til onsdag den 21. oktober kl. 17")
        moved = await read_agreement(stage, 2)
        assert (moved.purpose, moved.state, moved.is_own) == ("træning", State.AGREED, True)


async def test_series_is_over_with_its_last_time(database_url):
    async with hall(database_url) as stage:
        await stage.say(CLUB, "!reserver hallen hver onsdag kl. 18-20 i juni")
        assert [one.plain for one in await stage.wait(timedelta(days=14))] == []
        assert (await read_agreement(stage, 1)).state is State.AGREED
        await stage.wait(timedelta(days=14))
        assert (await read_agreement(stage, 1)).state is State.CONFIRMED


async def test_closure_takes_it_away(database_url):
    async with hall(database_url) as stage:
        await stage.say(CLUB, "!reserver hallen fredag kl. 18-20 fest")
        asked = await stage.say(STEWARD, "!luk hallen fredag")
        assert "“fest”" in texts_of(asked)[0]
        heard = await stage.tap(STEWARD, "2️⃣", asked[0].event)
        moved = await read_agreement(stage, 1)
        if moved.state is State.PROPOSED:
            await stage.say(CLUB, "!accepter 1")
            assert (await read_agreement(stage, 1)).state is State.AGREED, texts_of(heard)
        else:
            assert moved.state is State.CANCELLED
            assert "Skovby IF og Skovby IF" not in "".join(texts_of(heard))


async def test_owner_is_reminded_once(database_url):
    async with hall(database_url, reminders=True) as stage:
        await stage.say(CLUB, "!reserver hallen fredag kl. 18-20 fest")
        heard = await stage.wait(timedelta(days=3, hours=6))
        reminders = [one for one in heard if "fest" in one.plain]
        assert reminders
        assert all("Skovby IF og Skovby IF" not in one.plain for one in reminders)
        assert len({one.plain for one in reminders}) == len(reminders)


async def test_match_is_a_use(database_url):
    async with hall(database_url, thing="bane-1") as stage:
        await stage.set_calendar_entries([match_entry("2026-06-13T14:00")])
        heard = texts_of(await stage.say(OTHER, "!reserver bane 1 lørdag kl. 14-16 træning"))[0]
        assert heard.startswith("Bane 1 er ikke ledig:\nlørdag den 13. juni")


async def test_work_keeps_off_training(database_url):
    async with hall(database_url, thing="bane-1") as stage:
        await stage.say(OTHER, "!reserver bane 1 fredag kl. 17-19 træning")
        heard = texts_of(await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14"))[0]
        assert "12 timers ro efter slåning, og fredag den 12. juni kl. 17-19 er der “træning” (aftale 1)" in heard
        await stage.say(CLUB, "!book bane 1 slåning søndag kl. 8")
        warned = texts_of(await stage.say(OTHER, "!reserver bane 1 søndag kl. 12-14 træning"))[0]
        assert "Bane 1 skal have ro efter slåning frem til" in warned
