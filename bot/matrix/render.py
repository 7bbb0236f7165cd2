"""Renders an outbox row as a Matrix event: body, formatted body, mentions and relations."""

import json
import re
from html import escape, unescape
from typing import Any

from bot.matrix.address import user_id
from bot.store.messages.outbox import OutboxRow

#: Bytes of JSON that each text of an event may take. An event may have 65,536 bytes (specification, "Size limits"); an
#: edit holds four texts, and the homeserver adds its own fields.
MAX_TEXT_BYTES = 12_000
#: Bytes kept free for the ellipsis at the end of a shortened text.
_ELLIPSIS_BYTES = 10

_EVERYBODY = re.compile(r"@(?=room\b)", re.I)
_PERSON_LINK = re.compile(r'<a href="(matrix:u/[^"]*)">')


def render(row: OutboxRow) -> tuple[str, dict[str, Any]]:
    """Return the event type and content of an outbox row; the message it refers to has to be sent already."""
    match row.kind:
        case "react":
            relation = {"rel_type": "m.annotation", "event_id": row.target, "key": row.content["key"]}
            return "m.reaction", {"m.relates_to": relation}
        case "edit":
            return "m.room.message", _render_edit(row)
        case "picture":
            return "m.room.message", _render_picture(row.content) | _render_relation(row)
        case _:
            return "m.room.message", _render_message(row.content) | _render_relation(row)


def _render_edit(row: OutboxRow) -> dict[str, Any]:
    """Return the content of an edit, with a fallback for clients without edits (client-server API, "Event
    replacements").
    """
    new_content = _render_message(row.content)
    fallback = {**new_content, "body": f"* {new_content['body']}"}
    if "formatted_body" in new_content:
        fallback["formatted_body"] = f"* {new_content['formatted_body']}"
    relation = {"rel_type": "m.replace", "event_id": row.target}
    return {**fallback, "m.new_content": new_content, "m.relates_to": relation}


def _render_message(content: dict[str, Any]) -> dict[str, Any]:
    """Return a notice, which says that a bot speaks; or a text where somebody is mentioned, as notices notify nobody.

    A notice has no `m.mentions`: the rule `.m.rule.suppress_notices` comes before those that look for names in a body
    (client-server API, "Default Override Rules"), and Synapse takes a fifth longer over every message that has one.
    """
    users = [user for address in content["notify"] if (user := user_id(address))]
    message = {"body": _shorten(content["plain"]), **_render_html(content["html"])}
    if not users:
        return {"msgtype": "m.notice", **message}
    return {"msgtype": "m.text", **message, "m.mentions": {"user_ids": users}}


def _render_picture(content: dict[str, Any]) -> dict[str, Any]:
    """Return an image without its file, which bot.matrix.pictures adds.

    The message is its caption (a `body` beside a `filename`; client-server API, "Media captions"), and read out to
    people who cannot see it. No push rule keeps clients from looking for names in this body; `m.mentions` does.
    """
    picture = content["picture"]
    message = _render_message(content)
    info = {"mimetype": picture["mimetype"], "w": picture["width"], "h": picture["height"], "size": picture["size"]}
    return {"m.mentions": {}, **message, "msgtype": "m.image", "filename": picture["name"], "info": info}


def _render_html(html: str) -> dict[str, str]:
    """Return the formatted body; nothing for HTML that is too long.

    HTML cannot be cut just anywhere, and the plain text says the same.
    """
    formatted = _PERSON_LINK.sub(_render_user_link, _clean(html))
    if _json_bytes(formatted) > MAX_TEXT_BYTES:
        return {}
    return {"format": "org.matrix.custom.html", "formatted_body": formatted}


def _shorten(text: str) -> str:
    """Return as much of a text as an event holds, in whole lines where it has any."""
    text = _clean(text)
    if _json_bytes(text) <= MAX_TEXT_BYTES:
        return text
    while _json_bytes(text) > MAX_TEXT_BYTES - _ELLIPSIS_BYTES:
        text = text[: len(text) * 9 // 10]
    whole_lines = text.rpartition("\n")[0] or text
    return f"{whole_lines}\n…"


def _json_bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())


def _clean(text: str) -> str:
    """Return a text that can be sent and notifies no whole room.

    Halves of surrogate pairs cannot be sent. "@room" is broken in two with a word joiner, because clients look for it
    in a body (push rule `.m.rule.roomnotif`) and the words may be anybody's.
    """
    return _EVERYBODY.sub("@\u2060", text.encode("utf-8", "replace").decode())


def _render_user_link(link: re.Match[str]) -> str:
    """Return a link to a person that clients show as a pill; old user ids can have quotation marks and brackets."""
    return f'<a href="https://matrix.to/#/{escape(user_id(unescape(link.group(1))) or "")}">'


def _render_relation(row: OutboxRow) -> dict[str, Any]:
    """Return the relation to a thread or to the message that is replied to (client-server API, "Threading")."""
    thread = row.target or row.content.get("thread")
    reply_to = row.content.get("reply_to")
    if thread:
        relation = {
            "rel_type": "m.thread",
            "event_id": thread,
            "is_falling_back": not reply_to,
            "m.in_reply_to": {"event_id": reply_to or thread},
        }
        return {"m.relates_to": relation}
    return {"m.relates_to": {"m.in_reply_to": {"event_id": reply_to}}} if reply_to else {}
