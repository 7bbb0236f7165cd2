"""A picture on its way to a real homeserver and back: once, in secret where the room is, and in words where it must."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from encrypted_user import create_encrypted_room
from live_setup import Event, LiveSetup, MatrixUser
from nio.crypto.attachments import decrypt_attachment
from sqlalchemy import func, select

from bot.store.database.transaction import Store
from bot.store.messages.pictures import pictures
from bot.store.tables import outbox
from bot.testing.faults import html_page, refused
from bot.testing.proxied_request import ProxiedRequest, ProxyResponse
from bot.testing.proxy import FaultProxy, Rule

UPLOAD = "media/v3/upload"
PNG = b"\x89PNG\r\n\x1a\n"
FEATURES = "bookings, calendar"


@dataclass
class Uploads:
    """Lets uploads through, and keeps what was in them."""

    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, exchange: ProxiedRequest) -> ProxyResponse | None:
        self.bodies.append(exchange.body)
        return await exchange.forward()


@pytest.fixture
def uploads(proxy: FaultProxy) -> Uploads:
    made = Uploads()
    proxy.add_rule(Rule(made, path=UPLOAD))
    return made


@pytest.fixture
async def room(live: LiveSetup, bot_behind_proxy: None) -> tuple[str, MatrixUser]:
    """A room with the bot's community and one neighbour in it."""
    club = await live.add_user("klub")
    return await live.create_room(club, features=FEATURES), club


async def fetch(person: MatrixUser, uri: str) -> bytes:
    """The file at an mxc address (client-server API, "Download content")."""
    headers = {"Authorization": f"Bearer {person.client.nio.access_token}"}
    path = uri.removeprefix("mxc://")
    response = await person.client.nio.send("GET", f"/_matrix/client/v1/media/download/{path}", None, headers)
    assert response.status == 200
    return bytes(await response.read())


def shows_calendar(event: Event) -> bool:
    return "i kalenderen" in str(event["content"].get("body"))


async def counts(live: LiveSetup) -> tuple[int, int]:
    """How many pictures are kept, and how many messages wait."""
    store = Store(f"sqlite+aiosqlite:///{live.folder}/bylaug.db")
    try:
        async with store.read() as connection:
            kept = (await connection.execute(select(func.count()).select_from(pictures))).scalar_one()
            left = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)
            waits = (await connection.execute(select(func.count()).select_from(outbox).where(left))).scalar_one()
    finally:
        await store.close()
    return kept, waits


async def test_calendar_comes_back_as_it_was_drawn(
    live: LiveSetup, room: tuple[str, MatrixUser], uploads: Uploads
) -> None:
    place, club = room
    async with live.run_app():
        asked = await club.say(place, "!kalender bane 1")
        shown = (await club.wait_for_event(place, shows_calendar))["content"]
        drawn = await fetch(club, shown["url"])
    assert uploads.bodies == [drawn]
    assert drawn.startswith(PNG)
    assert shown["msgtype"] == "m.image"
    assert shown["info"] == {"mimetype": "image/png", "w": 1080, "h": shown["info"]["h"], "size": len(drawn)}
    assert int.from_bytes(drawn[20:24]) == shown["info"]["h"]
    assert shown["filename"].startswith("kalender-uge-")
    assert shown["body"].startswith("Bane 1, uge ")
    assert shown["m.relates_to"] == {"m.in_reply_to": {"event_id": asked}}
    assert shown["m.mentions"] == {}
    assert await counts(live) == (0, 0)


async def test_program_that_ends_between_upload_and_message_says_it_once(
    live: LiveSetup, room: tuple[str, MatrixUser], uploads: Uploads, proxy: FaultProxy
) -> None:
    place, club = room
    async with live.run_app():
        stuck = Rule(html_page(), method="PUT", path="/send/m.room.message/")
        with proxy.with_rule(stuck):
            await club.say(place, "!kalender bane 1")
            await proxy.wait_until_hit(stuck)
    async with live.run_app():
        await club.wait_for_event(place, shows_calendar)
        await club.say(place, "!ping her")
        await club.wait_for_text(place, "pong her")
    assert len(uploads.bodies) == 1
    said = await club.read_all_texts(place, live.bot_id)
    assert sum("i kalenderen" in body for body in said) == 1
    assert await counts(live) == (0, 0)


@pytest.mark.parametrize(
    "fault",
    [refused(413, "M_TOO_LARGE"), refused(403, "M_FORBIDDEN"), refused(404, "M_UNRECOGNIZED"), html_page(502)],
    ids=["too-large", "forbidden", "unknown", "media-away"],
)
async def test_picture_that_nobody_takes_is_said_in_words(
    live: LiveSetup, room: tuple[str, MatrixUser], proxy: FaultProxy, fault: Any
) -> None:
    place, club = room
    proxy.add_rule(Rule(fault, path=UPLOAD))
    async with live.run_app():
        await club.say(place, "!kalender bane 1")
        said = (await club.wait_for_event(place, shows_calendar))["content"]
    assert said["msgtype"] == "m.notice"
    assert said["body"].startswith("Bane 1, uge ")
    assert "url" not in said
    assert await counts(live) == (0, 0)


async def test_picture_waits_for_a_homeserver_that_is_away(
    live: LiveSetup, room: tuple[str, MatrixUser], proxy: FaultProxy
) -> None:
    place, club = room
    async with live.run_app():
        media = proxy.add_rule(Rule(html_page(), path=UPLOAD))
        well = proxy.add_rule(Rule(html_page(), path="account/whoami"))
        await club.say(place, "!kalender bane 1")
        await proxy.wait_until_hit(well)
        proxy.remove_rule(media)
        proxy.remove_rule(well)
        shown = await club.wait_for_event(place, shows_calendar)
    assert shown["content"]["msgtype"] == "m.image"


async def test_picture_in_an_encrypted_room_is_encrypted(live: LiveSetup, fast_key_derivation: None) -> None:
    place, (club,) = await create_encrypted_room(live, "klub", features=FEATURES)
    async with live.run_app():
        await club.wait_for_event(place, lambda e: e["type"] == "m.room.member" and e["state_key"] == live.bot_id)
        await club.say(place, "!kalender bane 1")
        shown = (await club.wait_for_event(place, shows_calendar))["content"]
        file = shown["file"]
        locked = await fetch(club, file["url"])
    drawn = decrypt_attachment(locked, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
    assert drawn.startswith(PNG)
    assert PNG not in locked
    assert len(drawn) == shown["info"]["size"]
    assert "url" not in shown
    assert (file["v"], file["key"]["alg"], file["key"]["kty"]) == ("v2", "A256CTR", "oct")
