"""The sentence about an unknown word names the closest word, or else all known ones."""

from functools import partial

from bot import suggest
from bot.config.suggest import MIN_SIMILARITY, describe_unknown

find_closest = partial(suggest.find_closest, min_similarity=MIN_SIMILARITY)


def test_nearest_forgives_slips_and_case():
    assert [find_closest(word, ["tasks", "things"]) for word in ("taskss", "TASK", "thigns")] == [
        "tasks",
        "tasks",
        "things",
    ]


def test_nearest_of_nothing_alike_is_none():
    assert find_closest("xyz", ["tasks", "things"]) is None
    assert find_closest("xyz", []) is None


def test_unknown_names_the_near_miss():
    assert describe_unknown("key", "taskss", ["tasks"]) == "unknown key 'taskss', did you mean 'tasks'?"


def test_unknown_without_near_miss_lists_what_is_known():
    assert describe_unknown("role", "xyz", ["club", "steward"]) == "unknown role 'xyz', expected one of: club, steward"
    assert describe_unknown("feature", "xyz", []) == "unknown feature 'xyz'"
