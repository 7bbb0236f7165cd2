"""The whole program on a real homeserver: nothing is lost, nothing is sent twice, and no event stops a room."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from live_setup import TIMEOUT_SECONDS, LiveSetup, MatrixUser, book_and_counter, start_app
from sqlalchemy import select

from bot.concurrency import retry
from bot.concurrency.retry import TemporaryFailure
from bot.config.load import load_settings
from bot.demo.homeserver import Homeserver
from bot.errors import Fatal
from bot.matrix.client import MatrixError
from bot.store.database.transaction import Store
from bot.store.tables import outbox


async def create_room(live: LiveSetup, *names: str) -> tuple[str, list[MatrixUser]]:
    """Create a room with the bot and some users; the last one is the contractor."""
    people = [await live.add_user(name) for name in names]
    return await live.create_room(*people), people


async def test_a_booking_is_made_countered_and_agreed(live: LiveSetup) -> None:
    room, (club, firm, resident) = await create_room(live, "klub", "firma", "beboer")
    await live.write_files(club.user_id, firm.user_id)
    async with live.run_app():
        card = await book_and_counter(room, club, firm)
        await resident.tap(room, "✅", card["event_id"])
        assert (await resident.wait_for_text(room, "så kun de to"))["content"]["m.mentions"] == {
            "user_ids": [resident.user_id]
        }
        await club.tap(room, "✅", card["event_id"])
        agreed = await firm.wait_for_text(room, "✅ Aftalt")
        assert agreed["content"]["m.mentions"]["user_ids"] == sorted([club.user_id, firm.user_id])
        assert agreed["content"]["m.relates_to"]["event_id"] == card["event_id"]


async def test_what_was_said_while_it_was_off_is_answered_in_order_and_once(live: LiveSetup) -> None:
    room, (club,) = await create_room(live, "klub")
    async with live.run_app():
        await club.say(room, "!ping start")
        await club.wait_for_text(room, "pong start")
    for number in range(200):
        await club.say(room, f"!ping {number}" if number % 2 else f"snak {number}")
    async with live.run_app():
        await club.wait_for_text(room, "pong 199")
        await club.say(room, "!ping slut")
        await club.wait_for_text(room, "pong slut")
    answers = [f"🏓 pong {word}" for word in ("start", *range(1, 200, 2), "slut")]
    assert sorted(club.texts_from(room, live.bot_id)) == sorted(answers)
    assert await read_outbox(live) == answers


async def read_outbox(live: LiveSetup) -> list[str]:
    """Return the texts of the outbox in the order in which the bot wrote them."""
    store = Store(load_settings(live.folder / "config.yaml", {}).database)
    async with store.read() as connection:
        contents = (await connection.execute(select(outbox.c.content).order_by(outbox.c.id))).scalars().all()
    await store.close()
    return [content["plain"] for content in contents]


@pytest.mark.parametrize("is_stopped", [True, False], ids=["stopped", "cancelled"])
async def test_ended_in_the_middle_of_its_answers_it_sends_the_rest_and_nothing_twice(
    live: LiveSetup, is_stopped: bool
) -> None:
    room, (club,) = await create_room(live, "klub")
    pings = [str(number) for number in range(60)]
    app = live.make_app()
    task = await start_app(app)
    await asyncio.gather(*(club.say(room, f"!ping {number}") for number in pings))
    await club.wait_for_text(room, "pong")
    if is_stopped:
        app.stop()
    else:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    async with live.run_app():
        await club.say(room, "!ping slut")
        answers = [f"🏓 pong {word}" for word in (*pings, "slut")]
        for answer in answers:  # in a backlog, answers to different messages may overtake each other
            await club.wait_for_event(room, lambda event, answer=answer: event["content"].get("body") == answer)
    assert sorted(club.texts_from(room, live.bot_id)) == sorted(answers)


def malformed_events(event: str) -> list[tuple[str, Any]]:
    """Return events of all kinds that are no proper message: type and content."""
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"a": deep}
    relation = {"event_id": event}
    return [
        ("m.room.message", {"msgtype": "m.text", "body": "x" * 60_000}),
        ("m.room.message", {"msgtype": "m.text", "body": "!" + "x" * 60_000}),
        ("m.room.message", {"msgtype": "m.text", "body": "!book " + "<b>" * 15_000}),
        ("m.room.message", {"msgtype": "m.text", "body": "!book \u202e\u2066bane\u0000 9 \U000e0001 slåning"}),
        ("m.room.message", {"msgtype": "m.text", "body": "!" + "🚜e\u0301" * 3_000}),
        ("m.room.message", {"msgtype": "m.text", "body": "!{{ 7*7 }} {% for %}"}),
        ("m.room.message", {"msgtype": "m.text", "body": "!ping <script>alert(1)</script> & \"'"}),
        ("m.room.message", {"msgtype": "m.text", "body": "", "format": "x", "formatted_body": "<a href='"}),
        ("m.room.message", {"msgtype": "m.text", "body": {"no": "text"}}),
        ("m.room.message", {"msgtype": ["m.text"], "body": 7}),
        ("m.room.message", {}),
        ("m.room.message", {"msgtype": "m.text", "body": "!ping x", "m.mentions": {"user_ids": [None, 7, {"a": []}]}}),
        ("m.room.message", {"msgtype": "m.text", "body": "hej", "m.mentions": "alle"}),
        ("m.room.message", {"msgtype": "m.image", "body": "!ping", "url": "mxc://nowhere/x"}),
        ("m.room.message", {"msgtype": "m.notice", "body": "!ping"}),
        ("m.room.message", {"msgtype": "m.text", "body": "!ping", "deep": deep}),
        (
            "m.room.message",
            {"msgtype": "m.text", "body": "ja", "m.relates_to": {"rel_type": "m.thread", "event_id": 7}},
        ),
        ("m.room.message", {"msgtype": "m.text", "body": "ja", "m.relates_to": {"m.in_reply_to": {"event_id": "$no"}}}),
        ("m.room.message", {"msgtype": "m.text", "body": "*", "m.relates_to": {"rel_type": "m.replace", **relation}}),
        (
            "m.room.message",
            {
                "msgtype": "m.text",
                "body": "* !ping",
                "m.new_content": {"msgtype": "m.text", "body": "!ping rettet"},
                "m.relates_to": {"rel_type": "m.replace", **relation},
            },
        ),
        ("m.room.message", {"msgtype": "m.text", "body": "*", "m.new_content": 7, "m.relates_to": []}),
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$gone", "key": "✅"}}),
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": "✅" * 5_000}}),
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": {}}}),
        ("m.reaction", {"m.relates_to": 7}),
        ("m.reaction", {}),
        ("m.sticker", {"body": "!ping", "url": "mxc://nowhere/x", "info": {}}),
        ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}),
        ("org.matrix.msc3381.poll.start", {"org.matrix.msc3381.poll.start": {"question": {"body": "!ping"}}}),
        ("", {"body": "!ping"}),
        ("x" * 200, {"body": "!ping"}),
    ]


async def test_whatever_a_room_can_contain_the_next_command_is_answered(
    live: LiveSetup, caplog: pytest.LogCaptureFixture
) -> None:
    room, (club,) = await create_room(live, "klub")
    async with live.run_app() as app:
        first = await club.say(room, "!ping først")
        pong = await club.wait_for_text(room, "pong først")
        accepted = 0
        for event in (first, pong["event_id"], "$nothing"):
            for event_type, content in malformed_events(event):
                with suppress(MatrixError, TemporaryFailure):  # the homeserver refuses some, and nobody sees those
                    await club.send(room, event_type, content)
                    accepted += 1
        redacted = await club.say(room, "!ping fortrudt")
        await club.client.call("PUT", "rooms", room, "redact", redacted, "r1", body={})
        await club.client.call("PUT", "rooms", room, "redact", pong["event_id"], "r2", body={"reason": "x" * 3000})
        await club.say(room, "!ping slut")
        await club.wait_for_text(room, "pong slut")
        assert accepted > 60
        assert app.health.counts["faults", ""] == 0
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
        for event in club.events[room]:
            if event["sender"] == live.bot_id:
                assert "<script>" not in json.dumps(event["content"].get("formatted_body", ""))


async def test_a_wrong_password_ends_it_with_a_sentence(live: LiveSetup) -> None:
    await create_room(live, "klub")
    with pytest.raises(Fatal, match=r"did not let @bylaug-\d+:bylaug\.example log in: M_FORBIDDEN") as error:
        await live.make_app(password="forkert").run()
    assert error.value.exit_code == 77


async def test_logged_out_while_it_runs_ends_it_with_a_sentence_and_the_next_start_logs_in_again(
    live: LiveSetup,
) -> None:
    room, (club,) = await create_room(live, "klub")
    app = live.make_app()
    task = asyncio.create_task(app.run())
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await app.first_sync_started.wait()
        body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": live.bot_id}}
        login = await club.client.call("POST", "login", body={**body, "password": "adgangskode"})
        token, club.client.access_token = club.client.access_token, login["access_token"]
        await club.client.call("POST", "logout", "all", body={})
        club.client.access_token = token
        with pytest.raises(Fatal, match="no longer accepts our login") as error:
            await task
    assert error.value.exit_code == 77
    async with live.run_app():
        await club.say(room, "!ping igen")
        await club.wait_for_text(room, "pong igen")


async def test_an_unreachable_homeserver_is_waited_for_at_the_start_and_later(
    tmp_path: Path,
    localpart: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 0.2)
    caplog.set_level(logging.WARNING)
    async with Homeserver(tmp_path / "synapse") as homeserver:
        live = LiveSetup(homeserver, tmp_path, localpart)
        room, (club,) = await create_room(live, "klub")
        await homeserver.stop()
        app = live.make_app()
        task = asyncio.create_task(app.run())
        await homeserver.start()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await app.first_sync_started.wait()
        assert "logging in has to wait" in caplog.text
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
        await homeserver.restart()
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
        assert "listening has to wait" in caplog.text
        assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]
        await homeserver.stop()
        app.stop()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await task
        await live.close()


async def test_stopped_while_it_waits_for_the_homeserver_it_ends(live: LiveSetup) -> None:
    await create_room(live, "klub")
    config = live.folder / "config.yaml"
    config.write_text(config.read_text("utf-8").replace(f":{live.homeserver.port}", ":9"), "utf-8")
    app = live.make_app()
    task = asyncio.create_task(app.run())
    app.stop()
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await task
