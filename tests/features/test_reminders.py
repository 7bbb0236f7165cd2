"""Notices are sent at their time, to people who want them, in one message, and once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sample_community import CLUB, FIRM, FOREMAN, RIVAL, make_community
from sqlalchemy import select

from bot.features.reminders import feature
from bot.features.settings import feature as settings
from bot.reminder_times import NO_REMINDERS, LeadTime, QuietHours, Reminders
from bot.store.messages.timers import find_next_due, fire_due
from bot.store.tables import due, inbox
from bot.testing import Heard, Stage, read_community
from bot.testing.stage import STAGE_PLACE

ROOMS = Path(__file__).parents[2] / "rooms"

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
#: Without the work of the day and the week and without nudges, so that a test sees only the reminders it is about.
PLAIN = replace(Reminders(), day=None, week=None, nudge=None)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A URL of SQLite alone, for tests that do not depend on the database."""
    return f"sqlite+aiosqlite:///{tmp_path}/test.db"


@asynccontextmanager
async def stage_on(url: str, now: str = "2026-06-09T10:00", **more: object) -> AsyncIterator[Stage]:
    """A stage on a Tuesday morning."""
    async with Stage.open(url, make_community(**more), [feature, settings]) as stage:
        stage.now = local(now)
        yield stage


def local(written: str) -> datetime:
    """Return the moment of a local time, the first where clocks show it twice."""
    return datetime.fromisoformat(written).replace(tzinfo=make_community().time_zone).astimezone(UTC)


async def agree(stage: Stage, when: str, by: str = CLUB, pitch: str = "bane 1") -> str:
    """Make an agreement; return its card."""
    card = (await stage.say(by, f"!book {pitch} slåning {when}"))[0].event
    await stage.tap(FIRM, "✅", card)
    return card


def texts_of(heard: list[Heard]) -> list[str]:
    """Return the texts of messages, without reactions and edits of cards."""
    return [one.plain for one in heard if one.kind == "say"]


async def timers(stage: Stage) -> dict[str, datetime]:
    """Return the timers of reminders by subject."""
    async with stage.context.store.read() as connection:
        rows = await connection.execute(select(due).where(~due.c.fired, due.c.feature == "reminders"))
        return {row.subject: row.at for row in rows}


async def heard_until(stage: Stage, when: str) -> list[tuple[str, str]]:
    """Let time pass until then; return each message with its local time."""
    found: list[tuple[str, str]] = []
    while (at := await next_moment(stage)) and at <= local(when):
        heard = texts_of(await stage.live_until(at))
        found += [(f"{at.astimezone(stage.community.time_zone):%d %H:%M}", text) for text in heard]
    await stage.live_until(local(when))
    return found


async def next_moment(stage: Stage) -> datetime | None:
    """Return when the next timer falls due."""
    async with stage.context.store.read() as connection:
        return await find_next_due(connection)


