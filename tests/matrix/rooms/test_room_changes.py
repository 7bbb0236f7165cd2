"""Changes of a room are read from any events, and explained in sentences."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matrix.rooms.room_changes import (
    CHANGE_TYPES,
    RoomChange,
    confirms_replacement,
    explain_change,
    find_changes,
    find_removal,
    read_tombstone,
)

ROOM, ME, ANNA = "!room:example.org", "@bylaug:example.org", "@anna:example.org"
UPGRADED = RoomChange(ROOM, "replaced", sender=ANNA, replacement_room="!new", event_id="$t")


def event(kind: str, content: Any, key: str = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, "state_key": key, "content": content, "sender": ANNA, "event_id": "$t", **more}


@pytest.mark.parametrize(
    ("sent_event", "changes"),
    [
        (event("m.room.tombstone", {"replacement_room": "!new"}), [UPGRADED]),
        (event("m.room.power_levels", {}), [RoomChange(ROOM, "rules")]),
        (event("m.room.power_levels", {}, unsigned={"membership": "leave"}), []),
        (event("m.room.tombstone", {"replacement_room": "!new"}, key="x"), []),
        (event("m.room.topic", {}), []),
    ],
)
def test_changes_of_an_event(sent_event: dict[str, Any], changes: list[RoomChange]) -> None:
    assert find_changes(ROOM, [sent_event]) == changes


@pytest.mark.parametrize("replacement_room", [None, "", "new", 7, "!new\nFATAL all is lost", "!" + "x" * 300])
def test_a_tombstone_without_a_usable_room_is_rejected(replacement_room: Any) -> None:
    change = read_tombstone(ROOM, event("m.room.tombstone", {"replacement_room": replacement_room}))
    assert (change.kind, change.replacement_room) == ("astray", "")


@pytest.mark.parametrize(
    ("content", "sender", "kind", "reason"),
    [
        ({"membership": "leave", "reason": "larm\nog mere"}, ANNA, "removed", "larm og mere"),
        ({"membership": "ban"}, ANNA, "banned", ""),
        ({"membership": "ban", "reason": 7}, ANNA, "banned", ""),
        ({"membership": "leave"}, ME, "left", ""),
    ],
)
def test_why_the_bot_is_out(content: dict[str, Any], sender: str, kind: str, reason: str) -> None:
    own_event = event("m.room.member", content, key=ME, sender=sender)
    other = event("m.room.member", {"membership": "leave"}, key=ANNA)
    found = find_removal(ROOM, [own_event, other], ME)
    assert (found.kind, found.sender, found.reason) == (kind, "" if kind == "left" else sender, reason)


def test_without_an_event_the_bot_has_left() -> None:
    assert find_removal(ROOM, [], ME) == RoomChange(ROOM, "left")


@pytest.mark.parametrize(
    ("create", "is_confirmed"),
    [
        (event("m.room.create", {"predecessor": {"room_id": ROOM}}), True),
        (event("m.room.create", {"predecessor": {"room_id": ROOM}}, sender=ME), False),
        (event("m.room.create", {"predecessor": {"room_id": "!other"}}), False),
        (event("m.room.create", {"predecessor": ROOM}), False),
        (event("m.room.create", {}), False),
        ({}, False),
    ],
)
def test_a_replacement_names_its_predecessor_and_has_its_sender(create: dict[str, Any], is_confirmed: bool) -> None:
    assert confirms_replacement(create, UPGRADED) is is_confirmed


_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(ME),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("membership"), inner),
    max_leaves=6,
)
_events = st.fixed_dictionaries(
    {"type": st.sampled_from(CHANGE_TYPES) | _json, "state_key": st.sampled_from(["", ME]) | _json},
    optional={"content": _json, "sender": _json, "unsigned": _json, "event_id": _json},
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_events | _json, max_size=3))
def test_any_change_is_one_line_for_the_administrator(events: list[Any]) -> None:
    for change in [*find_changes(ROOM, events), find_removal(ROOM, events, ME)]:
        assert explain_change(change).count("\n") == 0
