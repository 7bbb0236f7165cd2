"""Folded words are the same however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing.normalise import fold, without_danish_letters


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Lørdag", "loerdag"),
        ("loerdag", "loerdag"),
        ("LÖRDAG", "loerdag"),
        ("på", "paa"),
        ("pa\u030a", "paa"),
        ("én", "en"),
        ("New Year’s", "new years"),
        ("Pæn", "paen"),
    ],
)
def test_fold_letters(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_bare_word_has_lost_its_danish_letters() -> None:
    assert without_danish_letters(fold("lørdag")) == "lordag"
    assert without_danish_letters(fold("på")) == "pa"


@given(st.text())
def test_fold_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
