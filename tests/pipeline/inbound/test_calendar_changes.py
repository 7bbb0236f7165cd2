"""The entries of a calendar become matches, and features are told of each change once."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sample_community import make_community
from sqlalchemy import select

from bot.api import THING, Argument, Command, Feature, Match, Request, Span, Thing, find_matches
from bot.api.availability import MatchChange
from bot.config.calendar import Calendar
from bot.features.guide import feature as guide
from bot.ical.calendar_entry import CalendarEntry
from bot.pipeline.inbound.entries_to_matches import make_matches
from bot.store.calendars.calendars import suppress_next_changes
from bot.store.tables import inbox
from bot.testing import Stage

SHEET, OTHER = "/srv/kampe.ics", "https://klub.example/kampe.ics"
BOTH = (
    Thing("bane-1", "bane 1", calendars=(Calendar(SHEET, ("bane 1", "stadion")),)),
    Thing("bane-2", "bane 2", calendars=(Calendar(SHEET, ("bane 2",)), Calendar(OTHER))),
)
SATURDAY = datetime(2026, 6, 13, 12, tzinfo=UTC)


def entry(
    key: str = "a", days: int = 0, where: str = "Bane 1", title: str = "Skovby – Ry", **more: object
) -> CalendarEntry:
    start = SATURDAY + timedelta(days=days)
    return replace(CalendarEntry(start, start + timedelta(hours=2), key, title, where), **more)  # type: ignore[arg-type]


@dataclass
class Listener:
    """A feature that records the changes it is told of, and looks up matches by command."""

    told: list[Sequence[MatchChange]] = field(default_factory=list)
    found: list[Match] = field(default_factory=list)

    async def hear(self, request: Request, changes: Sequence[MatchChange]) -> None:
        self.told.append(changes)
        await request.tell("what-was-that")

    async def look(self, request: Request, thing: Thing) -> None:
        window = Span(request.now - timedelta(days=30), request.now + timedelta(days=500))
        self.found = await find_matches(request, thing, window)

    def feature(self) -> Feature:
        look = Command("look", {"da": ("kender",)}, self.look, (Argument("thing", THING),))
        return Feature("listener", guide.folder, (look,), on_matches=self.hear)

    def heard(self) -> list[list[tuple[str, str, str]]]:
        return [[(one.thing.key, _day(one.before), _day(one.after)) for one in changes] for changes in self.told]


def _day(match: Match | None) -> str:
    return f"{match.start:%d/%m %H}" if match else ""


@asynccontextmanager
async def stage_of(url: str) -> AsyncIterator[tuple[Stage, Listener]]:
    listener = Listener()
    async with Stage.open(url, make_community(things=BOTH), [listener.feature()]) as stage:
        yield stage, listener


async def known(stage: Stage, listener: Listener, thing: Thing) -> list[str]:
    """Return the starts of the matches that a feature finds on a thing."""
    await stage.say("klub", f"!kender {thing.name}")
    return [f"{match.start:%d/%m %H}" for match in listener.found]


async def test_first_read_says_nothing_and_is_known(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        assert await stage.set_calendar_entries([entry(), entry("b", 1, "Bane 2")], SHEET) == []
        assert listener.told == []
        assert [await known(stage, listener, thing) for thing in BOTH] == [["13/06 12"], ["14/06 12"]]


async def test_changes_are_told_together_and_once(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        await stage.set_calendar_entries([entry(), entry("b", 1), entry("c", 2)], SHEET)
        after = [entry("a", 3), entry("b", 1, "Bane 2"), entry("d", 5)]
        assert len(await stage.set_calendar_entries(after, SHEET)) == 1
        assert await stage.set_calendar_entries(after, SHEET) == []
        assert listener.heard() == [
            [
                ("bane-1", "13/06 12", "16/06 12"),
                ("bane-1", "14/06 12", ""),
                ("bane-2", "", "14/06 12"),
                ("bane-1", "15/06 12", ""),
                ("bane-1", "", "18/06 12"),
            ]
        ]


async def test_a_change_that_is_taken_back_and_comes_again_is_told_again(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        for days in (0, 1, 0, 1):
            await stage.wait(timedelta(hours=1))
            await stage.set_calendar_entries([entry("a", days)], SHEET)
        assert [one[0][1:] for one in listener.heard()] == [
            ("13/06 12", "14/06 12"),
            ("14/06 12", "13/06 12"),
            ("13/06 12", "14/06 12"),
        ]


async def test_an_export_with_new_names_has_changed_nothing(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        await stage.set_calendar_entries([entry("a"), entry("b", 1)], SHEET)
        await stage.set_calendar_entries([entry("c"), entry("d", 1), entry("e", 2)], SHEET)
        assert listener.heard() == [[("bane-1", "", "15/06 12")]]


@pytest.mark.parametrize("after", [[], [entry(title="Skovby – Ry 2-1")]], ids=["gone", "with its result"])
async def test_what_is_over_is_no_news(after: list[CalendarEntry], database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        await stage.set_calendar_entries([entry()], SHEET)
        stage.now += timedelta(days=5)
        await stage.set_calendar_entries(after, SHEET)
        assert listener.told == []


@pytest.mark.parametrize(("days", "told"), [(395, 1), (396, 0)])
async def test_what_comes_into_sight_because_time_goes_by_is_no_news(days: int, told: int, database_url: str) -> None:
    """A calendar is read 400 days ahead: later matches were not known before."""
    async with stage_of(database_url) as (stage, listener):
        await stage.set_calendar_entries([], SHEET)
        stage.now += timedelta(days=5)
        await stage.set_calendar_entries([entry(days=days)], SHEET)
        assert len(listener.told) == told


async def test_calendar_of_another_community_or_source_is_left_alone(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        await stage.set_calendar_entries([entry(where="Bane 2")], SHEET)
        await stage.set_calendar_entries([entry("b", 1)], OTHER)
        await stage.set_calendar_entries([], SHEET)
        assert await known(stage, listener, BOTH[1]) == ["14/06 12"]
        assert listener.heard() == [[("bane-2", "13/06 12", "")]]


async def test_match_in_two_calendars_is_one(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        await stage.set_calendar_entries([entry(where="Bane 2")], SHEET)
        await stage.set_calendar_entries([entry("other", where="")], OTHER)
        assert await known(stage, listener, BOTH[1]) == ["13/06 12"]


async def test_after_a_restore_nothing_is_told_anew(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        await stage.set_calendar_entries([entry()], SHEET)
        async with stage.context.store.write() as connection:
            await suppress_next_changes(connection)
        await stage.set_calendar_entries([entry(days=1)], SHEET)
        assert listener.told == []
        await stage.set_calendar_entries([entry(days=2)], SHEET)
        assert listener.heard() == [[("bane-1", "14/06 12", "15/06 12")]]


async def test_thousands_of_changes_are_one_row_of_bounded_length(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        await stage.set_calendar_entries([], SHEET)
        await stage.set_calendar_entries([entry(f"{number}", number % 300) for number in range(3000)], SHEET)
        assert [len(changes) for changes in listener.told] == [200]
        async with stage.context.store.read() as connection:
            assert len((await connection.execute(select(inbox.c.id))).all()) == 1


async def test_words_of_strangers_are_kept_in_both_databases(database_url: str) -> None:
    async with stage_of(database_url) as (stage, listener):
        nasty = "\x00\ud800\u202eSkovby\n<b>https://matrix.to/#/@anna:example.org"
        await stage.set_calendar_entries([entry("k" * 100_000 + "\x00", title=nasty, where="Bane 1\x00")], SHEET)
        await stage.set_calendar_entries([entry("k" * 100_000 + "\x00", 1, title=nasty, where="Bane 1\x00")], SHEET)
        assert await known(stage, listener, BOTH[0]) == ["14/06 12"]


def test_entries_that_share_a_name_are_told_apart() -> None:
    zone = make_community().time_zone
    twice = [entry(""), entry("", 1), entry("", 1, title="Hylke – Ry"), entry("b")]
    keys = [match.key for match in make_matches(twice, zone)]
    assert keys == ["@2026-06-13T12:00:00+00:00", "b", "@2026-06-14T12:00:00+00:00", "@2026-06-14T12:00:00+00:00#2"]


def test_match_without_a_length_lasts_two_hours_and_a_season_is_no_match() -> None:
    zone = make_community().time_zone
    short, season = entry(end=SATURDAY), entry("s", end=SATURDAY + timedelta(days=32))
    whole = CalendarEntry(datetime(2026, 6, 13).date(), datetime(2026, 6, 15).date(), "w", "Stævne")
    found = {match.key: match for match in make_matches([short, season, whole], zone)}
    assert found["a"].end - found["a"].start == timedelta(hours=2)
    assert sorted(found) == ["a", "w"]
    days = (datetime(2026, 6, 12, 22, tzinfo=UTC), datetime(2026, 6, 14, 22, tzinfo=UTC))
    assert (found["w"].start, found["w"].end, found["w"].all_day) == (*days, True)


async def test_what_cannot_be_read_any_more_stays(database_url: str) -> None:
    broken = "UID:a\nDTSTART:i morgen"
    async with stage_of(database_url) as (stage, listener):
        series = [entry("s/2026-06-13T12:00:00+00:00"), entry("s/2026-06-20T12:00:00+00:00", 7), entry("gone", 8)]
        await stage.set_calendar_entries([entry(), *series], SHEET)
        events = "".join(f"BEGIN:VEVENT\n{one}\nEND:VEVENT\n" for one in (broken, broken.replace("UID:a", "UID:s")))
        await stage.read_calendar(f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n", SHEET)
        assert await known(stage, listener, BOTH[0]) == ["13/06 12", "20/06 12"]
        assert listener.heard() == [[("bane-1", "21/06 12", "")]]
