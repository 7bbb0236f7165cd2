"""Personal settings belong to an address in one community, and only that person is told about them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.api.people import LeadTime, Mute, Preferences, QuietHours
from bot.api.request.settings import Settings, load_people_settings
from bot.config.community import Community, Person
from bot.features.settings.mute import MAX_MUTES
from bot.store.people import find_preferences, save_preferences
from bot.testing import Heard, Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
CLUB, FIRM = "skovby-if", "groen-pleje"
FOREMAN, STRANGER = "matrix:u/formand:example.org", "matrix:u/fremmed:example.org"


def make_village(**more: object) -> Community:
    """Return the community, with a firm that has two addresses."""
    village = read_community(ROOMS / "skovby.yaml")
    people = tuple(
        replace(one, addresses=(*one.addresses, FOREMAN)) if one.handle == FIRM else one for one in village.people
    )
    return replace(village, people=people, **more)  # type: ignore[arg-type]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on SQLite alone: tests/store/test_preferences.py checks both databases."""
    async with Stage.open(f"sqlite+aiosqlite:///{tmp_path}/test.db", make_village()) as opened:
        yield opened


def texts_of(heard: list[Heard]) -> list[str]:
    return [one.plain for one in heard if one.kind == "say"]


async def read_preferences(stage: Stage, address: str) -> Preferences:
    async with stage.context.store.read() as connection:
        found = await find_preferences(connection, stage.community.key, [address])
    return found.get(address, Preferences())


async def test_language_is_that_of_an_address_and_not_of_its_party(stage: Stage) -> None:
    await stage.say(FOREMAN, "!sprog engelsk")
    assert texts_of(await stage.say(FOREMAN, "!nonsens"))[0].startswith("I did not understand that.")
    assert texts_of(await stage.say(FIRM, "!nonsens"))[0].startswith("Det forstod jeg ikke.")


async def test_somebody_not_listed_has_settings_too(stage: Stage) -> None:
    assert texts_of(await stage.say(STRANGER, "!language English"))[0].startswith("I will answer you in English.")
    assert texts_of(await stage.say(STRANGER, "!nonsens"))[0].startswith("I did not understand that.")


async def test_language_of_the_file_is_used_by_people_who_chose_none(database_url: str) -> None:
    village = make_village()
    people = tuple(replace(one, language="en") if one.handle == CLUB else one for one in village.people)
    async with Stage.open(database_url, replace(village, people=people)) as stage:
        assert texts_of(await stage.say(CLUB, "!nonsens"))[0].startswith("I did not understand that.")
        await stage.say(CLUB, "!sprog dansk")
        assert texts_of(await stage.say(CLUB, "!nonsens"))[0].startswith("Det forstod jeg ikke.")
        await stage.say(CLUB, "!sprog som rummet")
        assert await read_preferences(stage, village.people[0].addresses[0]) == Preferences()


async def test_settings_survive_leaving_and_coming_back(stage: Stage) -> None:
    firm = stage.community.person(FIRM)
    assert firm is not None
    await stage.say(FIRM, "!sprog engelsk")
    await stage.bring(stage.incoming(FIRM, "departure", {}))
    await stage.bring(stage.incoming(FIRM, "arrival", {}))
    assert await read_preferences(stage, firm.addresses[0]) == Preferences("en")


