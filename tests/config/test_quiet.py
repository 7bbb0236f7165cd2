"""Reminders and quiet hours in a community file: accepted values, their meaning, and mistakes."""

from datetime import time, timedelta
from pathlib import Path

import pytest
from test_load import HEAD, load, problems

from bot.reminder_times import NO_REMINDERS, LeadTime, QuietHours, Reminders

EVENING, TWO_HOURS = LeadTime(days=1, at=time(18)), LeadTime(length=timedelta(hours=2))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", QuietHours(time(21), time(8))),
        ("quiet: 22-7\n", QuietHours(time(22), time(7))),
        ('quiet: "22:30 - 06.15"\n', QuietHours(time(22, 30), time(6, 15))),
        ("quiet: 13-15\n", QuietHours(time(13), time(15))),
        ("quiet: off\n", None),
    ],
)
def test_quiet_hours_are_read(written: str, meant: QuietHours | None, tmp_path: Path) -> None:
    (community,), found = load(tmp_path, skovby=HEAD + written)
    assert (found, community.quiet) == ([], meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", Reminders((EVENING, TWO_HOURS), time(7), time(8), timedelta(days=1))),
        ("reminders:\n", Reminders()),
        ("reminders: off\n", NO_REMINDERS),
        ("reminders: {before: 3h}\n", Reminders((LeadTime(length=timedelta(hours=3)),))),
        ("reminders: {before: off, day: off, week: off, nudge: off}\n", NO_REMINDERS),
        (
            "reminders:\n  before: [evening before at 20:30, same day at 7:00, 3 days before at 12, 90m before]\n",
            Reminders(
                (
                    LeadTime(days=1, at=time(20, 30)),
                    LeadTime(days=0, at=time(7)),
                    LeadTime(days=3, at=time(12)),
                    LeadTime(length=timedelta(minutes=90)),
                )
            ),
        ),
        (
            "reminders: {day: 6.30, week: 9, nudge: 12h}\n",
            Reminders(day=time(6, 30), week=time(9), nudge=timedelta(hours=12)),
        ),
    ],
)
def test_reminders_are_read(written: str, meant: Reminders, tmp_path: Path) -> None:
    (community,), found = load(tmp_path, skovby=HEAD + written)
    assert (found, community.reminders) == ([], meant)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("quiet: 21\n", "3: quiet: '21' are no quiet hours, which are written 21-8 or 21:30-08:00, or off"),
        ("quiet: 21-25\n", "3: quiet: '21-25' names an hour that does not exist; a day runs from 00:00 to 23:59"),
        ("quiet: 8-8\n", "3: quiet: '8-8' ends when it begins; write off for no quiet hours"),
        ("quite: 21-8\n", "3: unknown key 'quite', did you mean 'quiet'?"),
        ("reminder: off\n", "3: unknown key 'reminder', did you mean 'reminders'?"),
        ("reminders: {befor: 2h}\n", "3: reminders: unknown key 'befor', did you mean 'before'?"),
        ("reminders: later\n", "3: reminders: this must be a mapping: indented lines with 'key: value'"),
        (
            "reminders: {before: soon}\n",
            "3: reminders › before › number 1: 'soon' is no time to be reminded, which is written 2h, or day before at"
            " 18:00",
        ),
        ("reminders: {before: 20d}\n", "3: reminders › before › number 1: '20d' is more than 14 days before"),
        (
            "reminders: {before: [1h, 2h, 3h, 4h, 5h, 6h]}\n",
            "3: reminders › before: nobody wants to be reminded more than 5 times of one thing",
        ),
        ("reminders: {day: early}\n", "3: reminders › day: 'early' is no time of day, which is written 07:00, or off"),
        (
            "reminders: {nudge: 2}\n",
            "3: reminders › nudge: '2' has no unit, write 2m for minutes or 2h for hours",
        ),
    ],
)
def test_wrong_values_are_explained(written: str, said: str, tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + written) == [said]
