"""A time is found in a sentence, and a sentence without one is left alone."""

from datetime import date, datetime

import pytest

from bot.parsing.when import find_time_in_languages, find_time_phrase

NOW = datetime(2026, 6, 9, 10)


def find_in(text: str, language: str = "da") -> tuple[object, object, list[str]] | None:
    result = find_time_phrase(text, now=NOW, language=language)
    if result is None:
        return None
    return result.when.start, result.when.end, [text[start:end] for start, end in result.char_ranges]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute)


FRIDAY = datetime(2026, 6, 12).date()


@pytest.mark.parametrize(
    ("text", "start", "end", "said"),
    [
        ("bane 1 slåning fredag kl. 14 @groen-pleje", at(12, 14), None, ["fredag kl. 14"]),
        ("kl. 9 passer bedre", at(10, 9), None, ["kl. 9"]),
        ("kan I slå bane 1 på fredag inden kampen?", FRIDAY, None, ["på fredag"]),
        ("slå bane 1 1. juli", datetime(2026, 7, 1).date(), None, ["1. juli"]),
        ("kan man slå bane 1 fredag", FRIDAY, None, ["fredag"]),
        ("book bane 1 man. kl. 14", at(15, 14), None, ["man. kl. 14"]),
        ("kan man kl. 14 få bane 1?", at(9, 14), None, ["kl. 14"]),
        ("god morgen, kan I komme på fredag?", FRIDAY, None, ["på fredag"]),
        ("hold 14-16 fredag", FRIDAY, None, ["fredag"]),
        ("14-16 passer os", at(9, 14), at(9, 16), ["14-16"]),
        ("book        14-16        tak", at(9, 14), at(9, 16), ["14-16"]),
        ("vi er 14 mand fredag", FRIDAY, None, ["fredag"]),
        ("fredag 14 mand", FRIDAY, None, ["fredag"]),
        ("fredag 14", at(12, 14), None, ["fredag 14"]),
        ("den 12. passer fint", FRIDAY, None, ["den 12."]),
        ("flyt den til fredag kl. 14", at(12, 14), None, ["til fredag kl. 14"]),
        ("fredag skal bane 1 slås kl. 14", at(12, 14), None, ["fredag", "kl. 14"]),
        ("kl. 14 - 16 på bane 2", at(9, 14), at(9, 16), ["kl. 14 - 16"]),
        ("kl. 14 - 2 baner", at(9, 14), None, ["kl. 14"]),
        ("bane 1 - fredag - kl. 14", at(12, 14), None, ["fredag", "kl. 14"]),
        ("fre-søn", FRIDAY, datetime(2026, 6, 15).date(), ["fre-søn"]),
        ("U14 fredag", FRIDAY, None, ["fredag"]),
        ("fredag 7-mands", FRIDAY, None, ["fredag"]),
        ("@fredag-klubben kl. 14", at(9, 14), None, ["kl. 14"]),
        ("Kan I ikke tage fredag kl. 14?", at(12, 14), None, ["fredag kl. 14"]),
        ("Hvorfor kan jeg ikke få bane 1 på fredag?", FRIDAY, None, ["på fredag"]),
        ("kan jeg ikke få bane 1 på fredag?", FRIDAY, None, ["på fredag"]),
        ("fredag, gerne før kl. 12", at(12, 0), at(12, 12), ["fredag", "gerne før kl. 12"]),
        ("næste uge passer bedre, fredag", datetime(2026, 6, 19).date(), None, ["næste uge", "fredag"]),
        ("fredag den 12. juni kl. 14, uge 24", at(12, 14), None, ["fredag den 12. juni kl. 14", "uge 24"]),
    ],
)
def test_find_time_in_sentence(text: str, start: object, end: object, said: list[str]) -> None:
    assert find_in(text) == (start, end, said)