@pytest.mark.parametrize(
    ("text", "preferences"),
    [
        ("!påmind mig 30 minutter før", Preferences(before=(LeadTime(length=timedelta(minutes=30)),))),
        ("!remind me the evening before at 9 pm", Preferences(before=(LeadTime(days=1, at=time(21)),))),
        ("!påmind mig aldrig", Preferences(before=())),
        ("!påmind som de andre", Preferences()),
        ("!ro fra kl. 23 til 6", Preferences(quiet=QuietHours(time(23), time(6)))),
        ("!quiet off", Preferences(quiet=())),
        ("!ro standard", Preferences()),
        ("!sprog english", Preferences("en")),
        ("!stille", Preferences(mutes=(Mute(),))),
        ("!stille alt", Preferences(mutes=(Mute(),))),
        ("!stille rykkere", Preferences(mutes=(Mute("nudge"),))),
        (
            "!mute today's work for 2 weeks",
            Preferences(mutes=(Mute("day", until=datetime(2026, 6, 23, 8, tzinfo=UTC)),)),
        ),
        ("!stille til mandag, tak", Preferences(mutes=(Mute(until=datetime(2026, 6, 14, 22, tzinfo=UTC)),))),
        ("!stille i dag", Preferences(mutes=(Mute(until=datetime(2026, 6, 9, 22, tzinfo=UTC)),))),
        ("!mute until Friday at 12", Preferences(mutes=(Mute(until=datetime(2026, 6, 12, 10, tzinfo=UTC)),))),
        ("!stille til og med mandag", Preferences(mutes=(Mute(until=datetime(2026, 6, 15, 22, tzinfo=UTC)),))),
        ("!mute until Monday", Preferences(mutes=(Mute(until=datetime(2026, 6, 14, 22, tzinfo=UTC)),))),
        ("!stille uge 24", Preferences(mutes=(Mute(until=datetime(2026, 6, 14, 22, tzinfo=UTC)),))),
        ("!stille resten af ugen", Preferences(mutes=(Mute(until=datetime(2026, 6, 14, 22, tzinfo=UTC)),))),
        ("!stille 1 time", Preferences(mutes=(Mute(until=datetime(2026, 6, 9, 9, tzinfo=UTC)),))),
    ],
)
async def test_choice_is_saved(stage: Stage, text: str, preferences: Preferences) -> None:
    await stage.say(STRANGER, text)
    assert await read_preferences(stage, STRANGER) == preferences


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("!påmind mig 3 uger før", "“21 dage før” er lovlig tidligt."),
        ("!påmind 1, 2 og 3 timer", "Hvornår skal jeg minde dig om det, du har aftalt?"),
        ("!påmind mig ikke 3 timer før", "Hvornår skal jeg minde dig om det, du har aftalt?"),
        ("!påmind mig " + ", ".join(f"{hours} timer før" for hours in range(2, 8)), "Vælg højst 5 tidspunkter"),
        ("!ro om natten", "Hvornår vil du have ro?"),
        ("!stille til i går", "Det er for sent nu"),
        ("!stille resten af foråret", "Jeg forstod ikke “resten af foråret”"),
        ("!stille 9", "Der er ingen aftale 9 her."),
        ("!lyd", "Det er ikke slået fra."),
    ],
)
async def test_impossible_choice_is_refused_and_not_saved(stage: Stage, text: str, first: str) -> None:
    assert texts_of(await stage.say(STRANGER, text))[0].startswith(first)
    assert await read_preferences(stage, STRANGER) == Preferences()


