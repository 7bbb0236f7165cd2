"""An answer to "when?" is completed with the day or the clock time of the time before."""

from datetime import datetime

import pytest

from bot.api.arguments.complete_time import complete_time
from bot.parsing.when import parse_time_phrase

NOW = datetime(2026, 6, 9, 10)


@pytest.mark.parametrize(
    ("earlier", "answer", "meant"),
    [
        ("fredag", "kl. 10", "fredag kl. 10"),
        ("fredag", "kl. 10-12", "fredag kl. 10-12"),
        ("fredag kl. 14", "kl. 16", "fredag kl. 16"),
        ("fredag kl. 14", "lørdag", "lørdag kl. 14"),
        ("fredag kl. 14-17", "lørdag", "lørdag kl. 14-17"),
        ("fredag kl. 14", "lørdag kl. 9", "lørdag kl. 9"),
        ("fredag", "lørdag", "lørdag"),
        ("uge 25", "onsdag kl. 10", "onsdag den 17. juni kl. 10"),
        ("fredag kl. 14", "uge 25", "uge 25"),
        ("fredag kl. 14", "hver lørdag", "hver lørdag"),
    ],
)
def test_an_answer_takes_what_it_lacks_from_the_earlier_time(earlier: str, answer: str, meant: str) -> None:
    times = [parse_time_phrase(text, now=NOW, language="da") for text in (answer, earlier, meant)]
    assert complete_time(times[0], times[1]) == times[2]


def test_clock_time_after_a_week_may_be_on_each_of_its_days() -> None:
    week, clock = (parse_time_phrase(text, now=NOW, language="da") for text in ("uge 25", "kl. 10"))
    when = complete_time(clock, week)
    days = [each.start.day for each in (when, *when.alternatives) if each.start]
    assert days == [15, 16, 17, 18, 19, 20, 21]