@pytest.mark.parametrize(
    "text",
    [
        "bane 12",
        "hold 3",
        "gødning 14-2-2",
        "NPK 21-3-10",
        "bane 14-16",
        "den 1. bane er våd",
        "14-16 spillere",
        "mellem 14 og 16 spillere",
        "pris 14.50 kr",
        "det koster 500 kr. om måneden",
        "ring 12 34 56 78",
        "hver spiller betaler",
        "min søn spiller",
        "man kan slå græsset",
        "god aften",
        "regnvejr",
        "2 gange om ugen",
        "vi ses til jul",
        "version 1.2.3",
        "!book @fredag #onsdag",
        "https://example.org/2026/06/12",
        "",
    ],
)
def test_find_nothing_where_no_time_is_said(text: str) -> None:
    assert find_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "fredag kan vi ikke",
        "kl. 9 passer ikke",
        "ikke fredag",
        "efter fredag",
        "mandag i påsken",
        "fredag i efterårsferien",
        "midt i uge 30",
        "kl. 9 passer bedre end kl. 14",
        "man-fre kl. 8-16",
        "omkring fredag",
        "tidligst fredag",
        "uge 26 eller 27",
        "bane 1 fredag og bane 2 lørdag",
        "fredag den 12. eller engang i juli måske mandag",
        "hver fredag undtagen i skoleferien",
        "den første fredag kl. 9",
        "en anden fredag",
        "fredag kl. halvni",
        "hver sidste fredag kl. 9",
        "kl. 9 primo",
        "ti-to kl. 8",
        "sæson 2026-2027",
        "tre dage i uge 30",
        "fredag 15:23:24",
    ],
)
def test_find_nothing_rather_than_half_of_it(text: str) -> None:
    assert find_in(text) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("torsdag og fredag kl. 8", [at(11, 8), at(12, 8)]),
        ("man+ons kl. 8", [at(15, 8), at(10, 8)]),
        ("lø/sø kl. 10-12", [at(13, 10), at(14, 10)]),
        ("ti+to kl. 8", [at(16, 8), at(11, 8)]),
        ("ma, on og fr kl. 8", [at(15, 8), at(10, 8), at(12, 8)]),
        ("mandag, onsdag og lørdag kl. 9", [at(15, 9), at(10, 9), at(13, 9)]),
        ("fredag kl. 9 og lørdag kl. 14", [at(12, 9), at(13, 14)]),
        ("den 12. og den 14. juni kl. 8", [at(12, 8), at(14, 8)]),
        (
            "1. juli, 12. august og 4. september kl. 10",
            [datetime(2026, 7, 1, 10), datetime(2026, 8, 12, 10), datetime(2026, 9, 4, 10)],
        ),
        ("uge 28 og 30", [date(2026, 7, 6), date(2026, 7, 20)]),
        ("mandag og onsdag i uge 30 kl. 7", [datetime(2026, 7, 20, 7), datetime(2026, 7, 22, 7)]),
        ("ons/tors", [date(2026, 6, 10), date(2026, 6, 11)]),
    ],
)
def test_several_days_are_returned_to_who_asks_for_them(text: str, days: list[object]) -> None:
    result = find_time_phrase(text, now=NOW, language="da", several=True)
    assert result is not None
    assert [when.start for when in result.when.several] == days
    assert (result.when.start, result.when.end) == (None, None)


@pytest.mark.parametrize("text", ["torsdag og fredag kl. 8", "mandag og onsdag", "ons/tors", "uge 28 og 30"])
def test_several_days_are_an_error_for_who_does_not_ask_for_them(text: str) -> None:
    result = find_time_phrase(f"bane 1 {text}, tak", now=NOW, language="da")
    assert result is not None
    assert (result.when.start, result.when.several) == (None, ())
    assert result.when.error is not None
    assert (result.when.error.key, result.when.error.values) == ("when-several", {"said": text})


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("hver fredag kl. 9 til 1. oktober undtagen skoleferier", "da", "undtagen skoleferier"),
        ("hver fredag undtagen når vi spiller, tak", "da", "undtagen når vi spiller"),
        ("every friday at 9 except school holidays", "en", "except school holidays"),
    ],
)
def test_unread_exception_is_named_in_an_error(text: str, language: str, said: str) -> None:
    result = find_time_phrase(text, now=NOW, language=language)
    assert result is not None
    assert result.when.error is not None
    assert (result.when.error.key, result.when.error.values) == ("when-unread", {"said": said})


@pytest.mark.parametrize("text", ["the first friday at 9", "last at 9 on friday", "sunday at 9.30, 14 at the latest"])
def test_find_nothing_rather_than_half_of_it_in_english(text: str) -> None:
    assert find_in(text, "en") is None


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("mandag og onsdag kl. 9", [at(15, 9), at(10, 9)], [at(15, 9), at(17, 9)]),
        ("mandag og tirsdag kl. 9", [at(15, 9), at(16, 9)], None),
    ],
)
def test_weekdays_that_may_be_in_two_weeks_are_asked_about(text: str, first: list[object], second: object) -> None:
    result = find_time_phrase(text, now=NOW, language="da", several=True)
    assert result is not None
    assert [when.start for when in result.when.several] == first
    others = [[when.start for when in other.several] for other in result.when.alternatives]
    assert others == ([second] if second else [])


