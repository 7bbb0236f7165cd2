"""Files as office programs, phones, club systems and associations export them are read as they are meant."""

from collections import Counter
from pathlib import Path

import pytest
from broken_calendar import read, show

from bot.ical import guess

FILES = Path(__file__).with_name("files")

MEANT = {
    "outlook": [
        "Skovby IF – Åbyhøj @ Skovby Stadion, bane 1 13/6 14:00-15:45",
        "Sommerstævne 20/6..21/6",
    ],
    "google": [
        "U11 træning 20/10 18:00-19:30",
        "U11 træning (flyttet) 28/10 19:00-20:30",
        "U11 træning 3/11 18:00-19:30",
    ],
    "apple": ["Skovby – Hadsten @ Øvelsesbanen Skovvej 1 8464 Galten 13/6 20:00-14/6 00:30"],
    "club_system": [
        "U13 Skovby – Ry @ Øvelsesbanen 13/6 14:00-15:10",
        "U13 Skovby – Galten @ Øvelsesbanen 20/6 14:00",
        "Klubbens dag 27/6..28/6",
    ],
    "association": [
        "Serie 3: Skovby IF - Ry FC @ Skovby Stadion 13/6 14:00-15:45",
        "Serie 3: Skovby IF - Lyseng @ Skovby Stadion 20/6 14:00",
    ],
}
GUESSED = {
    "outlook": [guess.END_OF_DAY],
    "google": [],
    "apple": [guess.END_AFTER_MIDNIGHT],
    "club_system": [guess.END_UNREADABLE, guess.END_OF_DAY],
    "association": [guess.NOT_CLOSED, guess.END_UNREADABLE],
}


@pytest.mark.parametrize("name", MEANT)
def test_export_is_read_as_it_is_meant(name: str) -> None:
    feed = read((FILES / f"{name}.ics").read_bytes())
    assert [show(entry) for entry in feed.entries] == MEANT[name]
    assert Counter(guess for entry in feed.entries for guess in entry.guesses) == Counter(GUESSED[name])
    assert feed.unreadable_uids == ()


def test_every_file_is_read() -> None:
    assert {path.stem for path in FILES.iterdir()} == set(MEANT)
