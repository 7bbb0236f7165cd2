"""`!plan`: proposals for the week's work, with reasons, each of which can be booked with a tap."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from match_stage import CLUB, FIRM, OTHER, ROOMS, match_entry, stage_on, texts_of

from bot.config.community import Community, Limits, RecurringTask
from bot.config.usage_rules import Closure, UsageRules
from bot.ical.calendar_entry import CalendarEntry
from bot.testing import Heard, read_community

SATURDAY = "2026-06-20T14:00"  # of the week after the one the stage is in


def village(**things: dict[str, object]) -> Community:
    """Return the community of the demo with other values for some things, by key ("bane_1")."""
    community = read_community(ROOMS / "skovby.yaml")
    changed = tuple(replace(one, **things.get(one.key.replace("-", "_"), {})) for one in community.things)  # type: ignore[arg-type]
    return replace(community, things=changed, limits=Limits())


def proposals(heard: list[Heard]) -> list[str]:
    return [line.partition(" ")[2] for text in texts_of(heard) for line in text.splitlines() if "\ufe0f\u20e3" in line]


async def test_week_is_planned_around_matches_and_recurring_tasks(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        heard = await stage.say(CLUB, "!plan")
        assert texts_of(heard)[0].splitlines()[0] == "Forslag til ugen fra mandag den 15. juni"
        assert proposals(heard) == [
            "Slåning af bane 2 man. 15. juni kl. 7-9, fordi det skal ske hver uge",
            "Slåning af bane 3 man. 15. juni kl. 9-11, fordi det skal ske hver uge",
            "Gulvvask i hallen man. 15. juni kl. 11-12.30, fordi det skal ske hver uge",
            "Opkridtning af bane 2 tir. 16. juni kl. 7-8, fordi det skal ske hver 14. dag",
            "Slåning af bane 1 fre. 19. juni kl. 14-16, fordi der er kamp lørdag kl. 14",
            "Opkridtning af bane 1 lør. 20. juni kl. 7-8, fordi der er kamp lørdag kl. 14",
        ]
        assert await stage.say(OTHER, "!plan") != []


async def test_unknown_thing_is_asked_about(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        assert texts_of(await stage.say(CLUB, "!plan bane 9"))[0].startswith("Jeg kender ikke “bane 9” her.")


async def test_number_said_after_a_plan_is_no_answer_to_what_was_asked_before(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 slåning næste fredag kl. 9 @groen-pleje")
        assert texts_of(asked)[0].startswith("Hvilken dag mener du?")
        await stage.say(CLUB, "!plan")
        assert await stage.say(CLUB, "1") == []


async def test_same_question_gets_the_same_plan(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        first, second = [texts_of(await stage.say(who, "!plan")) for who in (CLUB, OTHER)]
        assert first == second


async def test_what_is_agreed_is_not_proposed_again(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        plan = (await stage.say(CLUB, "!plan bane 1"))[0].event
        await stage.tap(CLUB, "1️⃣", plan)
        assert proposals(await stage.say(CLUB, "!plan bane 1")) == [
            "Opkridtning af bane 1 lør. 20. juni kl. 7-8, fordi der er kamp lørdag kl. 14"
        ]
        await stage.tap(OTHER, "2️⃣", plan)
        assert texts_of(await stage.say(CLUB, "!plan bane 1")) == [
            "Der er ikke mere at foreslå i ugen fra mandag den 15. juni."
        ]


async def test_interval_is_counted_from_the_last_time(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 2 slåning torsdag kl. 10")
        assert proposals(await stage.say(CLUB, "!plan bane 2"))[0] == (
            "Opkridtning af bane 2 man. 15. juni kl. 7-8, fordi det skal ske hver 14. dag"
        )
        assert proposals(await stage.say(CLUB, "!plan bane 2"))[1] == (
            "Slåning af bane 2 tor. 18. juni kl. 7-9, fordi det så er 7 dage siden sidst"
        )


async def test_every_tap_is_a_booking_by_whoever_taps(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        plan = (await stage.say(CLUB, "!plan bane 1"))[0].event
        assert "Hylke IF spørger Grøn Pleje" in texts_of(await stage.tap(OTHER, "1️⃣", plan))[0]
        assert "Skovby IF spørger Grøn Pleje" in texts_of(await stage.tap(CLUB, "2️⃣", plan))[0]
        taken = texts_of(await stage.tap(CLUB, "1️⃣", plan))[0]
        assert taken.startswith("Bane 1 er optaget fredag den 19. juni kl. 14-16: Hylke IF har spurgt Grøn Pleje")
        assert texts_of(await stage.tap(FIRM, "2️⃣", plan)) != []


async def test_plan_is_answered_in_words_too(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        plan = (await stage.say(CLUB, "!plan bane 1"))[0].event
        assert await stage.say(OTHER, "tak", reply_to=plan) == []
        assert texts_of(await stage.say(OTHER, "2", reply_to=plan))[0].startswith("📋 Aftale 1: opkridtning af bane 1")


async def test_named_week_is_planned_and_a_past_one_refused(database_url: str) -> None:
    async with stage_on(database_url, now="2026-06-10T12:10") as stage:
        assert proposals(await stage.say(CLUB, "!plan hallen uge 34")) == [
            "Gulvvask i hallen man. 17. august kl. 7-8.30, fordi det skal ske hver uge"
        ]
        assert proposals(await stage.say(CLUB, "!plan hallen denne uge")) == [
            "Gulvvask i hallen ons. 10. juni kl. 12.30-14, fordi det skal ske hver uge"
        ]
        assert texts_of(await stage.say(CLUB, "!plan hallen i sidste uge"))[0].startswith("Det er for sent nu")


async def test_closed_week_is_named_as_a_reason_and_nothing_is_missing_out_of_season(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        assert texts_of(await stage.say(CLUB, "!plan bane 2 uge 30"))[0].splitlines()[1:] == [
            "Her fandt jeg ingen god tid:",
            "Slåning af bane 2 – mandag den 20. juli til søndag den 26. juli: bane 2 er lukket (gødning)",
            "Opkridtning af bane 2 – mandag den 20. juli til søndag den 26. juli: bane 2 er lukket (gødning)",
        ]
        assert texts_of(await stage.say(CLUB, "!plan bane 3 uge 48")) == [
            "Der er ikke mere at foreslå i ugen fra mandag den 23. november."
        ]


async def test_pitch_at_its_load_is_not_planned(database_url: str) -> None:
    community = village(bane_1={"usage": UsageRules(hours_a_week=4.5)})
    async with stage_on(database_url, [match_entry(SATURDAY)], community) as stage:
        heard = await stage.say(CLUB, "!plan bane 1")
        assert proposals(heard) == ["Slåning af bane 1 fre. 19. juni kl. 14-16, fordi der er kamp lørdag kl. 14"]
        assert texts_of(heard)[0].splitlines()[-2:] == [
            "Her fandt jeg ingen god tid:",
            "Opkridtning af bane 1 før kampen lørdag kl. 14: bane 1 tåler ikke mere den uge",
        ]


async def test_weekend_with_two_matches_gets_one_mowing(database_url: str) -> None:
    matches = [match_entry(SATURDAY), match_entry("2026-06-21T13:00", title="Old boys")]
    async with stage_on(database_url, matches) as stage:
        assert [line.partition(",")[0] for line in proposals(await stage.say(CLUB, "!plan bane 1"))] == [
            "Slåning af bane 1 fre. 19. juni kl. 14-16",
            "Opkridtning af bane 1 lør. 20. juni kl. 7-8",
        ]


async def test_long_plan_is_several_messages_that_can_all_be_tapped(database_url: str) -> None:
    care = tuple(RecurringTask(key, timedelta(days=3)) for key in ("slåning", "opkridtning", "gulvvask"))
    community = village(**{key: {"recurring_tasks": care} for key in ("bane_1", "bane_2", "bane_3", "hallen")})
    async with stage_on(database_url, community=community) as stage:
        heard = await stage.say(CLUB, "!plan")
        texts = texts_of(heard)
        assert [sum("\ufe0f\u20e3" in line for line in text.splitlines()) for text in texts] == [6, 6, 6]
        assert "mere, hvis du skriver !plan og en bane" in texts[-1]
        last = [one for one in heard if one.kind == "say"][-1].event
        assert texts_of(await stage.tap(CLUB, "6️⃣", last))[0].startswith("📋 Aftale 1")


async def test_community_without_recurring_tasks_is_told_how_to_add_them(database_url: str) -> None:
    community = village(**{key: {"recurring_tasks": ()} for key in ("bane_1", "bane_2", "bane_3", "hallen")})
    async with stage_on(database_url, community=community) as stage:
        assert texts_of(await stage.say(CLUB, "!plan"))[0].startswith("Jeg ved ikke, hvor tit banerne skal passes.")


THINGS = ("bane_1", "bane_2", "bane_3")
TASKS = ("slåning", "opkridtning", "gødning", "vertikalskæring")
RECURRING_TASKS = st.lists(
    st.sampled_from(
        [RecurringTask(task, days and timedelta(days)) for task in TASKS[:2] for days in (2, 5, 7, None)]
        + [RecurringTask(task, timedelta(days)) for task in TASKS[2:] for days in (4, 14)]
    ),
    max_size=4,
    unique_by=lambda care: care.task,
)
USAGE_RULES = st.builds(
    UsageRules,
    closures=st.lists(
        st.builds(lambda day: Closure("", first=day, last=day), st.dates(date(2026, 6, 9), date(2026, 6, 22))),
        max_size=2,
    ).map(tuple),
    hours_a_week=st.sampled_from([None, 6.0, 12.0]),
)
MATCHES = st.lists(
    st.tuples(
        st.integers(1, 3), st.integers(0, 13), st.sampled_from([9, 12.5, 14, 18.5]), st.sampled_from([1.5, 2, 6])
    ),
    max_size=6,
)


@settings(max_examples=6, deadline=None)
@given(
    recurring_tasks=st.lists(RECURRING_TASKS, min_size=3, max_size=3),
    usage_rules=st.lists(USAGE_RULES, min_size=3, max_size=3),
    played=MATCHES,
    booked=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(TASKS), st.integers(1, 12), st.integers(7, 18)), max_size=3
    ),
)
def test_every_proposal_can_be_booked_without_a_question(
    recurring_tasks: list[list[RecurringTask]],
    usage_rules: list[UsageRules],
    played: list[tuple[int, int, float, float]],
    booked: list[tuple[int, str, int, int]],
) -> None:
    """Each proposal is booked at the first tap, also after the earlier ones, without a refusal, question or warning."""
    community = village(
        **{
            key: {"recurring_tasks": tuple(care), "usage": ground}
            for key, care, ground in zip(THINGS, recurring_tasks, usage_rules, strict=True)
        },
        hallen={"recurring_tasks": (RecurringTask("gulvvask", timedelta(3)),)},
    )
    monday = datetime(2026, 6, 8)
    matches: list[CalendarEntry] = [
        match_entry((monday + timedelta(days=day, hours=hour)).isoformat(), length, f"Kamp {at}", f"Bane {pitch}")
        for at, (pitch, day, hour, length) in enumerate(played)
    ]

    async def plan_and_tap(folder: str) -> None:
        async with stage_on(f"sqlite+aiosqlite:///{folder}/test.db", matches, community) as stage:
            for pitch, task, day, hour in booked:
                when = (monday + timedelta(days=day)).date()
                await stage.say(OTHER, f"!book bane {pitch} {task} den {when.day}/{when.month} kl. {hour}")
            heard = await stage.say(CLUB, "!plan")
            offers = [(one.event, one.plain) for one in heard if one.kind == "say"]
            taps = [(one.target, one.plain) for one in heard if one.kind == "react"]
            assert offers
            for event, emoji in taps:
                assert event is not None
                answer = texts_of(await stage.tap(CLUB, emoji, event))
                assert [text.partition(" ")[0] for text in answer] == ["📋"], (offers, emoji, answer)

    with TemporaryDirectory() as folder:
        asyncio.run(plan_and_tap(folder))