@pytest.mark.parametrize("text", ["we sat down", "the sun is out", "you may come", "march on", "pitch 12 to 14 holes"])
def test_find_nothing_in_english(text: str) -> None:
    assert find_in(text, "en") is None


def test_find_english_in_danish_gives_nothing() -> None:
    assert find_in("tomorrow at noon") is None


def test_find_error_with_its_place() -> None:
    result = find_time_phrase("slåning 31. juni på bane 1", now=NOW, language="da")
    assert result is not None
    assert result.when.error is not None
    assert (result.when.error.key, result.char_ranges) == ("when-no-such-date", ((8, 16),))


@pytest.mark.parametrize(
    ("text", "language", "meant"),
    [
        ("freedag", "da", "fredag"),
        ("tirsdga kl. 9", "da", "tirsdag"),
        ("kom på freedag kl 14", "da", "fredag"),
        ("lrødag formiddag", "da", "lørdag"),
        ("12. agust kl. 9", "da", "august"),
        ("2. jli kl. 8", "da", "juli"),
        ("i mogren kl. 9", "da", "morgen"),
        ("fredag aftn kl. 8", "da", "aften"),
        ("hvr fredag", "da", "hver"),
        ("inen fredag", "da", "inden"),
        ("hver fredag undtgaen uge 29", "da", "undtagen"),
        ("hver fredag 10 gnage", "da", "gange"),
        ("firday at 14:00", "en", "Friday"),
        ("wensday 9am", "en", "Wednesday"),
        ("evry friday", "en", "every"),
        ("friday aftrenoon", "en", "afternoon"),
    ],
)
def test_misspelling_is_asked_about_and_never_guessed(text: str, language: str, meant: str) -> None:
    result = find_time_phrase(text, now=NOW, language=language)
    assert result is not None
    assert result.when.error is not None
    assert (result.when.error.key, result.when.error.values["meant"]) == ("when-slip", meant)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("jeg har fridag på fredag", FRIDAY),
        ("Morten kommer fredag", FRIDAY),
        ("Frida kommer fredag", FRIDAY),
        ("vi ses fredag", FRIDAY),
        ("i hvert fald fredag", FRIDAY),
        ("ovre på bane 2 fredag", FRIDAY),
        ("hvem tager fredag?", FRIDAY),
        ("inde i hallen fredag", FRIDAY),
        ("det passer næsten altid fredag", FRIDAY),
        ("medlem fredag", FRIDAY),
        ("aftalen fredag", FRIDAY),
    ],
)
def test_words_similar_to_words_about_time_are_no_misspellings(text: str, start: date) -> None:
    result = find_time_phrase(text, now=NOW, language="da")
    assert result is not None
    assert result.when.start == start


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Friday at 14:00", at(12, 14)),
        ("fredag kl. 14", at(12, 14)),
        ("12. oktober", date(2026, 10, 12)),
        ("bane 1 Mon, Aug 3", date(2026, 8, 3)),
    ],
)
def test_language_that_knows_most_words_finds_the_time(text: str, start: object) -> None:
    result = find_time_in_languages(text, now=NOW, languages=("da", "en"))
    assert result is not None
    assert result.when.start == start


@pytest.mark.parametrize(
    "text",
    [
        "ikke 12/6",
        "efter 12/6",
        "fra mandag 9/11",
        "fra og med mandag d. 9/11",
        "omkring 1. november",
        "tidligst 1. november",
        "fra midt i november til april",
        "om nogle dage 12/6",
        "hver første fredag 17/7",
        "from monday 9/11",
        "around 1. november",
        "not before 12/6",
    ],
)
def test_other_language_does_not_find_half_of_a_time(text: str) -> None:
    assert find_time_in_languages(text, now=NOW, languages=("da", "en")) is None


def test_error_in_the_language_that_knows_most_words_is_told() -> None:
    text = "hver fredag kl. 9 til 1. oktober undtagen møder"
    result = find_time_in_languages(text, now=NOW, languages=("da", "en"))
    assert result is not None
    assert result.when.error is not None
    assert result.when.error.key == "when-unread"


@pytest.mark.parametrize("word", ["dårligt", "ærligt", "sået", "ændret", "ligge", "førte"])
def test_word_that_is_spelled_right_is_no_misspelling_of_a_word_about_time(word: str) -> None:
    assert find_in(f"fredag {word}") == (FRIDAY, None, ["fredag"])