async def test_mute_under_a_card_is_about_its_agreement(stage: Stage) -> None:
    card = (await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14"))[0].event
    answered = texts_of(await stage.say(STRANGER, "!stille", under=card))
    assert answered[0].startswith("Det er slået fra: alle påmindelser og oversigter om aftale 1.")
    assert await read_preferences(stage, STRANGER) == Preferences(mutes=(Mute(agreement=1),))
    await stage.say(STRANGER, "!stille påmindelser", under=card)
    assert texts_of(await stage.say(STRANGER, "!lyd aftale 1")) == [
        "Det er slået til igen:\nalle påmindelser og oversigter om aftale 1"
    ]
    assert await read_preferences(stage, STRANGER) == Preferences(mutes=(Mute("before"),))


async def test_second_mute_of_the_same_replaces_the_first(stage: Stage) -> None:
    await stage.say(STRANGER, "!stille rykkere")
    await stage.say(STRANGER, "!stille rykkere 1 time")
    assert await read_preferences(stage, STRANGER) == Preferences(
        mutes=(Mute("nudge", until=datetime(2026, 6, 9, 9, tzinfo=UTC)),)
    )


async def test_a_mute_that_has_run_out_is_neither_shown_nor_kept(stage: Stage) -> None:
    await stage.say(STRANGER, "!stille 1 time")
    await stage.wait(timedelta(hours=1))
    assert texts_of(await stage.say(STRANGER, "!indstillinger"))[0].splitlines()[-1].startswith("Slået fra: intet.")
    await stage.say(STRANGER, "!sprog dansk")
    assert await read_preferences(stage, STRANGER) == Preferences("da")


@pytest.mark.parametrize(
    ("mute", "muted"),
    [
        (Mute(), [True, True, True]),
        (Mute("before"), [True, True, False]),
        (Mute(agreement=7), [False, True, False]),
        (Mute("day", agreement=7), [False, False, False]),
        (Mute(until=datetime(2026, 6, 9, 8, tzinfo=UTC)), [False, False, False]),
        (Mute(until=datetime(2026, 6, 9, 8, 1, tzinfo=UTC)), [True, True, True]),
    ],
)
def test_a_mute_hides_what_it_names_until_it_has_run_out(mute: Mute, muted: list[bool]) -> None:
    now = datetime(2026, 6, 9, 8, tzinfo=UTC)
    settings = Settings("da", None, (), (mute,))
    questions_of = [("before", 3), ("before", 7), ("week", None)]
    assert [settings.is_muted(kind, now, number) for kind, number in questions_of] == muted  # type: ignore[arg-type]


async def test_too_many_mutes_are_refused(stage: Stage) -> None:
    await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
    await stage.say(STRANGER, "!stille")
    async with stage.context.store.write(stage.community.key) as connection:
        mutes = tuple(Mute(agreement=number) for number in range(2, MAX_MUTES + 2))
        await save_preferences(connection, stage.community.key, STRANGER, Preferences(mutes=mutes))
    assert texts_of(await stage.say(STRANGER, "!stille aftale 1"))[0].startswith(f"Du har slået {MAX_MUTES} ting fra.")


async def test_settings_of_a_party_are_those_of_each_who_acts_for_it(stage: Stage) -> None:
    await stage.say(FOREMAN, "!ro 23-5")
    firm = stage.community.person(FIRM)
    assert firm is not None
    async with stage.context.store.read() as connection:
        found = await load_people_settings(connection, stage.community, [firm, Person("gone", "gone", ())])
    assert {address: settings.quiet for address, settings in found.items()} == {
        firm.addresses[0]: QuietHours(time(21), time(8)),
        FOREMAN: QuietHours(time(23), time(5)),
    }


async def agreed(stage: Stage, when: str) -> str:
    """The card of a booking that both sides have agreed on."""
    card = (await stage.say(CLUB, f"!book bane 1 slåning {when}"))[0].event
    await stage.tap(FIRM, "✅", card)
    return card


def questions_of(heard: list[Heard]) -> list[tuple[str, tuple[str, ...]]]:
    """What was asked, and who was notified of it."""
    return [(one.plain.partition("?")[0], one.notify) for one in heard if one.kind == "say"]


async def test_whether_it_was_done_is_not_asked_in_the_quiet_hours(stage: Stage) -> None:
    await agreed(stage, "i dag kl. 18-20")
    assert await stage.wait(timedelta(hours=12)) == []  # ten in the evening
    assert await stage.wait(timedelta(hours=9, minutes=59)) == []
    (question, notified), *rest = questions_of(await stage.wait(timedelta(minutes=1)))
    assert (question, rest) == ("Grøn Pleje, blev slåning af bane 1 gjort", [])
    assert len(notified) == 2
    assert await stage.wait(timedelta(hours=1)) == []


async def test_whoever_has_chosen_to_be_asked_at_night_is(stage: Stage) -> None:
    for one in (FIRM, FOREMAN):
        await stage.say(one, "!ro slet ikke")
    await agreed(stage, "i dag kl. 18-20")
    assert len(questions_of(await stage.wait(timedelta(hours=12)))) == 1


async def test_whoever_has_muted_the_question_is_not_notified_of_it(stage: Stage) -> None:
    await stage.say(FOREMAN, "!stille opfølgning")
    await agreed(stage, "i dag kl. 14-16")
    firm = stage.community.person(FIRM)
    assert firm is not None
    assert [notified for _, notified in questions_of(await stage.wait(timedelta(hours=8)))] == [(firm.addresses[0],)]


@pytest.mark.parametrize(
    ("english", "question"),
    [
        ((FIRM, FOREMAN), "Grøn Pleje, was slåning of bane 1 done"),
        ((FIRM,), "Grøn Pleje, blev slåning af bane 1 gjort"),
    ],
)
async def test_a_party_is_asked_in_its_language_where_all_its_people_have_the_same(
    stage: Stage, english: tuple[str, ...], question: str
) -> None:
    for one in english:
        await stage.say(one, "!sprog engelsk")
    await agreed(stage, "i dag kl. 14-16")
    assert [text for text, _ in questions_of(await stage.wait(timedelta(hours=8)))] == [question]
