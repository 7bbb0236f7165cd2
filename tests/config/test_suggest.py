"""Near misses are named, far ones get the list."""

from bot.config.suggest import nearest, unknown


def test_nearest_forgives_slips_and_case():
    assert [nearest(word, ["tasks", "things"]) for word in ("taskss", "TASK", "thigns")] == ["tasks", "tasks", "things"]


def test_nearest_of_nothing_alike_is_none():
    assert nearest("xyz", ["tasks", "things"]) is None
    assert nearest("xyz", []) is None


def test_unknown_names_the_near_miss():
    assert unknown("key", "taskss", ["tasks"]) == "unknown key 'taskss', did you mean 'tasks'?"


def test_unknown_without_near_miss_lists_what_is_known():
    assert unknown("role", "xyz", ["club", "steward"]) == "unknown role 'xyz', expected one of: club, steward"
    assert unknown("feature", "xyz", []) == "unknown feature 'xyz'"
