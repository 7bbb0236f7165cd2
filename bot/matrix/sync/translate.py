"""Makes of a Matrix event what the flow can read; whatever a room can contain, it is understood or left alone."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.matrix.address import room_address, user_address
from bot.store.messages.inbox import Incoming

SOURCE = "matrix"

#: More of a message is never read: a command is a sentence.
MAX_TEXT_CHARACTERS = 2_000

#: A server's clock that is further from ours is wrong, and what people wrote there is as old as ours has counted.
MAX_CLOCK_DIFFERENCE = timedelta(hours=1)

_PILL = re.compile(r'href="https://matrix\.to/#/(@[^"?/]+)')
_USER = re.compile(r"@[^:\s]{1,200}:\S{1,200}")
#: How clients before 2024 quoted what a reply is to, in the body (specification v1.12, "Rich replies").
_QUOTE = re.compile(r"\A(?:> .*\n)+\n?")


def translate(room_id: str, event: Any, me: str, now: datetime) -> Incoming | None:
    """What an event says to us, None for everything that is not our business. Never raises.

    `me` is our own user id. What was sent before we were in the room (`unsigned.membership`, client-server API
    "UnsignedData") was not said to us.
    """
    if not isinstance(event, Mapping):
        return None
    content, sender, event_id = event.get("content"), _text(event.get("sender")), _text(event.get("event_id"))
    if not isinstance(content, Mapping) or not _USER.fullmatch(sender) or not event_id or sender == me:
        return None
    if _mapping(event.get("unsigned")).get("membership", "join") != "join":
        return None
    found = _READERS.get(str(event.get("type")), _nothing)(event, content, me)
    if found is None:
        return None
    kind, payload = found
    place = room_address(room_id)
    author = user_address(_text(event.get("state_key")) if kind in ("arrival", "departure") else sender)
    return Incoming(SOURCE, event_id, place, author, kind, _sent_at(event, now), payload)


_Found = tuple[str, dict[str, Any]] | None


def _nothing(event: Mapping[str, Any], content: Mapping[str, Any], me: str) -> _Found:
    return None


def _message(event: Mapping[str, Any], content: Mapping[str, Any], me: str) -> _Found:
    relation = _mapping(content.get("m.relates_to"))
    if relation.get("rel_type") == "m.replace":
        new, target = _mapping(content.get("m.new_content")), _text(relation.get("event_id"))
        said = _said(new, {}, me)
        return ("edit", {**said, "target": target}) if said and target else None
    said = _said(content, relation, me)
    return ("message", said) if said else None


def _said(content: Mapping[str, Any], relation: Mapping[str, Any], me: str) -> dict[str, Any] | None:
    """Text alone is read; a notice is another bot speaking, and an image says nothing."""
    thread = _text(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else ""
    reply = _text(_mapping(relation.get("m.in_reply_to")).get("event_id"))
    if thread and relation.get("is_falling_back"):
        reply = ""
    body = _body(content, is_reply=bool(reply))
    if content.get("msgtype") != "m.text" or not body.strip():
        return None
    users = _mentioned(content)
    said = {"text": body, "to_us": me in users}
    said["mentions"] = [user_address(user) for user in users if user != me]
    return said | ({"thread": thread} if thread else {}) | ({"reply_to": reply} if reply else {})


def _body(content: Mapping[str, Any], *, is_reply: bool) -> str:
    """What it says, without what it quotes: a quoted card can be longer than all we read of an answer."""
    body = content.get("body")
    if is_reply and isinstance(body, str):
        body = _QUOTE.sub("", body)
    return _text(body, MAX_TEXT_CHARACTERS)


def _mentioned(content: Mapping[str, Any]) -> list[str]:
    """Whom a message mentions: as `m.mentions` says where it is there, if only empty; else by the links in its HTML."""
    meant = content.get("m.mentions")
    listed = meant.get("user_ids", []) if isinstance(meant, Mapping) else None
    users = (
        listed
        if isinstance(listed, list)
        else _PILL.findall(_text(content.get("formatted_body"), MAX_TEXT_CHARACTERS * 4))
    )
    return list(dict.fromkeys(_text(user) for user in users[:20] if _USER.fullmatch(_text(user))))


def _tap(event: Mapping[str, Any], content: Mapping[str, Any], me: str) -> _Found:
    relation = _mapping(content.get("m.relates_to"))
    target, key = _text(relation.get("event_id")), _text(relation.get("key"), 40)
    return ("tap", {"target": target, "key": key}) if target and key else None


def _redaction(event: Mapping[str, Any], content: Mapping[str, Any], me: str) -> _Found:
    """Since room version 11 the target is in the content; before, it stood beside it."""
    target = _text(content.get("redacts")) or _text(event.get("redacts"))
    return ("redaction", {"target": target}) if target else None


def _membership(event: Mapping[str, Any], content: Mapping[str, Any], me: str) -> _Found:
    """Somebody came or went; a new name or picture is neither, nor is an invitation that was declined."""
    who, now = _text(event.get("state_key")), content.get("membership")
    before = _mapping(_mapping(event.get("unsigned")).get("prev_content")).get("membership")
    if not _USER.fullmatch(who) or who == me or (now == "join") == (before == "join"):
        return None
    return ("arrival" if now == "join" else "departure"), {}


_READERS = {
    "m.room.message": _message,
    "m.reaction": _tap,
    "m.room.redaction": _redaction,
    "m.room.member": _membership,
}

#: The only events that say something to us.
TRANSLATED_TYPES = list(_READERS)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any, longest: int = 255) -> str:
    """A string as every database takes it: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str):
        return ""
    return value[:longest].replace("\x00", "").encode("utf-8", "replace").decode()


def _sent_at(event: Mapping[str, Any], now: datetime) -> datetime:
    """When it was sent: as the sender's server says, unless its clock is plainly wrong.

    Our homeserver counts how old an event is (`unsigned.age`, client-server API "UnsignedData"). Where the two differ
    by more than `CLOCKS_DIFFER` the count is believed, else the clock, which knows nothing of how long an answer to us
    was on its way. Nonsense and the future are now.
    """
    claimed = _moment(event.get("origin_server_ts"))
    counted = _before(now, _mapping(event.get("unsigned")).get("age"))
    if counted is not None and (claimed is None or abs(claimed - counted) > MAX_CLOCK_DIFFERENCE):
        return counted
    return min(now, claimed or now)


def _moment(milliseconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _before(now: datetime, milliseconds: Any) -> datetime | None:
    if not isinstance(milliseconds, int) or milliseconds < 0:
        return None
    try:
        return now - timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
