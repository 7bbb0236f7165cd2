"""A community finds its people by address and its things and tasks by key."""

from datetime import timedelta

from bot.config.community import Community, Person, Task, Thing

ANNA = Person("anna", "Anna", ("matrix:u/anna:x.org", "matrix:u/anna2:x.org"), frozenset({"club", "steward"}))
BENT = Person("bent", "Bent", ("mailto:bent@x.org",), frozenset({"contractor"}))
MOWING = Task("slåning", "slåning", ("slå",), timedelta(hours=2), "contractor")
PITCH = Thing("bane-1", "bane 1", ("b1",))
COMMUNITY = Community("skovby", "Skovby", "#x:x.org", people=(ANNA, BENT), things=(PITCH,), tasks=(MOWING,))


def test_person_at_any_of_the_addresses_is_found():
    assert [COMMUNITY.person_at(address) for address in (*ANNA.addresses, *BENT.addresses)] == [ANNA, ANNA, BENT]


def test_person_at_unknown_address_is_none():
    assert COMMUNITY.person_at("matrix:u/carl:x.org") is None


def test_roles_at_unknown_address_are_those_of_a_resident():
    assert COMMUNITY.roles_at("matrix:u/carl:x.org") == {"resident"}
    assert COMMUNITY.roles_at("mailto:bent@x.org") == {"contractor"}


def test_people_with_role_keep_their_order():
    assert COMMUNITY.people_with("steward") == (ANNA,)
    assert COMMUNITY.people_with("resident") == ()


def test_things_and_tasks_are_found_by_key():
    assert (COMMUNITY.person("bent"), COMMUNITY.thing("bane-1"), COMMUNITY.task("slåning")) == (BENT, PITCH, MOWING)
    assert (COMMUNITY.person("x"), COMMUNITY.thing("bane 1"), COMMUNITY.task("slå")) == (None, None, None)


def test_equal_communities_compare_and_hash_alike():
    twin = Community("skovby", "Skovby", "#x:x.org", people=(ANNA, BENT), things=(PITCH,), tasks=(MOWING,))
    assert COMMUNITY.person_at("mailto:bent@x.org") == BENT
    assert twin == COMMUNITY
    assert hash(twin) == hash(COMMUNITY)
