"""After any steps of people and the clock, the timers are those of a model, and no message is sent twice."""

import asyncio
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis_settings import hypothesis_settings
from sample_community import CLUB, FIRM, FOREMAN, make_community
from sqlalchemy import select

from bot.agreements.states import State
from bot.features.reminders import feature
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import Agreement, find_agreements
from bot.store.tables import due
from bot.testing import Stage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = make_community().time_zone
#: In the first two of these weeks the clocks change one night.
STARTS = ("2026-03-27T10:00", "2026-10-23T10:00", "2026-06-09T10:00")


def at_clock(day: date, clock: time) -> datetime:
    """Return the moment of a local time."""
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


def local_day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


@dataclass
class TimerModel:
    """The expected timer of an agreement: the agreed `start` and when that was agreed; `asked`: an answer is owed."""

    start: datetime | None = None
    agreed_at_moment: datetime | None = None
    asked: tuple[datetime, datetime] | None = None

    def next(self, now: datetime) -> datetime | None:
        """Return the time of the next notice."""
        moments = []
        if self.start and self.agreed_at_moment and now < self.start:
            for planned in (at_clock(local_day(self.start) - DAY, time(18)), self.start - 2 * HOUR):
                if planned > self.agreed_at_moment:
                    moments.append(self.allowed(planned, self.start) if planned == self.start - 2 * HOUR else planned)
        if self.asked:
            made, begins = self.asked
            nudges = [at for at in (made + DAY, made + 3 * DAY) if at <= begins - 2 * HOUR]
            last_call = [begins - 2 * HOUR] if begins - 2 * HOUR >= made + HOUR else []
            moments += [self.allowed(at, begins) for at in nudges or last_call]
        return min((at for at in moments if at > now), default=None)

    @staticmethod
    def allowed(moment: datetime, begins: datetime) -> datetime:
        """Return the moment moved out of the quiet hours, 21 to 8, unless the work begins before their end."""
        shown = moment.astimezone(ZONE)
        if time(8) <= shown.time() < time(21):
            return moment
        ends = at_clock(shown.date() + (DAY if shown.time() >= time(21) else timedelta()), time(8))
        return moment if begins <= ends else ends


class ReminderMachine(RuleBasedStateMachine):
    """A club and a firm propose, agree, move and cancel while the bot runs."""

    def __init__(self) -> None:
        super().__init__()
        self.loop, self.folder = asyncio.Runner(), Path(tempfile.mkdtemp())
        self.agreed_at: dict[int, tuple[datetime, datetime]] = {}

    @initialize(start=st.sampled_from(STARTS))
    def open_stage(self, start: str) -> None:
        community = make_community(limits=replace(make_community().limits, proposals=None))
        self._opened = Stage.open(f"sqlite+aiosqlite:///{self.folder}/stage.db", community, [feature])
        self.stage = self.loop.run(self._opened.__aenter__())
        self.stage.now = datetime.fromisoformat(start).replace(tzinfo=ZONE).astimezone(UTC)

    def teardown(self) -> None:
        self.loop.run(self._opened.__aexit__(None, None, None))
        self.loop.close()
        shutil.rmtree(self.folder)

    def say(self, who: str, text: str) -> None:
        self.loop.run(self.stage.say(who, text))
        self.record_agreed()

    def record_agreed(self) -> None:
        """Record when the present times were agreed."""
        for one in self.agreements():
            if one.state is State.AGREED:
                start, _ = self.agreed_at.get(one.number, (None, None))
                if start != one.negotiation.terms.start:
                    self.agreed_at[one.number] = (one.negotiation.terms.start, self.stage.now)

    def agreements(self) -> list[Agreement]:
        async def read_rows() -> list[Agreement]:
            async with self.stage.context.store.read() as connection:
                return await find_agreements(connection, AgreementFilter(self.stage.community.key, frozenset(State)))

        return self.loop.run(read_rows())

    def when(self, days: int, hour: int) -> str:
        day = local_day(self.stage.now) + days * DAY
        return f"{day.day}/{day.month} {day.year} kl. {hour}"

    @rule(days=st.integers(0, 6), hour=st.integers(5, 21), pitch=st.integers(1, 2), yes=st.booleans())
    def book(self, days: int, hour: int, pitch: int, yes: bool) -> None:
        before = len(self.agreements())
        self.say(CLUB, f"!book bane {pitch} slåning {self.when(days, hour)}")
        if yes and len(self.agreements()) > before:
            self.say(FIRM, f"!ja {before + 1}")

    @rule(number=st.integers(1, 4), days=st.integers(0, 6), hour=st.integers(5, 21), yes=st.booleans())
    def move(self, number: int, days: int, hour: int, yes: bool) -> None:
        self.say(FIRM, f"!flyt {number} {self.when(days, hour)}")
        if yes:
            self.say(CLUB, f"!ja {number}")

    @rule(number=st.integers(1, 4), who=st.sampled_from([CLUB, FIRM]), step=st.sampled_from(["ja", "nej", "aflys"]))
    def step(self, number: int, who: str, step: str) -> None:
        self.say(who, f"!{step} {number}")

    @rule(hours=st.sampled_from([1, 2, 5, 11, 26]))
    def pass_time(self, hours: int) -> None:
        self.loop.run(self.stage.live_until(self.stage.now + hours * HOUR))
        self.record_agreed()

    @invariant()
    def timers_are_what_the_model_says(self) -> None:
        assert self.timers() == self.expected()

    @invariant()
    def no_message_is_sent_twice(self) -> None:
        counts = Counter(one.plain for one in self.stage.heard if one.plain.startswith(("🔔", "☀️", "📅")))
        assert {text: count for text, count in counts.items() if count > 1 and "☀️" in text} == {}

    def timers(self) -> dict[str, datetime]:
        async def read_rows() -> dict[str, datetime]:
            async with self.stage.context.store.read() as connection:
                rows = await connection.execute(select(due).where(~due.c.fired, due.c.feature == "reminders"))
                return {row.subject: row.at for row in rows}

        return self.loop.run(read_rows())

    def expected(self) -> dict[str, datetime]:
        now, found = self.stage.now, dict[str, datetime | None]()
        days, weeks = [], []
        for one in self.agreements():
            model = TimerModel()
            if one.state is State.AGREED:
                model.start, model.agreed_at_moment = self.agreed_at[one.number]
                days.append((at_clock(local_day(model.start), time(7)), one.negotiation.terms.end))
                monday = local_day(model.start) - timedelta(days=local_day(model.start).weekday())
                weeks.append((at_clock(monday, time(8)), one.negotiation.terms.end))
            if one.negotiation.awaited_side and one.negotiation.newest_offer:
                model.asked = one.changed_at, one.negotiation.newest_offer.terms.start
            found[f"agreement {one.number}"] = model.next(now)
        day = min((at for at, end in days if at > now and end > at), default=None)
        week = min((at for at, end in weeks if at > now and end > at), default=None)
        found |= {"week": week, f"day {FIRM}": day, f"day {FOREMAN}": day}
        return {subject: at for subject, at in found.items() if at is not None}


TestReminded = ReminderMachine.TestCase
TestReminded.settings = hypothesis_settings(4, steps=14)
