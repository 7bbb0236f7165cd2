"""Greetings are recognized in every language of a community, and no other text is taken for a greeting."""

from datetime import datetime

import pytest
from sample_community import make_community

from bot.api.arguments import ReadingContext, Sentence
from bot.api.arguments.names import THING
from bot.parsing.sentences.greeting import is_greeting

NOW = datetime(2026, 6, 9, 10)


@pytest.mark.parametrize(
    "text",
    ["", "Hej", "Hej alle sammen!", "Kære formand", "Grøn Pleje,", "Hi folks,\nthanks for today", "God morgen 🙂"],
)
def test_a_greeting(text: str) -> None:
    assert is_greeting(text, ("da", "en"), ["Grøn Pleje", "groen-pleje"])


@pytest.mark.parametrize(
    "text",
    [
        "Hej alle, skriv sådan",
        "Hej, sådan:",
        "Hej på torsdag",
        "Hej, men ikke bane 2",
        "Hej, hvis det regner",
        "Hej, aflys den",
        "Banen er våd",
        "Hej alle\nbanen er våd i dag",
        "Hej nu skal I bare høre her",
    ],
)
def test_no_greeting(text: str) -> None:
    assert not is_greeting(text, ("da", "en"), ["Grøn Pleje"])


def test_only_the_languages_of_the_community_are_read() -> None:
    assert is_greeting("Kære venner", ("da",))
    assert not is_greeting("Kære venner", ("en",))
    for code, is_read in [("da", True), ("en", False)]:
        context = ReadingContext(make_community(language=code, other_languages=(code,)), code, NOW)
        assert (THING.read(Sentence("bane to", (code,)), context) is not None) is is_read
