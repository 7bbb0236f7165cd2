"""Words of the community's own names are no words of a sentence."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.api.request.reading_context import ReadingContext
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
