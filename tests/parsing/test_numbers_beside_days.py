"""A number beside a day is its date, its clock time, or counts something; a day without its number would be wrong."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.parsing.when import find_time_phrase
from bot.testing.explain_parsing import explain_lines

NOW = datetime(2026, 10, 23, 9, 5)  # a Friday
ORDINARY = Path(__file__).parent / "phrases" / "ordinary_da.txt"


def read_time(text: str, language: str = "da") -> str:
    (got,) = explain_lines([text], language=language, now=NOW)
    return in_notation(got)


def in_notation(got: dict[str, Any]) -> str:
    if got["error"]:
        return "!"
    span = (got["start"] or "") + (f"/{got['end']}" if got["end"] else "")
    return " ".join(part for part in (span, got["rrule"]) if part) or "-"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Lørdag den 7. spiller U12 på bane 3", "2026-11-07"),
        ("lørdag d. 7. holder vi arbejdsfest", "2026-11-07"),
        ("lørdag d 7. mangler vi folk til kridtning", "2026-11-07"),
        ("lørdag 7/11 kommer kloakmanden", "2026-11-07"),
        ("Kan vi få bane 3 lørdag d. 7. Mvh Bent", "2026-11-07"),
        ("Kan vi få bane 3 lørdag d. 7. Hilsen Karen", "2026-11-07"),
        ("Vi vil gerne have bane 3 lørdag d. 7. Vi er 14 mand", "2026-11-07"),
        ("lørdag d. 7. bane 3", "2026-11-07"),
        ("lørdag d. 7. kamp mod Vejen", "2026-11-07"),
        ("Kan du lørdag d. 7. hjælpe med net?", "2026-11-07"),
        ("Fredag den 13. kommer gravemaskinen", "2026-11-13"),
        ("lørdag den 13. kommer gravemaskinen", "!"),
        ("lørdag den 7. fra 10", "2026-11-07T10:00"),
        ("tirsdag 17-18.30 træner U12 på bane 3", "2026-10-27T17:00/2026-10-27T18:30"),
        ("Tirsdag fra 17 til 19 spiller vi på bane 3", "2026-10-27T17:00/2026-10-27T19:00"),
        ("tirsdag mellem 17 og 19 holder vi møde", "2026-10-27T17:00/2026-10-27T19:00"),
        ("lørdag 14-16 bane 3", "2026-10-24T14:00/2026-10-24T16:00"),
        ("lørdag 14-16 hold 2", "2026-10-24T14:00/2026-10-24T16:00"),
        ("Kan vi få bane 3 på lørdag 14-16 Hilsen Karen", "2026-10-24T14:00/2026-10-24T16:00"),
        ("i morgen 10-12 kridter vi bane 3", "2026-10-24T10:00/2026-10-24T12:00"),
        ("lørdag 10.30 spiller vi kamp", "2026-10-24T10:30"),
        ("lørdag 10 spiller vi", "2026-10-24T10:00"),
        ("lørdag efter 14 yoga", "2026-10-24T14:00/2026-10-25T00:00"),
        ("hver tirsdag 17-19 træner vi", "2026-10-27T17:00/2026-10-27T19:00 FREQ=WEEKLY;BYDAY=TU"),
        ("hver lørdag undtagen 7/11 træner vi", "2026-10-24 FREQ=WEEKLY;BYDAY=SA;EXDATE=20261107"),
        ("hver lørdag undtagen d. 7. træner vi", "2026-10-24 FREQ=WEEKLY;BYDAY=SA;EXDATE=20261107"),
        ("lørdag d. 7/11 14-16 yoga", "2026-11-07T14:00/2026-11-07T16:00"),
    ],
)
def test_number_beside_day_says_more_about_it(text: str, meaning: str) -> None:
    assert read_time(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Den 7. spiller vi hjemme", "2026-11-07"),
        ("Den 7. spiller U12 hjemme", "2026-11-07"),
        ("den 7. kan vi ses", "2026-11-07"),
        ("7/11 kommer Karen", "2026-11-07"),
        ("Fra d. 7. til d. 9. lukker vi bane 3", "2026-11-07/2026-11-10"),
        ("fra 7/11 til 9/11 lukker vi bane 3", "2026-11-07/2026-11-10"),
        ("Inden d. 7. skriver jeg til kommunen", "/2026-11-07"),
        ("senest d. 7. afleverer vi nøglen", "/2026-11-08"),
    ],
)
def test_date_before_its_verb_is_read(text: str, meaning: str) -> None:
    assert read_time(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("På lørdag kommer 14-16 spillere", "2026-10-24"),
        ("lørdag 14-16 spillere", "2026-10-24"),
        ("lørdag 11 mand på bane 3", "2026-10-24"),
        ("vi spiller 7-mands på lørdag", "2026-10-24"),
        ("lørdag 7-mands", "2026-10-24"),
        ("vi ses lørdag. 14 prøver det nye net", "2026-10-24"),
        ("Det er den 7. kamp i træk på bane 3", "-"),
        ("den 7. spiller er skadet", "-"),
        ("den 2. bane fra vejen er våd", "-"),
        ("14-16 spillere", "-"),
        ("11 mand", "-"),
        ("vi vandt 3-0 over Vejen", "-"),
        ("lørdag 3-0", "2026-10-24"),
    ],
)
def test_counted_things_are_no_times(text: str, meaning: str) -> None:
    assert read_time(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "lørdag, 14-16 skvatmøller",
        "lørdag 2-3 skvatmøller",
        "lørdag 11 skvatmøller",
        "lørdag fra 14 skvatmøller",
        "fra 10 på fredag",
        "den 1. og den 15.",
        "den 1. og 15.",
        "den 1. og 15. spiller vi",
        "lørdag 10 og 14",
        "fredag aften til kl. 21",  # an end, or where it is to be moved
        "ma-fre kl 8-16",
        "ma-fr kl. 8-16",
        "lørdag og søndag kl. 10-14",
    ],
)
def test_day_with_a_number_not_understood_is_no_time(text: str) -> None:
    assert read_time(text) == "-"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("kl. 9 og 14", "da"),
        ("lørdag kl. 10 og 14", "da"),
        ("fredag kl. 9.30+14", "da"),
        ("saturday at 10 and 14", "en"),
        ("friday at 9 and 14:30", "en"),
    ],
)
def test_second_clock_time_is_named_in_an_error(text: str, language: str) -> None:
    found = find_time_phrase(text, now=NOW, language=language, several=True)
    assert found is not None
    assert found.when.error is not None
    assert (found.when.error.key, found.when.start) == ("when-two-clock-times", None)
    assert found.when.error.values["said"] in text


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("fredag fra 10", "2026-10-30T10:00"),
        ("fredag fra 10 spiller vi", "2026-10-30T10:00"),
        ("fredag fra ca. 10 til 12", "2026-10-30T10:00/2026-10-30T12:00"),
        ("kl. 18 til ca. 20", "2026-10-23T18:00/2026-10-23T20:00"),
        ("fredag aften til kl. 2", "2026-10-30T18:00/2026-10-31T02:00"),
        ("fredag aften indtil kl. 23", "2026-10-30T18:00/2026-10-30T23:00"),
        ("flyt den til kl. 14", "2026-10-23T14:00"),
        ("lø-sø", "2026-10-24/2026-10-26"),
    ],
)
def test_both_ends_are_read(text: str, meaning: str) -> None:
    assert read_time(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("saturday the 7th plays U12 on pitch 3", "2026-11-07"),
        ("Saturday 7/11 the plumber comes", "2026-11-07"),
        ("saturday 7/11 Karen comes", "2026-11-07"),
        ("saturday 14-16 pitch 3", "2026-10-24T14:00/2026-10-24T16:00"),
        ("saturday 14-16 players", "2026-10-24"),
        ("every tuesday 17-19 training", "2026-10-27T17:00/2026-10-27T19:00 FREQ=WEEKLY;BYDAY=TU"),
        ("friday from 10", "2026-10-30T10:00"),
        ("from 18 to about 20 on friday", "2026-10-30T18:00/2026-10-30T20:00"),
        ("friday evening until 2am", "2026-10-30T18:00/2026-10-31T02:00"),
        ("every tuesday from 14 april", "2027-04-20 FREQ=WEEKLY;BYDAY=TU"),
        ("the 7th player", "-"),
        ("friday 2 things", "-"),
        ("friday evening until 2", "-"),
        ("the 1st and 15th", "-"),
    ],
)
def test_numbers_in_english(text: str, meaning: str) -> None:
    assert read_time(text, "en") == meaning


def test_ordinary_words_beside_a_time_are_no_misspellings() -> None:
    lines = ORDINARY.read_text(encoding="utf-8").splitlines()
    words = sorted({word for line in lines if not line.startswith("#") for word in line.split()})
    sentences = ("{} lørdag kl. 10", "{} på lørdag kl. 10", "lørdag kl. 10 {}", "lørdag {}")
    texts = [one.format(word) for word in words for one in sentences]
    asked = [got["text"] for got in explain_lines(texts, language="da", now=NOW) if "Mener du" in (got["error"] or "")]
    assert (len(words) > 700, asked) == (True, [])


@pytest.mark.parametrize("text", ["freedag", "onssdag", "lørdag eftermidag", "hvr lørdag", "inen lørdag"])
def test_misspellings_are_still_asked_about(text: str) -> None:
    assert read_time(text) == "!"
