"""News of a room is read from whatever events there are, and said in sentences."""

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
    ("heard", "news"),
    [
        (event("m.room.tombstone", {"replacement_room": "!new"}), [UPGRADED]),
        (event("m.room.power_levels", {}), [RoomChange(ROOM, "rules")]),
        (event("m.room.power_levels", {}, unsigned={"membership": "leave"}), []),
        (event("m.room.tombstone", {"replacement_room": "!new"}, key="x"), []),
        (event("m.room.topic", {}), []),
    ],
)
def test_news_of_an_event(heard: dict[str, Any], news: list[RoomChange]) -> None:
    assert find_changes(ROOM, [heard]) == news


@pytest.mark.parametrize("to", [None, "", "new", 7, "!new\nFATAL all is lost", "!" + "x" * 300])
def test_a_room_that_leads_nowhere_is_not_followed(to: Any) -> None:
    news = read_tombstone(ROOM, event("m.room.tombstone", {"replacement_room": to}))
    assert (news.kind, news.replacement_room) == ("astray", "")


@pytest.mark.parametrize(
    ("content", "by", "what", "why"),
    [
        ({"membership": "leave", "reason": "larm\nog mere"}, ANNA, "removed", "larm og mere"),
        ({"membership": "ban"}, ANNA, "banned", ""),
        ({"membership": "ban", "reason": 7}, ANNA, "banned", ""),
        ({"membership": "leave"}, ME, "left", ""),
    ],
)
def test_why_we_are_no_longer_there(content: dict[str, Any], by: str, what: str, why: str) -> None:
    ours = event("m.room.member", content, key=ME, sender=by)
    other = event("m.room.member", {"membership": "leave"}, key=ANNA)
    found = find_removal(ROOM, [ours, other], ME)
    assert (found.kind, found.sender, found.reason) == (what, "" if what == "left" else by, why)


def test_without_an_event_we_have_left() -> None:
    assert find_removal(ROOM, [], ME) == RoomChange(ROOM, "left")


@pytest.mark.parametrize(
    ("create", "right"),
    [
        (event("m.room.create", {"predecessor": {"room_id": ROOM}}), True),
        (event("m.room.create", {"predecessor": {"room_id": ROOM}}, sender=ME), False),
        (event("m.room.create", {"predecessor": {"room_id": "!other"}}), False),
        (event("m.room.create", {"predecessor": ROOM}), False),
        (event("m.room.create", {}), False),
        ({}, False),
    ],
)
def test_a_successor_points_back_and_was_made_by_the_same(create: dict[str, Any], right: bool) -> None:
    assert confirms_replacement(create, UPGRADED) is right


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
def test_whatever_comes_it_is_one_line_for_the_caretaker(events: list[Any]) -> None:
    for news in [*find_changes(ROOM, events), find_removal(ROOM, events, ME)]:
        assert explain_change(news).count("\n") == 0
