"""School holidays in the file of a community: the last day is included, and mistakes are named with their line."""

from datetime import date
from pathlib import Path

import pytest
from test_load import HEAD, load, problems


def test_last_day_of_a_school_holiday_is_included(tmp_path: Path) -> None:
    written = "school_holidays:\n  - {name: efterårsferie, from: 2026-10-10, to: 2026-10-18}\n"
    (community,), found = load(tmp_path, skovby=HEAD + written)
    assert (found, community.school_holidays) == ([], (("efterårsferie", (date(2026, 10, 10), date(2026, 10, 19))),))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{name: jul, from: 2026-12-24, to: 2026-12-20}", "'to' is before 'from'"),
        ("{name: jul, from: 2026-12-24}", "'to' is missing"),
        ("{from: 2026-12-24, to: 2026-12-31}", "'name' is missing"),
        ("{name: jul, from: 24/12, to: 2026-12-31}", "'24/12'"),
        ("{name: jul, from: 2026-12-24, til: 2026-12-31}", "unknown key 'til'"),
    ],
)
def test_mistake_in_a_school_holiday_is_named(written: str, said: str, tmp_path: Path) -> None:
    found = problems(tmp_path, f"{HEAD}school_holidays:\n  - {written}\n")
    assert any(said in each for each in found), found
