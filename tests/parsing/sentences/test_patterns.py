"""Patterns of words are found in a text, however the words are written, and where they stand."""

import pytest

from bot.parsing.sentences.patterns import PatternSet, blank_out


def words_of(text: str, *patterns: str, **groups: tuple[str, ...]) -> list[list[str]]:
    found = PatternSet(patterns, groups).find_all(text)
    return [[text[start:end] for start, end in each.parts] for each in found]


@pytest.mark.parametrize(
    ("pattern", "text", "words"),
    [
        ("flyt*", "Kan vi FLYTTE den?", ["FLYTTE"]),
        ("flyt", "flytte", None),
        ("kan .. aflys*", "kan du lige aflyse den", ["kan", "aflyse"]),
        ("kan .. aflys*", "kan en to tre fire fem seks aflyse", None),
        ("[mange] tak", "tak", ["tak"]),
        ("[mange] tak", "mange tak", ["mange", "tak"]),
        ("(du|i alle)", "hej i alle sammen", ["i", "alle"]),
        ("<can> du", "ku du", ["ku", "du"]),
        ("bekræft", "BEKRAEFT", ["BEKRAEFT"]),
        ("dont", "don't", ["don't"]),
        ("ja", "jaaaa", ["jaaaa"]),
        ("[mange] (tak|gracias)", "hej gracias", ["gracias"]),
        (".. senere", "lidt senere", ["senere"]),
        ("([helt] fint|super*)", "supert", ["supert"]),
        ("flyt|luk*", "lukket", ["lukket"]),
        ("[<can>] sige", "sige", ["sige"]),
    ],
)
def test_a_pattern_is_found_in_a_text(pattern: str, text: str, words: list[str] | None) -> None:
    assert words_of(text, pattern, can=("kan", "ku")) == ([words] if words else [])


def test_a_gap_does_not_hide_the_words_of_another_pattern() -> None:
    assert [["meld", "fra"], ["aflys"]] == words_of("meld aflys fra", "meld .. fra", "aflys")


def test_words_are_blanked_out_and_the_rest_keeps_its_place() -> None:
    text = "kan du lige aflyse den"
    assert blank_out(text, PatternSet(["kan .. aflys*"]).find_all(text)) == "    du lige        den"


def test_an_open_bracket_is_an_error() -> None:
    with pytest.raises(ValueError, match="bracket"):
        PatternSet(["(du|i"])


def test_the_time_is_linear_in_the_length_of_the_text() -> None:
    patterns = PatternSet(["kan .. aflys*", "meld .. fra", "<can> .. sige"], {"can": ("kan", "vil")})
    assert patterns.find_all("kan meld vil " * 2000) == []
