"""Translates Matrix events into inbox messages, which have nothing of Matrix in them. Malformed events are ignored."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.matrix.address import room_address, user_address
from bot.matrix.sync.shown_text import mark_shown_text
from bot.store.messages.inbox import Incoming

SOURCE = "matrix"

#: Further characters of a message are not read. A command is only a sentence.
MAX_TEXT_CHARACTERS = 2_000
#: Characters of `formatted_body` in which mentions, code and quotations are looked for.
_MAX_HTML_CHARACTERS = MAX_TEXT_CHARACTERS * 4
#: Mentions of a message that are read.
_MAX_MENTIONS = 20
#: Characters of ids and other short texts that are read.
_MAX_ID_CHARACTERS = 255
_MAX_REACTION_CHARACTERS = 40

#: A sender's clock that differs by more than this is wrong. The age that the bot's homeserver counted is used then.
MAX_CLOCK_DIFFERENCE = timedelta(hours=1)

#: Types of messages whose body is a caption when they have another `filename`.
_WITH_CAPTION = ("m.image", "m.video", "m.audio", "m.file")

_USER_LINK = re.compile(r'href="https://matrix\.to/#/(@[^"?/]+)')
_USER_ID = re.compile(r"@[^:\s]{1,200}:\S{1,200}")
#: How clients before 2024 quoted in the body what a message replies to (specification v1.12, "Rich replies").
_REPLY_FALLBACK = re.compile(r"\A(?:> .*\n)+\n?")


def translate(room_id: str, event: Any, account: str, now: datetime) -> Incoming | None:
    """Return an event as an inbox message; None for an event that is not for the bot. Never raises.

    `account` is the bot's own user id. Events from before the bot joined (`unsigned.membership`, client-server API
    "UnsignedData") are not for the bot.
    """
    if not isinstance(event, Mapping):
        return None
    content, sender, event_id = event.get("content"), _text(event.get("sender")), _text(event.get("event_id"))
    if not isinstance(content, Mapping) or not _USER_ID.fullmatch(sender) or not event_id or sender == account:
        return None
    if _mapping(event.get("unsigned")).get("membership", "join") != "join":
        return None
    found = _READERS.get(str(event.get("type")), _read_nothing)(event, content, account)
    if found is None:
        return None
    kind, payload = found
    author = _text(event.get("state_key")) if kind in ("arrival", "departure") else sender
    return Incoming(
        SOURCE, event_id, room_address(room_id), user_address(author), kind, _read_sent_at(event, now), payload
    )


#: The kind and the payload of an inbox row.
_Found = tuple[str, dict[str, Any]] | None


def _read_nothing(event: Mapping[str, Any], content: Mapping[str, Any], account: str) -> _Found:
    return None


def _read_message(event: Mapping[str, Any], content: Mapping[str, Any], account: str) -> _Found:
    """Read a message, or an edit (client-server API, "Event replacements")."""
    relation = _mapping(content.get("m.relates_to"))
    if relation.get("rel_type") == "m.replace":
        new_content, target = _mapping(content.get("m.new_content")), _text(relation.get("event_id"))
        payload = _read_text(new_content, {}, account)
        return ("edit", {**payload, "target": target}) if payload and target else None
    payload = _read_text(content, relation, account)
    return ("message", payload) if payload else None


def _read_text(content: Mapping[str, Any], relation: Mapping[str, Any], account: str) -> dict[str, Any] | None:
    """Return the payload of a text message or a caption; None for notices, which other bots send, and the like.

    A reply that is only there for clients without threads (`is_falling_back`) does not count as a reply.
    """
    thread = _text(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else ""
    reply_to = _text(_mapping(relation.get("m.in_reply_to")).get("event_id"))
    if thread and relation.get("is_falling_back"):
        reply_to = ""
    body = _read_body(content)
    if not _has_words(content) or not body.strip():
        return None
    users = _read_mentions(content)
    payload = {"text": body, "to_us": account in users}
    payload["mentions"] = [user_address(user) for user in users if user != account]
    return payload | ({"thread": thread} if thread else {}) | ({"reply_to": reply_to} if reply_to else {})


def _has_words(content: Mapping[str, Any]) -> bool:
    """Return whether the body is what the sender says: in a text, and as the caption of a picture, a file or the like.

    A caption is a body beside another `filename` (client-server API, "Media captions"). Otherwise the body is the name
    of the file.
    """
    msgtype, filename = content.get("msgtype"), content.get("filename")
    is_caption = isinstance(filename, str) and filename != "" and filename != content.get("body")
    return msgtype == "m.text" or (is_caption and msgtype in _WITH_CAPTION)


def _read_body(content: Mapping[str, Any]) -> str:
    """Return the body without the quotation of a reply: a quoted card can be longer than MAX_TEXT_CHARACTERS.

    A message in a thread also names a message that it replies to, for clients without threads. So it may have a
    quotation, too.
    """
    body = content.get("body")
    if not isinstance(body, str):
        return ""
    if _mapping(_mapping(content.get("m.relates_to")).get("m.in_reply_to")):
        body = _REPLY_FALLBACK.sub("", body)
    html = _text(content.get("formatted_body"), _MAX_HTML_CHARACTERS)
    return mark_shown_text(_text(body, MAX_TEXT_CHARACTERS), html)[:MAX_TEXT_CHARACTERS]


def _read_mentions(content: Mapping[str, Any]) -> list[str]:
    """Return the user ids that a message mentions.

    If there is an `m.mentions`, even an empty one, only it counts; otherwise the links in the HTML count.
    """
    mentions = content.get("m.mentions")
    listed = mentions.get("user_ids", []) if isinstance(mentions, Mapping) else None
    if isinstance(listed, list):
        users = listed
    else:
        users = _USER_LINK.findall(_text(content.get("formatted_body"), _MAX_HTML_CHARACTERS))
    return list(dict.fromkeys(_text(user) for user in users[:_MAX_MENTIONS] if _USER_ID.fullmatch(_text(user))))


def _read_reaction(event: Mapping[str, Any], content: Mapping[str, Any], account: str) -> _Found:
    relation = _mapping(content.get("m.relates_to"))
    target, key = _text(relation.get("event_id")), _text(relation.get("key"), _MAX_REACTION_CHARACTERS)
    return ("tap", {"target": target, "key": key}) if target and key else None


def _read_redaction(event: Mapping[str, Any], content: Mapping[str, Any], account: str) -> _Found:
    """Read which event is redacted: the content says it since room version 11, the event itself before that."""
    target = _text(content.get("redacts")) or _text(event.get("redacts"))
    return ("redaction", {"target": target}) if target else None


def _read_membership(event: Mapping[str, Any], content: Mapping[str, Any], account: str) -> _Found:
    """Read who joined or left. A changed name or picture is neither, and a declined invitation is not either."""
    user, membership = _text(event.get("state_key")), content.get("membership")
    before = _mapping(_mapping(event.get("unsigned")).get("prev_content")).get("membership")
    if not _USER_ID.fullmatch(user) or user == account or (membership == "join") == (before == "join"):
        return None
    return ("arrival" if membership == "join" else "departure"), {}


_READERS = {
    "m.room.message": _read_message,
    "m.reaction": _read_reaction,
    "m.room.redaction": _read_redaction,
    "m.room.member": _read_membership,
}

#: The types of the events that `translate` reads.
TRANSLATED_TYPES = list(_READERS)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any, max_characters: int = _MAX_ID_CHARACTERS) -> str:
    """Return a string that every database can store: without NUL and without halves of surrogate pairs."""
    if not isinstance(value, str):
        return ""
    return value[:max_characters].replace("\x00", "").encode("utf-8", "replace").decode()


def _read_sent_at(event: Mapping[str, Any], now: datetime) -> datetime:
    """Return when an event was sent: as the sender's server says, unless its clock is clearly wrong.

    The bot's homeserver counts how old an event is (`unsigned.age`, client-server API "UnsignedData"). When the two
    differ by more than MAX_CLOCK_DIFFERENCE, the age is used. Otherwise the clock is used, because the age does not
    include the time that the homeserver's answer took to arrive. Malformed times and times in the future become `now`.
    """
    by_clock = _from_milliseconds(event.get("origin_server_ts"))
    by_age = _before(now, _mapping(event.get("unsigned")).get("age"))
    if by_age is not None and (by_clock is None or abs(by_clock - by_age) > MAX_CLOCK_DIFFERENCE):
        return by_age
    return min(now, by_clock or now)


def _from_milliseconds(milliseconds: Any) -> datetime | None:
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
