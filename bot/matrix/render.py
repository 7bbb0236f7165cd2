"""Writes a message as Matrix events want it: body, formatted body, mentions, and what it relates to."""

import json
import re
from html import escape, unescape
from typing import Any

from bot.matrix.address import user_id
from bot.store.messages.outbox import OutboxRow

#: The longest event is 65,536 bytes, all told (specification, "Size limits"). Each text may take this many, as JSON;
#: an edit holds four, and room is left for what the homeserver adds.
MAX_TEXT_BYTES = 12_000

_EVERYBODY = re.compile(r"@(?=room\b)", re.I)
_PERSON = re.compile(r'<a href="(matrix:u/[^"]*)">')


def render(row: OutboxRow) -> tuple[str, dict[str, Any]]:
    """The event type and content of an outbox row; what it refers to has been sent."""
    match row.kind:
        case "react":
            relation = {"rel_type": "m.annotation", "event_id": row.target, "key": row.content["key"]}
            return "m.reaction", {"m.relates_to": relation}
        case "edit":
            new = _message(row.content)
            old = {**new, "body": f"* {new['body']}"}
            if "formatted_body" in new:
                old["formatted_body"] = f"* {new['formatted_body']}"
            relation = {"rel_type": "m.replace", "event_id": row.target}
            return "m.room.message", {**old, "m.new_content": new, "m.relates_to": relation}
        case "picture":
            return "m.room.message", _picture(row.content) | _relation(row)
        case _:
            return "m.room.message", _message(row.content) | _relation(row)


def _message(content: dict[str, Any]) -> dict[str, Any]:
    """A notice says that a bot speaks; but clients never notify of one, so what mentions somebody is a text.

    A notice has no `m.mentions`: the rule `.m.rule.suppress_notices` comes before those that look for names in a body
    (client-server API, "Default Override Rules"), and Synapse takes a fifth longer over every message that has one.
    """
    users = [user for address in content["notify"] if (user := user_id(address))]
    message = {"body": _shorten(content["plain"]), **_formatted(content["html"])}
    if not users:
        return {"msgtype": "m.notice", **message}
    return {"msgtype": "m.text", **message, "m.mentions": {"user_ids": users}}


def _picture(content: dict[str, Any]) -> dict[str, Any]:
    """Where the file is comes in when it was uploaded (bot.matrix.pictures). What the picture says is its caption (a
    `body` beside a `filename`; client-server API, "Media captions"), and read out to whoever cannot see it.

    No rule keeps clients from looking for names in this body; `m.mentions` does.
    """
    shown = content["picture"]
    message = _message(content)
    info = {"mimetype": shown["mimetype"], "w": shown["width"], "h": shown["height"], "size": shown["size"]}
    return {"m.mentions": {}, **message, "msgtype": "m.image", "filename": shown["name"], "info": info}


def _formatted(html: str) -> dict[str, str]:
    """Nothing where it is too long: HTML cannot be cut just anywhere, and the plain text says the same."""
    written = _PERSON.sub(_pill, _sound(html))
    if _size(written) > MAX_TEXT_BYTES:
        return {}
    return {"format": "org.matrix.custom.html", "formatted_body": written}


def _shorten(text: str) -> str:
    """As much as an event holds, whole lines where there are any."""
    sound = _sound(text)
    if _size(sound) <= MAX_TEXT_BYTES:
        return sound
    while _size(sound) > MAX_TEXT_BYTES - 10:
        sound = sound[: len(sound) * 9 // 10]
    whole = sound.rpartition("\n")[0] or sound
    return f"{whole}\n…"


def _size(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())


def _sound(text: str) -> str:
    """Half of a surrogate pair cannot be sent. And nobody's words may ring at every door: "@room" is broken in two
    with a word joiner, for clients that look for it in a body (push rule `.m.rule.roomnotif`)."""
    return _EVERYBODY.sub("@\u2060", text.encode("utf-8", "replace").decode())


def _pill(link: re.Match[str]) -> str:
    """Ids of the early days can hold quotation marks and brackets."""
    return f'<a href="https://matrix.to/#/{escape(user_id(unescape(link.group(1))) or "")}">'


def _relation(row: OutboxRow) -> dict[str, Any]:
    thread = row.target or row.content.get("thread")
    reply = row.content.get("reply_to")
    if thread:
        inside = {"event_id": reply or thread}
        relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": not reply, "m.in_reply_to": inside}
        return {"m.relates_to": relation}
    return {"m.relates_to": {"m.in_reply_to": {"event_id": reply}}} if reply else {}
