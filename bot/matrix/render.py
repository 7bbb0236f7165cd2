"""Writes a message as Matrix events want it: body, formatted body, mentions, and what it relates to."""

import re
from typing import Any

from bot.matrix.address import user_id
from bot.store.outbox import Outgoing

#: Longest event a homeserver takes is 65,536 bytes, all told (specification, "Size limits"); ours stay well under it.
LONGEST = 20_000

_PERSON = re.compile(r'<a href="(matrix:u/[^"]*)">')


def render(row: Outgoing) -> tuple[str, dict[str, Any]]:
    """The event type and content of an outbox row; what it refers to has been sent."""
    match row.kind:
        case "react":
            relation = {"rel_type": "m.annotation", "event_id": row.target, "key": row.content["key"]}
            return "m.reaction", {"m.relates_to": relation}
        case "edit":
            new = _message(row.content)
            old = {**new, "body": f"* {new['body']}", "formatted_body": f"* {new['formatted_body']}"}
            relation = {"rel_type": "m.replace", "event_id": row.target}
            return "m.room.message", {**old, "m.new_content": new, "m.relates_to": relation}
        case _:
            return "m.room.message", _message(row.content) | _relation(row)


def _message(content: dict[str, Any]) -> dict[str, Any]:
    """A notice says that a bot speaks; but clients never notify of one, so what mentions somebody is a text."""
    users = [user for address in content["notify"] if (user := user_id(address))]
    return {
        "msgtype": "m.text" if users else "m.notice",
        "body": content["plain"][:LONGEST],
        "format": "org.matrix.custom.html",
        "formatted_body": _PERSON.sub(_pill, content["html"]) if len(content["html"]) < LONGEST else content["plain"],
        # Always there, if only empty: without it, clients look for names in the body and notify whom they find.
        "m.mentions": {"user_ids": users} if users else {},
    }


def _pill(link: re.Match[str]) -> str:
    return f'<a href="https://matrix.to/#/{user_id(link.group(1))}">'


def _relation(row: Outgoing) -> dict[str, Any]:
    thread = row.target or row.content.get("thread")
    reply = row.content.get("reply_to")
    if thread:
        inside = {"event_id": reply or thread}
        relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": not reply, "m.in_reply_to": inside}
        return {"m.relates_to": relation}
    return {"m.relates_to": {"m.in_reply_to": {"event_id": reply}}} if reply else {}
