"""Renders an outbox row as a Matrix event: body, formatted body, mentions and relations."""

import json
import re
from html import escape, unescape
from typing import Any

from bot.matrix.address import user_id
from bot.store.messages.outbox import OutboxRow

#: The largest text of an event, in bytes of JSON. An event may have 65,536 bytes (specification, "Size limits"); an
#: edit has four texts, and the homeserver adds its own fields.
MAX_TEXT_BYTES = 12_000
#: Bytes kept free for the ellipsis at the end of a shortened text.
_ELLIPSIS_BYTES = 10

_EVERYBODY = re.compile(r"@(?=room\b)", re.I)
_PERSON_LINK = re.compile(r'<a href="(matrix:u/[^"]*)">')


def render(row: OutboxRow) -> tuple[str, dict[str, Any]]:
    """Return the event type and content of an outbox row. The message that it refers to has to be sent already."""
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
    """Return the content of an edit, with a fallback for clients that do not know edits.

    Source: client-server API, "Event replacements".
    """
    new_content = _render_message(row.content)
    fallback = {**new_content, "body": f"* {new_content['body']}"}
    if "formatted_body" in new_content:
        fallback["formatted_body"] = f"* {new_content['formatted_body']}"
    relation = {"rel_type": "m.replace", "event_id": row.target}
    return {**fallback, "m.new_content": new_content, "m.relates_to": relation}


def _render_message(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a notice (`m.notice`), or of a text (`m.text`) when people are mentioned.

    A notice shows that a bot speaks, but notifies nobody. It has no `m.mentions`: the rule `.m.rule.suppress_notices`
    comes before the rules that look for names in a body (client-server API, "Default Override Rules"), and Synapse
    needs a fifth more time for a message with `m.mentions`.
    """
    users = [user for address in content["notify"] if (user := user_id(address))]
    message = {"body": _shorten(content["plain"]), **_render_html(content["html"])}
    if not users:
        return {"msgtype": "m.notice", **message}
    return {"msgtype": "m.text", **message, "m.mentions": {"user_ids": users}}


def _render_picture(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of an image without its file, which bot.matrix.pictures adds.

    The text is the caption of the image (a `body` beside a `filename`; client-server API, "Media captions"), and is
    read aloud to people who cannot see the image. No push rule keeps clients from looking for names in this body, so it
    has `m.mentions`.
    """
    picture = content["picture"]
    message = _render_message(content)
    info = {"mimetype": picture["mimetype"], "w": picture["width"], "h": picture["height"], "size": picture["size"]}
    return {"m.mentions": {}, **message, "msgtype": "m.image", "filename": picture["name"], "info": info}


def _render_html(html: str) -> dict[str, str]:
    """Return the formatted body; nothing for HTML that is too long.

    HTML cannot be cut at any character, and the plain text says the same.
    """
    formatted = _PERSON_LINK.sub(_render_user_link, _clean(html))
    if _json_bytes(formatted) > MAX_TEXT_BYTES:
        return {}
    return {"format": "org.matrix.custom.html", "formatted_body": formatted}


def _shorten(text: str) -> str:
    """Return as much of a text as an event can have, cut at the end of a line if possible."""
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
    """Return a text that can be sent and does not notify the whole room.

    Halves of surrogate pairs cannot be sent. A word joiner is put into "@room", because clients look for this word in a
    body (push rule `.m.rule.roomnotif`), and the body may quote anybody.
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
