"""What the folders of our own languages hold fits what reads it."""

from dataclasses import fields, replace

import pytest

from bot.languages import Language, Phrases, TimeWords, find_language
from bot.languages.time_roles import TIME_ROLES, WITH_VALUE
from bot.parsing.when.resolve.named_days import named_days

LANGUAGES = [find_language(code) for code in ("da", "en")]


#: Roles whose words are the names in a community's file.
OF_COMMUNITY = {"SchoolHoliday", "UnknownSchoolHoliday"}


def test_every_role_has_words_in_one_of_our_languages() -> None:
    assert {role for language in LANGUAGES for role in language.time_words.roles} == TIME_ROLES - OF_COMMUNITY


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_roles_with_a_value_say_it_for_each_word(language: Language) -> None:
    roles = language.time_words.roles
    assert {role for role, words in roles.items() if not isinstance(words, str)} == WITH_VALUE.keys() & roles.keys()


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_named_days_are_those_that_can_be_computed(language: Language) -> None:
    known = named_days(2026).keys()
    named = language.time_words.roles["NamedDay"]
    assert isinstance(named, dict)
    assert {*named.values(), *language.holidays} <= known


def test_every_kind_of_phrase_is_said_in_one_of_our_languages() -> None:
    silent = [each.name for each in fields(Phrases) if not any(getattr(one.phrases, each.name) for one in LANGUAGES)]
    assert silent == []


def test_role_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="weekdayy"):
        TimeWords({"weekdayy": "fredag"})


def test_language_with_six_weekdays_is_refused() -> None:
    with pytest.raises(ValueError, match="6 weekdays"):
        replace(LANGUAGES[0], weekdays=LANGUAGES[0].weekdays[:6])
