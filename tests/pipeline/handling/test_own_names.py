"""Words inside the community's own names do not count as words of a sentence: the "if" of "Hylke IF"."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.api.arguments.time import find_time
from bot.api.request.reading_context import ReadingContext
from bot.parsing.normalise import fold
from bot.parsing.sentences.signals import find_signals
from bot.parsing.sentences.unread import find_risks
from bot.pipeline.handling.messages.own_names import hide_names
from bot.testing.community import read_community

COMMUNITY = read_community(Path(__file__).parents[3] / "rooms" / "skovby.yaml")
PEOPLE = tuple(
    replace(person, name=name) for person, name in zip(COMMUNITY.people[:2], ("Hvis Bare", "Ny Ven"), strict=True)
)
THINGS = (replace(COMMUNITY.things[0], name="ikke-ryger-hallen", key="ikke-ryger"), *COMMUNITY.things[1:])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("@hylke-if spiller", "          spiller"),
        ("Hvis Bare spiller", "          spiller"),
        ("hvis bare det regner", "          det regner"),
        ("hvis det regner", "hvis det regner"),
        ("ikke-ryger-hallen er slået", "    -ryger-hallen er slået"),
        ("bane 2 er ikke slået", "bane 2 er ikke slået"),
        ("hylke-iff", "hylke-iff"),
    ],
)
def test_names_of_people_and_words_of_other_names_are_hidden(text: str, hidden: str) -> None:
    community = replace(COMMUNITY, people=(*PEOPLE, *COMMUNITY.people[2:]), things=THINGS)
    assert hide_names(text, ReadingContext(community, "da", datetime(2026, 6, 9, 10))) == hidden


def test_a_name_with_a_small_word_is_no_condition() -> None:
    context = ReadingContext(COMMUNITY, "da", datetime(2026, 6, 9, 10))
    text = hide_names("hylke-if spiller kamp", context)
    assert find_risks(text, context.languages) == []
    assert find_signals(text, context.languages).language == "da"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("bane 1 Lørdag FC mandag kl. 9", datetime(2026, 6, 15, 9)),
        ("@lørdag-fc mandag kl. 9", datetime(2026, 6, 15, 9)),
        ("August Hansen", None),
        ("12. august August Hansen", date(2026, 8, 12)),
        ("i august", date(2026, 8, 1)),
    ],
)
def test_words_of_the_names_of_people_are_no_times(text: str, start: date | None) -> None:
    people = tuple(
        replace(person, name=name, handle=fold(name).replace(" ", "-"))
        for person, name in zip(COMMUNITY.people[:2], ("Lørdag FC", "August Hansen"), strict=True)
    )
    context = ReadingContext(replace(COMMUNITY, people=people), "da", datetime(2026, 6, 9, 10))
    found = find_time(text, context)
    assert (found.when.start if found else None) == start
