"""Computes what a community's room should look like, from its YAML. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.config.community import Community
from bot.matrix.address import user_id
from bot.matrix.event_types import MEGOLM, ROOM_ENCRYPTION

_PRESETS = {"public": "public_chat", "invited": "private_chat"}
_JOIN_RULES = {"public": "public", "invited": "invite"}
_PORT = re.compile(r":\d+\Z")

#: The types of state events that a plan may have.
PLANNED_TYPES = ("m.room.name", "m.room.topic", "m.room.server_acl", ROOM_ENCRYPTION)


@dataclass(frozen=True)
class RoomPlan:
    """The room that the YAML describes.

    `create` is the body of `createRoom`, `state` the content of state events by type, `people` the user ids to invite.
    `fingerprint` changes when the state or the people change, which shows whether the room has to be updated.
    """

    create: dict[str, Any]
    state: dict[str, dict[str, Any]]
    people: tuple[str, ...]
    fingerprint: str

    def is_shown_by(self, state: Mapping[str, dict[str, Any]]) -> bool:
        """Whether a room with these contents of state events, by type, needs no update."""
        return not self.people and all(state.get(event_type) == content for event_type, content in self.state.items())


def plan_room(community: Community) -> RoomPlan:
    """Return the plan of the room that the YAML of a community describes."""
    state: dict[str, dict[str, Any]] = {"m.room.name": {"name": community.name}}
    if community.topic:
        state["m.room.topic"] = {"topic": community.topic}
    if community.servers is not None:
        state["m.room.server_acl"] = _server_acl(community.servers)
    if community.encrypted:
        state[ROOM_ENCRYPTION] = {"algorithm": MEGOLM}
    people = tuple(user for person in community.people for address in person.addresses if (user := user_id(address)))
    create: dict[str, Any] = {
        "preset": _PRESETS[community.access],
        "visibility": "private",
        "name": community.name,
        "initial_state": [
            {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": _JOIN_RULES[community.access]}}
        ],
    }
    if community.topic:
        create["topic"] = community.topic
    if community.encrypted:
        create["initial_state"].append({"type": ROOM_ENCRYPTION, "state_key": "", "content": state[ROOM_ENCRYPTION]})
    if community.servers is not None and set(community.servers) == {community.server}:
        create["creation_content"] = {"m.federate": False}  # cannot be changed later, so only on request
    if community.room.startswith("#"):
        create["room_alias_name"] = community.room[1:].partition(":")[0]
    described = json.dumps([state, people], sort_keys=True)
    return RoomPlan(create, state, people, hashlib.sha256(described.encode()).hexdigest()[:16])


def _server_acl(servers: tuple[str, ...]) -> dict[str, Any]:
    """Return which homeservers may take part. Every homeserver enforces it (client-server API, "m.room.server_acl").

    Entries have no ports. A list without the bot's own homeserver would lock the bot out.
    """
    names = sorted({_PORT.sub("", server) for server in servers})
    return {"allow": names, "deny": [], "allow_ip_literals": any(name.startswith("[") for name in names)}


def is_local_alias(room: str, account: str) -> bool:
    """Whether this is an alias on the account's own homeserver, where the bot can create its room."""
    return room.startswith("#") and room.partition(":")[2] == account.partition(":")[2]
