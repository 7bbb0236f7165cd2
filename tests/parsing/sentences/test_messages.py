"""Messages from phones are cleaned; names in lists and times relative to an agreement are read."""

from datetime import datetime

import pytest

from bot.parsing.name_lists import read_names
from bot.parsing.sentences.message import clean_message, name_weekdays
from bot.parsing.sentences.time_shift import Direction, find_time_shift
from bot.parsing.unread_words import Sentence, Vocabulary

NAMES = Vocabulary(enumerate([("bane 1", "b1", "bane et"), ("bane 2", "b2", "bane to"), ("bane 3", "b3"), ("hallen",)]))


@pytest.mark.parametrize(
    "written",
    ["\u200b!book", "\ufeff!book", "！book", "\u2066!book\u2069", "\ufffc!book", "\u00a0!book", "> !aflys 1\n!book"],
)
def test_what_a_phone_adds_is_removed(written: str) -> None:
    assert clean_message(written) == "!book"


def test_letters_are_composed_and_emoji_stay() -> None:
    assert clean_message("sla\u030aning 👩\u200d🌾") == "slåning 👩\u200d🌾"
    assert clean_message("> kun et citat") == "> kun et citat"


def test_a_weekday_loses_its_genitive_and_the_rest_its_place() -> None:
    assert name_weekdays("fredagens slåning", ("da",)) == "fredag    slåning"
    assert name_weekdays("i fredags", ("da",)) == "i fredags"
    assert name_weekdays("friday's mowing", ("en",)) == "friday   mowing"


@pytest.mark.parametrize(
    ("text", "values", "unread"),
    [
        ("bane 1 og 2 slåning", [0, 1], "slåning"),
        ("bane 1-3", [0, 1, 2], ""),
        ("bane 1 til 3 fredag", [0, 1, 2], "fredag"),
        ("både bane 1, bane 2 og hallen", [0, 1, 3], ""),
        ("both bane 1 and the hallen", [0, 3], ""),
        ("alle baner i morgen", [0, 1, 2], "i morgen"),
        ("begge baner", [], "begge baner"),
        ("bane 1 og 9", [0], "og 9"),
        ("bane 1, 2 juli", [0], "2 juli"),
        ("bane 1 og 2 timer", [0], "og 2 timer"),
        ("bane 1 14-16", [0], "14-16"),
        ("ikke noget", [], "ikke noget"),
        ("bane et og to", [0, 1], ""),
        ("bane to og tre i morgen", [1, 2], "i morgen"),
        ("bane 2 og et par timer", [1], "og et par timer"),
        ("bane 1 og to timer", [0], "og to timer"),
        ("banerne 1, 2 og 3 slåning", [0, 1, 2], "slåning"),
        ("bane nr. 1 og 2", [0, 1], ""),
        ("bane 1 samt 2", [0, 1], ""),
        ("bane 1-2-3", [0, 1, 2], ""),
        ("alle baner undtagen bane 2 fredag", [0, 2], "fredag"),
        ("alle baner på nær 1 og 2", [2], ""),
        ("alle baner undtagen hallen", [0, 1, 2], ""),
        ("all banes except bane 3", [0, 1], ""),
        ("alle tre baner", [0, 1, 2], ""),
        ("de tre baner", [0, 1, 2], ""),
        ("alle fire baner", [], "alle fire baner"),
        ("de to baner", [], "de to baner"),
    ],
)
def test_a_list_of_names_is_read(text: str, values: list[int], unread: str) -> None:
    sentence = Sentence(text)
    assert (read_names(sentence, NAMES), sentence.unread_words) == (values, unread)


@pytest.mark.parametrize(
    ("text", "minutes", "days", "direction"),
    [
        ("en halv time tidligere", 30, 0, Direction.EARLIER),
        ("fjorten dage senere", 0, 14, Direction.LATER),
        ("en time frem", 60, 0, Direction.UNCLEAR),
        ("hellere dagen før", 0, 1, Direction.EARLIER),
        ("kan I vente en uge?", 0, 7, Direction.LATER),
        ("en uge", 0, 7, Direction.UNCLEAR),
        ("half an hour later", 30, 0, Direction.LATER),
    ],
)
def test_a_shift_of_a_time_is_read(text: str, minutes: int, days: int, direction: Direction) -> None:
    found = find_time_shift(text, ("da", "en"))
    assert found is not None
    shift = found.shift
    assert (shift.minutes, shift.days, shift.direction) == (minutes, days, direction)


@pytest.mark.parametrize("text", ["om en time", "vi bruger en time på det", "kl. 10", "i en uge"])
def test_no_shift_is_read_where_there_is_none(text: str) -> None:
    assert find_time_shift(text, ("da", "en")) is None


def test_a_shift_moves_a_time_in_its_direction() -> None:
    found = find_time_shift("en time tidligere", ("da",))
    assert found is not None
    assert found.shift.apply(datetime(2026, 6, 12, 14), Direction.EARLIER) == datetime(2026, 6, 12, 13)
