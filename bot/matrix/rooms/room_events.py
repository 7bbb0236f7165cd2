"""What a sync says about our rooms themselves: one was replaced, its rules changed, or we are no longer in it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

#: Events that can bring such news, or that somebody comes or goes.
TYPES = ["m.room.tombstone", "m.room.power_levels", "m.room.member"]

_ROOM = re.compile(r"![^\s]{1,254}")

What = Literal["replaced", "expected", "astray", "removed", "banned", "unbanned", "left", "muted", "rules"]


@dataclass(frozen=True)
class News:
    """What happened to a room, by whom (user id) and why. `to` is the room that replaces it, said in `event`.

    "expected" is a replacement that we may follow, "astray" one that we do not; "left" says that we are out and nobody
    said so.
    """

    room: str
    what: What
    by: str = ""
    why: str = ""
    to: str = ""
    event: str = ""

    @property
    def shuts(self) -> bool:
        """Whether nothing can be said there."""
        return self.what in ("removed", "banned", "unbanned", "left", "muted")

    @property
    def replaces(self) -> bool:
        """Whether it is about another room in its place."""
        return self.what in ("replaced", "expected", "astray")


def news_of(room_id: str, events: list[Any]) -> list[News]:
    """The news among the events of a room that we are in; what was before our time there is old."""
    found = (_news(room_id, event) for event in events if isinstance(event, Mapping) and event.get("state_key") == "")
    return [news for news in found if news is not None]


def _news(room_id: str, event: Mapping[str, Any]) -> News | None:
    if _mapping(event.get("unsigned")).get("membership", "join") != "join":
        return None
    if event.get("type") == "m.room.tombstone":
        return replacement(room_id, event)
    return News(room_id, "rules") if event.get("type") == "m.room.power_levels" else None


def replacement(room_id: str, event: Mapping[str, Any]) -> News:
    """What a tombstone says (specification, "m.room.tombstone")."""
    content = _mapping(event.get("content"))
    by, to, name = event.get("sender"), content.get("replacement_room"), event.get("event_id")
    if not isinstance(to, str) or not _ROOM.fullmatch(to) or not isinstance(by, str) or not isinstance(name, str):
        return News(room_id, "astray", by=str(by), why="it was closed, and no other room takes its place")
    return News(room_id, "replaced", by=by, to=to, event=name)


def removal(room_id: str, events: list[Any], me: str) -> News:
    """Why we are no longer in a room, as the last event about us in it says."""
    ours = [e for e in events if isinstance(e, Mapping) and (e.get("type"), e.get("state_key")) == _member(me)]
    return removal_by(room_id, ours[-1] if ours else {}, me)


def removal_by(room_id: str, event: Mapping[str, Any], me: str) -> News:
    """The same by our own membership. Whoever logs in as us, or deletes a room, leaves it in our name."""
    content, by = _mapping(event.get("content")), event.get("sender")
    if not isinstance(by, str) or by == me:
        return News(room_id, "left")
    why = content.get("reason")
    what: What = "banned" if content.get("membership") == "ban" else "removed"
    return News(room_id, what, by=by, why=" ".join(why[:200].split()) if isinstance(why, str) else "")


def is_successor(create: Mapping[str, Any], news: News) -> bool:
    """Whether a room was made to replace another, by the one who said so (specification, "Room Upgrades")."""
    content = _mapping(create.get("content"))
    return _mapping(content.get("predecessor")).get("room_id") == news.room and create.get("sender") == news.by


def explain(news: News) -> str:
    """A sentence or two for the caretaker: what happened, and what to do."""
    because = f" (“{news.why}”)" if news.why else ""
    match news.what:
        case "removed":
            return f"{news.by} removed the bot from {news.room}{because}. Invite it again, and it comes by itself."
        case "banned":
            return (
                f"{news.by} banned the bot from {news.room}{because}. Lift the ban; the bot tries to come back every "
                "hour, and at once when it is invited."
            )
        case "unbanned":
            return (
                f"{news.by} lifted the ban on the bot in {news.room}. It tries to come back every hour; or invite it."
            )
        case "left":
            return (
                f"The bot is no longer in {news.room}: the room was deleted, or left with the bot's own account. "
                "Invite it again, or write another room in the community's file and start the bot again; "
                "it tries to come back every hour."
            )
        case "muted":
            return (
                f"The bot may not write in {news.room}{because}. Raise its power level there; what there is to say is "
                "kept and said then."
            )
        case "replaced" | "expected" if not news.why:
            return f"{news.by} replaced {news.room} by {news.to}. The bot is about to follow."
        case "replaced" | "expected":
            return (
                f"{news.by} replaced {news.room} by {news.to}, where the bot is not let in yet{because}. Invite it "
                "there; agreements and timers move along."
            )
        case "astray":
            return (
                f"{news.by} replaced {news.room}{f' by {news.to}' if news.to else ''}, which the bot does not follow: "
                f"{news.why}. If the community has moved, write its room in the community's file and start the bot "
                "again; agreements and timers move along."
            )
        case "rules":
            return f"The rules of {news.room} changed."


def _member(me: str) -> tuple[str, str]:
    return ("m.room.member", me)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
