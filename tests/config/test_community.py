"""A community answers who somebody is and what a key stands for."""

from datetime import timedelta

from bot.config.community import Community, Person, Task, Thing

ANNA = Person("anna", "Anna", ("matrix:u/anna:x.org", "matrix:u/anna2:x.org"), frozenset({"club", "steward"}))
BENT = Person("bent", "Bent", ("mailto:bent@x.org",), frozenset({"contractor"}))
MOWING = Task("slåning", "slåning", ("slå",), timedelta(hours=2), "contractor")
PITCH = Thing("bane-1", "bane 1", ("b1",))
VILLAGE = Community("skovby", "Skovby", "#x:x.org", people=(ANNA, BENT), things=(PITCH,), tasks=(MOWING,))


def test_person_at_any_of_the_addresses_is_found():
    assert [VILLAGE.person_at(address) for address in (*ANNA.addresses, *BENT.addresses)] == [ANNA, ANNA, BENT]


def test_person_at_unknown_address_is_none():
    assert VILLAGE.person_at("matrix:u/carl:x.org") is None


def test_roles_at_unknown_address_are_those_of_a_resident():
    assert VILLAGE.roles_at("matrix:u/carl:x.org") == {"resident"}
    assert VILLAGE.roles_at("mailto:bent@x.org") == {"contractor"}


def test_people_with_role_keep_their_order():
    assert VILLAGE.people_with("steward") == (ANNA,)
    assert VILLAGE.people_with("resident") == ()


def test_keys_lead_to_their_parts():
    assert (VILLAGE.person("bent"), VILLAGE.thing("bane-1"), VILLAGE.task("slåning")) == (BENT, PITCH, MOWING)
    assert (VILLAGE.person("x"), VILLAGE.thing("bane 1"), VILLAGE.task("slå")) == (None, None, None)


def test_equal_communities_compare_and_hash_alike():
    twin = Community("skovby", "Skovby", "#x:x.org", people=(ANNA, BENT), things=(PITCH,), tasks=(MOWING,))
    assert VILLAGE.person_at("mailto:bent@x.org") == BENT
    assert twin == VILLAGE
    assert hash(twin) == hash(VILLAGE)
