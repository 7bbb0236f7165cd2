"""What a room's power levels allow: by a table, for any JSON, and compared with a real homeserver."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_setup import LiveSetup, MatrixUser

from bot.matrix.client import MatrixError
from bot.matrix.rooms.power_levels import PowerLevels

CREATOR, SECOND, ANNA = "@maker:example.org", "@second:example.org", "@anna:example.org"


def create_event(version: str | None, **content: Any) -> dict[str, Any]:
    version_content = {"room_version": version} if version else {}
    return {"sender": CREATOR, "content": {**version_content, **content}}


V1, V9, V10 = (create_event(version, creator=CREATOR) for version in (None, "9", "10"))
V11, V12 = create_event("11"), create_event("12", additional_creators=[SECOND])


@pytest.mark.parametrize(
    ("create", "levels", "user", "power"),
    [
        (V1, None, CREATOR, 100),
        (V1, None, ANNA, 0),
        (V11, None, CREATOR, 100),
        (V12, None, CREATOR, math.inf),
        (V12, None, SECOND, math.inf),
        (V12, None, ANNA, 0),
        (V12, {"users": {ANNA: 100}}, CREATOR, math.inf),
        (V12, {"users": {CREATOR: 0}}, CREATOR, math.inf),
        (create_event("11", additional_creators=[SECOND]), None, SECOND, 0),
        (create_event("13"), {}, CREATOR, math.inf),
        (create_event("org.matrix.hydra.11"), {}, CREATOR, math.inf),
        (create_event("com.example.new"), {}, CREATOR, 0),
        (V11, {}, CREATOR, 0),
        (V11, {"users": {ANNA: 50}}, ANNA, 50),
        (V11, {"users_default": 7}, ANNA, 7),
        (V11, {"users_default": 7, "users": {ANNA: -1}}, ANNA, -1),
        (V9, {"users": {ANNA: " +50 "}}, ANNA, 50),
        (V9, {"users": {ANNA: "fifty"}, "users_default": "3"}, ANNA, 3),
        (V10, {"users": {ANNA: "50"}}, ANNA, 0),
        (V1, {"users": {ANNA: 49.9}}, ANNA, 49),
        (V11, {"users": {ANNA: True}}, ANNA, 0),
        (V11, {"users": [ANNA]}, ANNA, 0),
        (create_event("10", creator=ANNA), None, ANNA, 100),
        (create_event("10", creator=ANNA), None, CREATOR, 0),
    ],
)
def test_level_of_a_user(create: dict[str, Any], levels: dict[str, Any] | None, user: str, power: float) -> None:
    assert PowerLevels(create, levels).level_of(user) == power


@pytest.mark.parametrize(
    ("levels", "message", "state", "invite", "redact"),
    [
        (None, True, True, True, False),
        ({}, True, False, True, False),
        ({"events_default": 50}, False, False, True, False),
        ({"events_default": 50, "events": {"m.room.message": 0}}, True, False, True, False),
        ({"events": {"m.room.topic": 0}}, True, True, True, False),
        ({"state_default": 0}, True, True, True, False),
        ({"invite": 50}, True, False, False, False),
        ({"redact": 0}, True, False, True, True),
        ({"redact": 0, "events": {"m.room.redaction": 50}}, True, False, True, False),
        ({"users_default": 50}, True, True, True, True),
    ],
)
def test_what_a_user_without_a_level_of_their_own_may_do(
    levels: dict[str, Any] | None, message: bool, state: bool, invite: bool, redact: bool
) -> None:
    power = PowerLevels(V11, levels)
    may = [power.may_send(ANNA, "m.room.message"), power.may_send(ANNA, "m.room.topic", state=True)]
    assert [*may, power.may_invite(ANNA), power.may_redact(ANNA)] == [message, state, invite, redact]


_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
_keys = st.sampled_from(["users", "users_default", "events", "events_default", "state_default", "invite", "redact"])
_levels = st.dictionaries(_keys, _json | st.dictionaries(st.sampled_from([ANNA, "m.room.message"]), _json))
_creates = st.fixed_dictionaries(
    {"sender": _json, "content": _json | st.fixed_dictionaries({"room_version": _json | st.sampled_from(["1", "12"])})}
)


@given(_creates, st.none() | _levels)
def test_any_json_is_read_without_an_error(create: Any, levels: Any) -> None:
    power = PowerLevels(create, levels)
    assert power.may_send(ANNA, "m.room.message") is (power.level_of(ANNA) >= power.level_required("m.room.message"))
    assert power.may_invite(ANNA) in (True, False)
    assert power.may_redact(ANNA) in (True, False)


@given(_levels)
def test_creators_of_version_12_may_do_everything(levels: Any) -> None:
    power = PowerLevels(V12, levels)
    assert power.may_send(SECOND, "m.room.tombstone", state=True) is True
    assert (power.may_invite(CREATOR), power.may_redact(CREATOR)) == (True, True)


@pytest.mark.parametrize("version", ["10", "12"])
async def test_the_homeserver_allows_what_is_computed(live: LiveSetup, version: str) -> None:
    """The creator, an additional creator, a moderator and a user each try; the homeserver answers as expected."""
    people = [await live.add_user(name) for name in ("maker", "second", "moderator", "anna")]
    maker, second, moderator, _ = people
    creation = {"additional_creators": [second.user_id]} if version == "12" else {}
    levels = {"events_default": 5, "users": {moderator.user_id: 50}, "events": {"m.room.topic": 60}, "invite": 50}
    room = await maker.create_room(room_version=version, creation_content=creation)
    before = (await maker.state(room))["m.room.power_levels", ""][1]
    levels["users"] = before["users"] | levels["users"]
    for person in people[1:]:
        await person.join(room)
    path = ("rooms", room, "state", "m.room.power_levels", "")
    await maker.client.call("PUT", *path, body=before | levels)
    power = PowerLevels(await _create_event(maker, room), (await maker.state(room))["m.room.power_levels", ""][1])
    for person in people:
        expected = (
            power.may_send(person.user_id, "m.room.message"),
            power.may_send(person.user_id, "m.room.topic", state=True),
            power.may_invite(person.user_id),
        )
        assert await _try(person, room, f"@nobody-{person.user_id[1:]}") == expected
    above = math.inf if version == "12" else 0
    assert [power.level_of(person.user_id) for person in people[1:]] == [above, 50, 0]


async def _create_event(user: MatrixUser, room: str) -> dict[str, Any]:
    return await user.client.call("GET", "rooms", room, "state", "m.room.create", "", query={"format": "event"})


async def _try(user: MatrixUser, room: str, guest: str) -> tuple[bool, ...]:
    body = {"msgtype": "m.text", "body": "hej"}
    return (
        await _is_allowed(user, "PUT", "rooms", room, "send", "m.room.message", "1", body=body),
        await _is_allowed(user, "PUT", "rooms", room, "state", "m.room.topic", "", body={"topic": user.user_id}),
        await _is_allowed(user, "POST", "rooms", room, "invite", body={"user_id": guest}),
    )


async def _is_allowed(user: MatrixUser, method: str, *path: str, body: dict[str, Any]) -> bool:
    try:
        await user.client.call(method, *path, body=body)
    except MatrixError as error:
        if error.code != "M_FORBIDDEN":
            raise
        return False
    return True
