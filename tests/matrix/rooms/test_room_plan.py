"""What a community's room should look like, and when that has changed."""

import pytest
from sample_community import make_community

from bot.matrix.address import room_address, room_id
from bot.matrix.rooms.plan import is_local_alias, plan_room


def test_plan_a_public_room() -> None:
    wanted = plan_room(make_community(topic="Baner", access="public"))
    assert wanted.create["preset"] == "public_chat"
    assert wanted.create["room_alias_name"] == "landsby"
    assert wanted.state == {"m.room.name": {"name": "Landsbyen"}, "m.room.topic": {"topic": "Baner"}}
    assert wanted.people == (
        "@klub:example.org",
        "@rival:example.org",
        "@firma:example.org",
        "@formand:example.org",
    )


def test_plan_an_invited_room_known_by_its_id() -> None:
    wanted = plan_room(make_community(room="!abc:example.org"))
    assert wanted.create["preset"] == "private_chat"
    assert "room_alias_name" not in wanted.create
    assert wanted.create["initial_state"][0]["content"] == {"join_rule": "invite"}


def test_plan_has_another_fingerprint_when_people_see_a_change_and_the_same_when_not() -> None:
    first = plan_room(make_community()).fingerprint
    assert plan_room(make_community(greeting="Velkommen", language="en")).fingerprint == first
    changed = [
        make_community(topic="ny"),
        make_community(name="ny"),
        make_community(people=make_community().people[:1]),
    ]
    assert len({first, *(plan_room(one).fingerprint for one in changed)}) == 4


@pytest.mark.parametrize(
    ("room", "ours"),
    [("#a:example.org", True), ("#a:other.org", False), ("!a:example.org", False), ("#a:example.org:8448", False)],
)
def test_only_an_alias_on_our_server_can_be_made(room: str, ours: bool) -> None:
    assert is_local_alias(room, "@bylaug:example.org") is ours


@pytest.mark.parametrize("room", ["!abc:example.org", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM", "!a/b?c:x.org"])
def test_a_room_has_an_address_and_back(room: str) -> None:
    assert room_id(room_address(room)) == room


def test_a_room_for_our_own_people_alone_is_never_federated() -> None:
    closed = plan_room(make_community(server="example.org", servers=("example.org",)))
    assert closed.create["creation_content"] == {"m.federate": False}
    assert closed.state["m.room.server_acl"] == {"allow": ["example.org"], "deny": [], "allow_ip_literals": False}


def test_a_room_for_some_homeservers_is_federated_with_those() -> None:
    some = plan_room(make_community(server="example.org:8448", servers=("example.org:8448", "firma.example")))
    assert "creation_content" not in some.create
    assert some.state["m.room.server_acl"]["allow"] == ["example.org", "firma.example"]


def test_an_open_room_keeps_the_access_list_it_has() -> None:
    assert "m.room.server_acl" not in plan_room(make_community()).state
