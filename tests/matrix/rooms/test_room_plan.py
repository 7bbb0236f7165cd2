"""The plan of a community's room, and when its fingerprint changes."""

import pytest
from sample_community import make_community

from bot.matrix.address import room_address, room_id
from bot.matrix.rooms.plan import is_local_alias, plan_room


def test_plan_a_public_room() -> None:
    room_plan = plan_room(make_community(topic="Baner", access="public"))
    assert room_plan.create["preset"] == "public_chat"
    assert room_plan.create["room_alias_name"] == "landsby"
    assert room_plan.state == {"m.room.name": {"name": "Landsbyen"}, "m.room.topic": {"topic": "Baner"}}
    assert room_plan.people == (
        "@klub:example.org",
        "@rival:example.org",
        "@firma:example.org",
        "@formand:example.org",
    )


def test_plan_an_invited_room_known_by_its_id() -> None:
    room_plan = plan_room(make_community(room="!abc:example.org"))
    assert room_plan.create["preset"] == "private_chat"
    assert "room_alias_name" not in room_plan.create
    assert room_plan.create["initial_state"][0]["content"] == {"join_rule": "invite"}


def test_fingerprint_changes_with_what_people_see_and_with_nothing_else() -> None:
    first = plan_room(make_community()).fingerprint
    assert plan_room(make_community(greeting="Velkommen", language="en")).fingerprint == first
    changed = [
        make_community(topic="ny"),
        make_community(name="ny"),
        make_community(people=make_community().people[:1]),
    ]
    assert len({first, *(plan_room(community).fingerprint for community in changed)}) == 4


@pytest.mark.parametrize(
    ("room", "is_local"),
    [("#a:example.org", True), ("#a:other.org", False), ("!a:example.org", False), ("#a:example.org:8448", False)],
)
def test_only_an_alias_of_the_own_homeserver_can_be_created(room: str, is_local: bool) -> None:
    assert is_local_alias(room, "@bylaug:example.org") is is_local


@pytest.mark.parametrize("room", ["!abc:example.org", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM", "!a/b?c:x.org"])
def test_a_room_id_is_the_same_after_conversion_to_a_place_and_back(room: str) -> None:
    assert room_id(room_address(room)) == room


def test_a_room_for_one_homeserver_is_never_federated() -> None:
    room_plan = plan_room(make_community(server="example.org", servers=("example.org",)))
    assert room_plan.create["creation_content"] == {"m.federate": False}
    assert room_plan.state["m.room.server_acl"] == {"allow": ["example.org"], "deny": [], "allow_ip_literals": False}


def test_a_room_for_several_homeservers_is_federated() -> None:
    room_plan = plan_room(make_community(server="example.org:8448", servers=("example.org:8448", "firma.example")))
    assert "creation_content" not in room_plan.create
    assert room_plan.state["m.room.server_acl"]["allow"] == ["example.org", "firma.example"]


def test_a_room_without_a_list_of_homeservers_keeps_the_acl_it_has() -> None:
    assert "m.room.server_acl" not in plan_room(make_community()).state
