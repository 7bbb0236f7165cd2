"""A match that its calendar calls off, by status, method or title, is in nobody's way."""

import pytest
from broken_calendar import GOOD, GOOD_READ, calendar, entries, entries_in

START = "UID:a\nDTSTART:20260613T120000Z"


@pytest.mark.parametrize("status", ["CANCELLED", "CANCELED", "Cancelled", " cancelled ", "AFLYST"])
def test_status_calls_a_match_off(status: str) -> None:
    assert entries(f"{START}\nSTATUS:{status}", GOOD) == [GOOD_READ]


@pytest.mark.parametrize("status", ["CONFIRMED", "TENTATIVE", "", "UDSAT"])
def test_other_status_does_not(status: str) -> None:
    assert entries(f"{START}\nSUMMARY:U13\nSTATUS:{status}") == ["U13 13/6 14:00"]


def test_method_calls_all_matches_of_its_calendar_off() -> None:
    assert entries_in(calendar(START, GOOD, head="METHOD:CANCEL\n")) == []
    assert entries_in(calendar(GOOD, head="METHOD:PUBLISH\n")) == [GOOD_READ]
    request, cancel = calendar(START, head="METHOD:REQUEST\n"), calendar(START, head="METHOD:CANCEL\n")
    assert entries_in(request + cancel + calendar(GOOD)) == [GOOD_READ]


@pytest.mark.parametrize(
    "title",
    [
        "Aflyst: Skovby – Ry",
        "Canceled: U13",
        "CANCELLED - U13",
        "[AFLYST] Skovby – Ry",
        "AFLYST Skovby – Ry",
        "*** Aflyst *** U13",
        "Annulleret: U13",
        "Skovby – Ry (aflyst)",
        "Skovby – Ry - aflyst",
        "Skovby – Ry AFLYST!",
    ],
)
def test_title_calls_a_match_off(title: str) -> None:
    assert entries(f"{START}\nSUMMARY:{title}", GOOD) == [GOOD_READ]


@pytest.mark.parametrize(
    "title",
    [
        "Aflyst? Skovby – Ry",
        "Ikke aflyst: Skovby – Ry",
        "IKKE AFLYST",
        "Skovby – Ry (ikke aflyst)",
        "Aflystningsmøde",
        "Møde om den aflyste kamp",
        "Udsat: Skovby – Ry",
    ],
)
def test_title_that_only_has_the_word_does_not(title: str) -> None:
    assert entries(f"{START}\nSUMMARY:{title}") == [f"{title} 13/6 14:00"]


def test_title_calls_one_time_of_a_series_off() -> None:
    series = "UID:a\nSUMMARY:U13\nDTSTART:20260609T160000Z\nRRULE:FREQ=WEEKLY;COUNT=2"
    off = "UID:a\nSUMMARY:Aflyst: U13\nRECURRENCE-ID:20260616T160000Z\nDTSTART:20260616T160000Z"
    assert entries(series, off) == ["U13 9/6 18:00"]
