"""Pictures on a real homeserver: uploaded once, encrypted where the room is, and sent as text where they must be."""

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
    """A fault that forwards uploads and keeps their bodies."""

    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, request: ProxiedRequest) -> ProxyResponse | None:
        self.bodies.append(request.body)
        return await request.forward()


@pytest.fixture
def uploads(proxy: FaultProxy) -> Uploads:
    uploads = Uploads()
    proxy.add_rule(Rule(uploads, path=UPLOAD))
    return uploads


@pytest.fixture
async def room(live: LiveSetup, bot_behind_proxy: None) -> tuple[str, MatrixUser]:
    """The room of a community with one user in it, and the user."""
    club = await live.add_user("klub")
    return await live.create_room(club, features=FEATURES), club


async def fetch(person: MatrixUser, uri: str) -> bytes:
    """Return the file of an mxc URI (client-server API, "Download content")."""
    headers = {"Authorization": f"Bearer {person.client.access_token}"}
    path = uri.removeprefix("mxc://")
    url = f"{person.client.homeserver}/_matrix/client/v1/media/download/{path}"
    response = await person.client.session.get(url, headers=headers)
    assert response.status == 200
    return bytes(await response.read())


def shows_calendar(event: Event) -> bool:
    return "i kalenderen" in str(event["content"].get("body"))


async def count_rows(live: LiveSetup) -> tuple[int, int]:
    """Return how many pictures the database has, and how many rows of the outbox are unsent."""
    store = Store(f"sqlite+aiosqlite:///{live.folder}/bylaug.db")
    try:
        async with store.read() as connection:
            picture_count = (await connection.execute(select(func.count()).select_from(pictures))).scalar_one()
            is_unsent = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)
            unsent_count = (
                await connection.execute(select(func.count()).select_from(outbox).where(is_unsent))
            ).scalar_one()
    finally:
        await store.close()
    return picture_count, unsent_count


async def test_calendar_is_downloaded_as_it_was_drawn(
    live: LiveSetup, room: tuple[str, MatrixUser], uploads: Uploads
) -> None:
    place, club = room
    async with live.run_app():
        asked = await club.say(place, "!kalender bane 1")
        content = (await club.wait_for_event(place, shows_calendar))["content"]
        image = await fetch(club, content["url"])
    assert uploads.bodies == [image]
    assert image.startswith(PNG)
    assert content["msgtype"] == "m.image"
    assert content["info"] == {"mimetype": "image/png", "w": 1080, "h": content["info"]["h"], "size": len(image)}
    assert int.from_bytes(image[20:24]) == content["info"]["h"]
    assert content["filename"].startswith("kalender-uge-")
    assert content["body"].startswith("Bane 1, uge ")
    assert content["m.relates_to"] == {"m.in_reply_to": {"event_id": asked}}
    assert content["m.mentions"] == {}
    assert await count_rows(live) == (0, 0)


async def test_program_that_ends_between_upload_and_message_sends_it_once(
    live: LiveSetup, room: tuple[str, MatrixUser], uploads: Uploads, proxy: FaultProxy
) -> None:
    place, club = room
    async with live.run_app():
        rule = Rule(html_page(), method="PUT", path="/send/m.room.message/")
        with proxy.with_rule(rule):
            await club.say(place, "!kalender bane 1")
            await proxy.wait_until_hit(rule)
    async with live.run_app():
        await club.wait_for_event(place, shows_calendar)
        await club.say(place, "!ping her")
        await club.wait_for_text(place, "pong her")
    assert len(uploads.bodies) == 1
    texts = await club.read_all_texts(place, live.bot_id)
    assert sum("i kalenderen" in body for body in texts) == 1
    assert await count_rows(live) == (0, 0)


@pytest.mark.parametrize(
    "fault",
    [refused(413, "M_TOO_LARGE"), refused(403, "M_FORBIDDEN"), refused(404, "M_UNRECOGNIZED"), html_page(502)],
    ids=["too-large", "forbidden", "unknown", "media-away"],
)
async def test_picture_that_cannot_be_uploaded_is_sent_as_text(
    live: LiveSetup, room: tuple[str, MatrixUser], proxy: FaultProxy, fault: Any
) -> None:
    place, club = room
    proxy.add_rule(Rule(fault, path=UPLOAD))
    async with live.run_app():
        await club.say(place, "!kalender bane 1")
        content = (await club.wait_for_event(place, shows_calendar))["content"]
    assert content["msgtype"] == "m.notice"
    assert content["body"].startswith("Bane 1, uge ")
    assert "url" not in content
    assert await count_rows(live) == (0, 0)


async def test_picture_waits_for_an_unreachable_homeserver(
    live: LiveSetup, room: tuple[str, MatrixUser], proxy: FaultProxy
) -> None:
    place, club = room
    async with live.run_app():
        media = proxy.add_rule(Rule(html_page(), path=UPLOAD))
        whoami = proxy.add_rule(Rule(html_page(), path="account/whoami"))
        await club.say(place, "!kalender bane 1")
        await proxy.wait_until_hit(whoami)
        proxy.remove_rule(media)
        proxy.remove_rule(whoami)
        event = await club.wait_for_event(place, shows_calendar)
    assert event["content"]["msgtype"] == "m.image"


async def test_picture_in_an_encrypted_room_is_encrypted(live: LiveSetup, fast_key_derivation: None) -> None:
    place, (club,) = await create_encrypted_room(live, "klub", features=FEATURES)
    async with live.run_app():
        await club.wait_for_event(place, lambda e: e["type"] == "m.room.member" and e["state_key"] == live.bot_id)
        await club.say(place, "!kalender bane 1")
        content = (await club.wait_for_event(place, shows_calendar))["content"]
        file = content["file"]
        encrypted_file = await fetch(club, file["url"])
    image = decrypt_attachment(encrypted_file, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
    assert image.startswith(PNG)
    assert PNG not in encrypted_file
    assert len(image) == content["info"]["size"]
    assert "url" not in content
    assert (file["v"], file["key"]["alg"], file["key"]["kty"]) == ("v2", "A256CTR", "oct")