async def test_both_are_reminded_the_evening_before_and_two_hours_before(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        card = await agree(stage, "fredag kl. 14")
        evening = await stage.live_until(local("2026-06-11T18:00"))
        assert texts_of(evening) == [
            "🔔 Firmaet og Klubben, husk slåning af bane 1 i morgen, fredag den 12. juni kl. 14-16."
        ]
        assert sorted(evening[0].notify) == sorted([CLUB, FIRM, FOREMAN])
        assert evening[0].target == card
        assert texts_of(await stage.live_until(local("2026-06-12T11:59"))) == []
        assert texts_of(await stage.live_until(local("2026-06-12T12:00"))) == [
            "🔔 Firmaet og Klubben, husk slåning af bane 1 i dag, fredag den 12. juni kl. 14-16."
        ]
        assert texts_of(await stage.live_until(local("2026-06-12T15:59"))) == []


async def test_several_at_once_are_one_message_and_each_is_mentioned_once(database_url: str) -> None:
    async with stage_on(database_url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        await agree(stage, "fredag kl. 10", RIVAL, "bane 2")
        (heard,) = await stage.live_until(local("2026-06-11T18:00"))
        assert heard.plain.splitlines() == [
            "🔔 Husk",
            "2: slåning af bane 2, i morgen, fre. 12. juni kl. 10-12 (Rivalen og Firmaet)",
            "1: slåning af bane 1, i morgen, fre. 12. juni kl. 14-16 (Klubben og Firmaet)",
        ]
        assert sorted(heard.notify) == sorted([CLUB, RIVAL, FIRM, FOREMAN])
        assert heard.target is None


async def test_moving_moves_reminders_and_cancelling_drops_them(database_url: str) -> None:
    async with stage_on(database_url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        assert await timers(stage) == {"agreement 1": local("2026-06-11T18:00")}
        await stage.say(CLUB, "!flyt 1 lørdag kl. 9")
        assert await timers(stage) == {"agreement 1": local("2026-06-11T18:00")}
        await stage.say(FIRM, "!ja 1")
        assert await timers(stage) == {"agreement 1": local("2026-06-12T18:00")}
        await stage.say(CLUB, "!aflys 1 regn")
        assert await timers(stage) == {}


async def test_work_moved_after_its_reminder_is_reminded_of_again_on_another_day_only(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "torsdag kl. 14")
        assert len(texts_of(await stage.live_until(local("2026-06-10T18:00")))) == 1
        for when in ("torsdag kl. 16", "fredag kl. 14"):
            await stage.say(CLUB, f"!flyt 1 {when}")
            await stage.say(FIRM, "!ja 1")
        assert await timers(stage) == {"agreement 1": local("2026-06-11T18:00")}


async def test_after_downtime_missed_reminders_are_sent_once_without_those_that_ended(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "torsdag kl. 9")
        await agree(stage, "fredag kl. 14", RIVAL, "bane 2")
        stage.now = local("2026-06-11T19:30")
        caught_up = [text for text in texts_of(await stage.wait(timedelta())) if "husk" in text]
        assert caught_up == [
            "🔔 Det her kommer senere, end det skulle. Firmaet og Rivalen, husk slåning af bane 2 i morgen, "
            "fredag den 12. juni kl. 14-16."
        ]
        stage.now = local("2026-06-12T12:40")
        (heard,) = [text for text in texts_of(await stage.wait(timedelta())) if "husk" in text]
        assert heard.startswith("🔔 Firmaet og Rivalen, husk slåning af bane 2 i dag")


async def test_two_missed_reminders_of_the_same_time_are_one(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        stage.now = local("2026-06-12T12:30")
        assert len(texts_of(await stage.wait(timedelta()))) == 1
        assert "agreement 1" not in await timers(stage)


async def test_reminder_missed_in_the_evening_waits_for_the_morning(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "torsdag kl. 14")
        await agree(stage, "torsdag kl. 7", pitch="bane 2")
        stage.now = local("2026-06-11T03:00")
        (urgent,) = texts_of(await stage.wait(timedelta()))
        assert "bane 2" in urgent
        assert (await timers(stage))["agreement 1"] == local("2026-06-11T08:00")
        heard = await heard_until(stage, "2026-06-11T08:30")
        assert [(at, "bane 1" in text) for at, text in heard] == [("11 05:00", False), ("11 08:00", True)]


async def test_computed_reminders_keep_quiet_hours_unless_the_work_begins_before_their_end(url: str) -> None:
    async with stage_on(url, reminders=replace(PLAIN, before=(LeadTime(length=2 * HOUR),))) as stage:
        await agree(stage, "torsdag kl. 9")
        await agree(stage, "fredag kl. 7.30")
        heard = await heard_until(stage, "2026-06-12T07:00")
        assert [at for at, text in heard if "husk" in text] == ["11 08:00", "12 05:30"]


async def test_a_series_is_reminded_of_time_by_time_with_one_timer(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "hver fredag kl. 14 de næste 4 uger")
        assert await timers(stage) == {"agreement 1": local("2026-06-11T18:00")}
        heard = await heard_until(stage, "2026-06-19T13:00")
        assert [at for at, text in heard if "husk" in text] == ["11 18:00", "12 12:00", "18 18:00", "19 12:00"]
        await stage.say(FIRM, "!spring 1 over den 26. juni")
        assert (await timers(stage))["agreement 1"] == local("2026-07-02T18:00")


async def test_moved_time_of_a_series_has_reminders_of_its_own(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "hver fredag kl. 14 de næste 4 uger")
        await stage.live_until(local("2026-06-11T18:00"))
        await stage.say(FIRM, "!flyt 1 den 12. juni til lørdag kl. 10")
        await stage.say(CLUB, "!ja 2")
        assert await timers(stage) == {
            "agreement 1": local("2026-06-18T18:00"),
            "agreement 2": local("2026-06-12T18:00"),
        }


async def test_attendee_gets_the_work_of_the_day_and_the_room_that_of_the_week(url: str) -> None:
    async with stage_on(url, reminders=Reminders(before=(), nudge=None)) as stage:
        await agree(stage, "mandag kl. 14")
        await agree(stage, "mandag kl. 10", RIVAL, "bane 2")
        await agree(stage, "onsdag den 17. juni kl. 9", RIVAL, "bane 2")
        heard = await heard_until(stage, "2026-06-15T09:00")
        assert heard == [
            (
                "15 07:00",
                "☀️ Dagens arbejde for Firmaet, mandag den 15. juni\n"
                "2: slåning af bane 2, man. 15. juni kl. 10-12, for Rivalen\n"
                "1: slåning af bane 1, man. 15. juni kl. 14-16, for Klubben",
            ),
            (
                "15 08:00",
                "📅 Ugens arbejde\n"
                "2: slåning af bane 2, i dag, man. 15. juni kl. 10-12 (Rivalen og Firmaet)\n"
                "1: slåning af bane 1, i dag, man. 15. juni kl. 14-16 (Klubben og Firmaet)\n"
                "3: slåning af bane 2, ons. 17. juni kl. 9-11 (Rivalen og Firmaet)",
            ),
        ]
        assert sorted(stage.heard[-2].notify) == sorted([FIRM, FOREMAN])
        assert sorted(stage.heard[-1].notify) == sorted([CLUB, RIVAL, FIRM, FOREMAN])


async def test_late_work_of_the_day_says_so_and_leaves_out_past_work(url: str) -> None:
    async with stage_on(url, reminders=Reminders(before=(), week=None, nudge=None)) as stage:
        await agree(stage, "onsdag kl. 8")
        await agree(stage, "onsdag kl. 14", RIVAL, "bane 2")
        stage.now = local("2026-06-10T12:00")
        assert texts_of(await stage.wait(timedelta()))[-1].splitlines() == [
            "Det her kommer senere, end det skulle.",
            "☀️ Dagens arbejde for Firmaet, onsdag den 10. juni",
            "2: slåning af bane 2, ons. 10. juni kl. 14-16, for Rivalen",
        ]


async def test_work_agreed_after_the_morning_sends_no_work_of_the_day(url: str) -> None:
    async with stage_on(url, reminders=Reminders(before=(), nudge=None)) as stage:
        await agree(stage, "i dag kl. 14")
        assert await timers(stage) == {}
        await agree(stage, "i morgen kl. 14")
        morning = local("2026-06-10T07:00")
        assert await timers(stage) == {f"day {FIRM}": morning, f"day {FOREMAN}": morning}


async def test_a_line_is_not_said_twice_in_one_message(url: str) -> None:
    evening_before = (LeadTime(days=0, at=time(7)),)
    async with stage_on(url, reminders=Reminders(evening_before, week=None, nudge=None)) as stage:
        await agree(stage, "onsdag kl. 14")
        (heard,) = await stage.live_until(local("2026-06-10T07:00"))
        assert heard.plain.count("slåning af bane 1") == 1
        assert sorted(heard.notify) == sorted([CLUB, FIRM, FOREMAN])


async def test_party_that_owes_an_answer_is_nudged_twice_and_can_answer_under_the_nudge(url: str) -> None:
    async with stage_on(url) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning mandag kl. 14"))[0].event
        before = len(stage.heard)
        heard = await heard_until(stage, "2026-06-15T13:59")
        assert [at for at, _ in heard] == ["10 10:00", "12 10:00"]
        assert heard[0][1] == (
            "⏳ Firmaet, Klubben venter stadig på svar om slåning af bane 1 mandag den 15. juni kl. 14-16. "
            "Svar med ✅ eller ❌."
        )
        asked = stage.heard[before]
        assert (asked.target, sorted(asked.notify)) == (card, sorted([FIRM, FOREMAN]))
        assert "✅ Aftalt" in texts_of(await stage.tap(FIRM, "✅", asked.event))[-1]


async def test_a_proposal_for_soon_is_nudged_about_two_hours_before(url: str) -> None:
    async with stage_on(url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning i dag kl. 18")
        assert await timers(stage) == {"agreement 1": local("2026-06-09T16:00")}
        await stage.say(CLUB, "!book bane 2 slåning i dag kl. 12.30")
        assert "agreement 2" not in await timers(stage)


async def test_answer_ends_nudges_and_counter_nudges_the_other_party(url: str) -> None:
    async with stage_on(url, reminders=Reminders((), None, None)) as stage:
        await stage.say(CLUB, "!book bane 1 slåning mandag kl. 14")
        stage.now += HOUR
        await stage.say(FIRM, "!foreslå 1 mandag kl. 16")
        heard = await stage.live_until(local("2026-06-10T11:00"))
        assert heard[0].notify == (CLUB,)
        await stage.say(CLUB, "!ja 1")
        assert await timers(stage) == {}


async def test_reported_work_is_nudged_about_until_confirmed(url: str) -> None:
    async with stage_on(url, reminders=Reminders((), None, None)) as stage:
        await agree(stage, "i dag kl. 14")
        await stage.say(FIRM, "!færdig 1")
        await stage.say(FIRM, "ja")  # it was done before its time
        heard = await heard_until(stage, "2026-06-14T10:00")
        assert [at for at, _ in heard] == ["10 10:00", "12 10:00"]
        assert heard[0][1].startswith("⏳ Klubben, Firmaet har meldt slåning af bane 1")
        await stage.say(CLUB, "!bekræft 1")
        assert await timers(stage) == {}


async def test_changed_times_in_the_file_move_coming_reminders_and_repeat_none(database_url: str) -> None:
    async with stage_on(database_url, reminders=PLAIN) as stage:
        await agree(stage, "torsdag kl. 14")
        await agree(stage, "lørdag kl. 14")
        await stage.live_until(local("2026-06-10T18:00"))
        stage.now += HOUR / 2
        later = (LeadTime(days=1, at=time(20)), LeadTime(length=3 * HOUR))
        assert await stage.configure(make_community(reminders=replace(PLAIN, before=later))) == []
        assert await timers(stage) == {
            "agreement 1": local("2026-06-11T11:00"),
            "agreement 2": local("2026-06-12T20:00"),
        }
        assert await stage.configure(make_community(reminders=NO_REMINDERS)) == []
        assert await timers(stage) == {}


async def test_switched_off_reminders_are_not_sent(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "torsdag kl. 14")
        stage.community = replace(stage.community, features=("bookings",))
        await stage.configure(stage.community)
        assert texts_of(await stage.live_until(local("2026-06-10T20:00"))) == []


@pytest.mark.parametrize(
    ("now", "work", "moment"),
    [
        ("2026-03-28T10:00", "i morgen kl. 12", "2026-03-29T03:30+02:00"),  # 02:30 does not exist
        ("2026-10-24T10:00", "i morgen kl. 12", "2026-10-25T02:30+02:00"),  # and here it comes twice
    ],
)
async def test_half_past_two_comes_once_in_the_nights_the_clocks_change(
    now: str, work: str, moment: str, url: str
) -> None:
    at_night = Reminders((LeadTime(days=0, at=time(2, 30)),), time(2, 30), None, None)
    async with stage_on(url, now, reminders=at_night) as stage:
        await agree(stage, work)
        assert {*(await timers(stage)).values()} == {datetime.fromisoformat(moment)}
        heard = await heard_until(stage, f"{moment[:10]}T11:00")
        assert len(heard) == 1


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
async def test_two_hours_before_are_two_hours_also_over_a_change_of_the_clocks(day: str, url: str) -> None:
    before = replace(PLAIN, before=(LeadTime(length=2 * HOUR), LeadTime(days=1, at=time(18))))
    night = {"hours": (time(0), time(23)), "quiet": None}
    async with stage_on(url, f"{day}T00:30", reminders=before, **night) as stage:
        stage.now -= DAY
        await agree(stage, "i morgen kl. 4")
        start = local(f"{day}T04:00")
        heard = [at for at, _ in await heard_until(stage, f"{day}T03:59")]
        assert heard == [f"{local(f'{day}T00:00') - DAY / 4:%d} 18:00", f"{local_clock(start - 2 * HOUR)}"]


def local_clock(moment: datetime) -> str:
    """Return a moment as `heard_until` writes it."""
    return f"{moment.astimezone(make_community().time_zone):%d %H:%M}"


async def test_nothing_is_said_twice_when_the_program_ends_between_falling_due_and_saying(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/killed.db"
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        stage.now = local("2026-06-11T18:00")
        async with stage.context.store.write() as connection:
            assert await fire_due(connection, stage.now) == [
                STAGE_PLACE
            ]  # it is an inbox row now, and the program is gone
    for expected in (1, 0):
        async with stage_on(url, "2026-06-11T18:05", reminders=PLAIN) as stage:
            ping = stage.incoming(CLUB, "message", {"text": "!ping", "to_us": False, "mentions": []})
            await stage.bring(replace(ping, external_id=f"$of the next start {expected}"))
            assert len([text for text in texts_of(stage.heard) if "husk" in text]) == expected
            assert texts_of(await stage.wait(timedelta())) == []


async def test_departed_party_is_not_mentioned(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        await stage.bring(stage.incoming(CLUB, "departure", {"present": []}))
        (heard,) = await stage.live_until(local("2026-06-11T18:00"))
        assert sorted(heard.notify) == sorted([FIRM, FOREMAN])
        assert heard.plain.startswith("🔔 Firmaet, husk")


async def test_snooze_reminds_the_person_again(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        await stage.live_until(local("2026-06-11T18:00"))
        assert texts_of(await stage.say(FIRM, "!udsæt 1 time")) == [
            "Godt, jeg minder dig om slåning af bane 1 igen torsdag den 11. juni kl. 19."
        ]
        (heard,) = await stage.live_until(local("2026-06-11T19:00"))
        assert heard.notify == (FIRM,)
        assert heard.plain.startswith("🔔 Firmaet, husk slåning af bane 1 i morgen")
        assert texts_of(await stage.live_until(local("2026-06-11T23:00"))) == []


async def test_snooze_is_about_the_thread_the_number_or_the_last_reminders(database_url: str) -> None:
    async with stage_on(database_url, reminders=PLAIN) as stage:
        card = await agree(stage, "fredag kl. 14")
        await agree(stage, "fredag kl. 10", pitch="bane 2")
        await stage.live_until(local("2026-06-11T18:00"))
        assert "bane 1 igen" in texts_of(await stage.say(FIRM, "!udsæt til kl. 20", under=card))[0]
        assert "bane 2 igen" in texts_of(await stage.say(FIRM, "!snooze 2 2 hours"))[0]
        both = texts_of(await stage.say(CLUB, "!udsæt til i morgen"))[0]
        assert both == (
            "Godt, jeg minder dig om slåning af bane 1 og slåning af bane 2 igen fredag den 12. juni kl. 8."
        )
        assert {subject: at for subject, at in (await timers(stage)).items() if "later" in subject} == {
            f"later 1 {FIRM}": local("2026-06-11T20:00"),
            f"later 2 {FIRM}": local("2026-06-11T20:00"),
            f"later 1 {CLUB}": local("2026-06-12T08:00"),
            f"later 2 {CLUB}": local("2026-06-12T08:00"),
        }
        await stage.say(CLUB, "!aflys 1 regn")
        assert [subject for subject in await timers(stage) if subject.startswith("later 1")] == []


@pytest.mark.parametrize(
    ("who", "text", "answer"),
    [
        (FIRM, "!udsæt 1 til lørdag kl. 9", "Til den tid (lør. 13. juni kl. 9) er det allerede begyndt."),
        (RIVAL, "!udsæt 1 1 time", "Du er ikke med i aftale 1"),
        (RIVAL, "!udsæt 1 time", "Der er ikke noget at minde dig om lige nu."),
        (FIRM, "!udsæt 9 1 time", "Der er ingen aftale 9 her."),
    ],
)
async def test_snooze_says_why_not(who: str, text: str, answer: str, url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        assert texts_of(await stage.say(who, text))[0].startswith(answer)


async def test_quiet_hours_of_the_room_do_not_delay_the_work_of_the_day(url: str) -> None:
    late_risers = QuietHours(time(20), time(9))
    async with stage_on(url, reminders=Reminders((), nudge=None, week=None), quiet=late_risers) as stage:
        await agree(stage, "onsdag kl. 14")
        assert [at for at, _ in await heard_until(stage, "2026-06-10T10:00")] == ["10 07:00"]


async def test_everybody_is_reminded_when_they_chose_and_not_of_what_they_muted(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        await stage.say(CLUB, "!påmind mig 3 timer før")
        await stage.say(FOREMAN, "!stille")
        first, second, third = [one for one in await stage.live_until(local("2026-06-12T13:00")) if one.kind == "say"]
        assert [first.notify, second.notify, third.notify] == [(FIRM,), (CLUB,), (FIRM,)]
        assert texts_of([second]) == ["🔔 Klubben, husk slåning af bane 1 i dag, fredag den 12. juni kl. 14-16."]


async def test_choosing_other_times_does_not_send_their_past_reminders(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        stage.now = local("2026-06-12T11:30")
        await stage.wait(timedelta())
        heard = await stage.say(CLUB, "!påmind mig 3 timer før")
        assert len(texts_of(heard)) == 1
        assert [one.notify for one in await stage.live_until(local("2026-06-12T13:00"))] == [(FIRM, FOREMAN)]


async def test_message_for_one_party_is_in_its_language(url: str) -> None:
    async with stage_on(url, reminders=replace(PLAIN, day=time(7))) as stage:
        await stage.say(FIRM, "!sprog engelsk")
        await stage.say(FOREMAN, "!sprog engelsk")
        await agree(stage, "fredag kl. 14")
        evening, morning, _ = await stage.live_until(local("2026-06-12T12:00"))
        assert evening.plain.startswith("🔔 Firmaet og Klubben, husk")
        assert morning.plain.splitlines() == [
            "☀️ Today's work for Firmaet, Friday 12 June",
            "1: slåning of bane 1, Fri 12 June at 14:00-16:00, for Klubben",
        ]


async def test_own_quiet_hours_delay_the_work_of_the_day(url: str) -> None:
    async with stage_on(url, reminders=Reminders((), week=None, nudge=None)) as stage:
        await stage.say(FIRM, "!ro 20-9")
        await agree(stage, "onsdag kl. 14")
        assert [one.notify for one in await stage.live_until(local("2026-06-10T08:59"))] == [(FOREMAN,)]
        assert [one.notify for one in await stage.live_until(local("2026-06-10T09:00"))] == [(FIRM,)]


async def test_work_of_the_day_can_be_snoozed(url: str) -> None:
    async with stage_on(url, reminders=Reminders((), week=None, nudge=None)) as stage:
        await agree(stage, "onsdag kl. 14")
        await agree(stage, "onsdag kl. 16", pitch="bane 2")
        await agree(stage, "torsdag kl. 16", pitch="bane 2")
        await stage.live_until(local("2026-06-10T07:00"))
        await stage.say(FIRM, "!udsæt 2 timer")
        (heard,) = await stage.live_until(local("2026-06-10T09:00"))
        assert [line[:2] for line in heard.plain.splitlines()] == ["🔔 ", "1:", "2:"]


async def test_unchanged_file_changes_no_timers(url: str) -> None:
    async with stage_on(url, reminders=PLAIN) as stage:
        await agree(stage, "fredag kl. 14")
        for _ in range(2):
            await stage.configure(make_community(reminders=PLAIN))
        async with stage.context.store.read() as connection:
            rows = await connection.execute(select(inbox.c.outcome).where(inbox.c.kind == "configured"))
            assert rows.scalars().all() == ["ignored"]


async def test_work_cancelled_by_a_closure_is_not_reminded_of(url: str) -> None:
    async with Stage.open(url, read_community(ROOMS / "skovby.yaml")) as stage:
        await stage.say("skovby-if", "!book bane 1 slåning fredag kl. 14")
        await stage.say("groen-pleje", "!ja 1")
        assert sorted(subject.partition(" ")[0] for subject in await timers(stage)) == ["agreement", "day"]
        asked = await stage.say("banevagten", "!luk bane 1 fredag oversvømmet")
        await stage.tap("banevagten", "1️⃣", next(one.event for one in asked if one.kind == "say"))
        assert await timers(stage) == {}


async def test_silent_party_is_not_nudged_after_leaving(url: str) -> None:
    async with stage_on(url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning mandag kl. 14")
        for address in (FIRM, FOREMAN):
            await stage.bring(stage.incoming(address, "departure", {"present": []}))
        assert [text for text in texts_of(await stage.live_until(local("2026-06-13T10:00"))) if "⏳" in text] == []
