"""What a community's room should look like: pure, and compared by fingerprint with what was last carried out."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from bot.config.community import Community
from bot.matrix.address import user_id

#: Says that a room is encrypted, and how. What says so once cannot be taken back (specification, "m.room.encryption").
ENCRYPTION = "m.room.encryption"

_PRESET = {"public": "public_chat", "invited": "private_chat"}
_PORT = re.compile(r":\d+\Z")
_JOIN_RULE = {"public": "public", "invited": "invite"}


@dataclass(frozen=True)
class Plan:
    """A room: how to make it, the state it should have, and who belongs in it (user ids)."""

    create: dict[str, Any]
    state: dict[str, dict[str, Any]]
    people: tuple[str, ...]
    fingerprint: str


def plan(community: Community) -> Plan:
    """What the YAML asks for."""
    state: dict[str, dict[str, Any]] = {"m.room.name": {"name": community.name}}
    if community.topic:
        state["m.room.topic"] = {"topic": community.topic}
    if community.servers is not None:
        state["m.room.server_acl"] = _access_list(community.servers)
    if community.encrypted:
        state[ENCRYPTION] = {"algorithm": "m.megolm.v1.aes-sha2"}
    people = tuple(user for person in community.people for a in person.addresses if (user := user_id(a)))
    create: dict[str, Any] = {
        "preset": _PRESET[community.access],
        "visibility": "private",
        "name": community.name,
        "initial_state": [
            {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": _JOIN_RULE[community.access]}}
        ],
    }
    if community.topic:
        create["topic"] = community.topic
    if community.encrypted:
        create["initial_state"].append({"type": ENCRYPTION, "state_key": "", "content": state[ENCRYPTION]})
    if community.servers is not None and set(community.servers) == {community.server}:
        create["creation_content"] = {"m.federate": False}  # can never be changed, so only where it was asked for
    if community.room.startswith("#"):
        create["room_alias_name"] = community.room[1:].partition(":")[0]
    described = json.dumps([state, people], sort_keys=True)
    return Plan(create, state, people, hashlib.sha256(described.encode()).hexdigest()[:16])


def _access_list(servers: tuple[str, ...]) -> dict[str, Any]:
    """Who may take part in the room; other homeservers enforce it, too (client-server API, "m.room.server_acl").

    Entries have no ports, and one that leaves out our own server would shut us out.
    """
    names = sorted({_PORT.sub("", server) for server in servers})
    return {"allow": names, "deny": [], "allow_ip_literals": any(name.startswith("[") for name in names)}


def is_ours(room: str, account: str) -> bool:
    """Whether an alias lives on our homeserver, so that we can make its room."""
    return room.startswith("#") and room.partition(":")[2] == account.partition(":")[2]
