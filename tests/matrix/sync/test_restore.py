"""A restored backup: what was agreed since comes back as it was, and no message is sent a second time."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from live_setup import LiveSetup, MatrixUser
from sqlalchemy import delete, select, update

from bot.config.load import load_settings
from bot.demo.homeserver import Homeserver
from bot.pipeline.load_features import feature_names, load_features, migration_folders
from bot.store.backup.backup import back_up
from bot.store.backup.restore import restore
from bot.store.backup.restore_marker import get_restore_marker
from bot.store.database.transaction import Store
from bot.store.tables import agreements, due, history, inbox, meta, outbox, questions, reservations


@pytest.fixture
async def homeserver(tmp_path: Path) -> AsyncIterator[Homeserver]:
    """A homeserver of its own, which is stopped and forgets transaction ids."""
    async with Homeserver(tmp_path / "synapse") as server:
        yield server


async def create_room(live: LiveSetup) -> tuple[str, MatrixUser, MatrixUser]:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    return await live.create_room(club, firm), club, firm


def database_url(live: LiveSetup) -> str:
    return load_settings(live.folder / "config.yaml", {}).database


async def back_up_now(live: LiveSetup) -> Path:
    store = Store(database_url(live))
    try:
        features = migration_folders(load_features(feature_names()).values())
        await back_up(store, live.folder / "backup.db", datetime.now(UTC), features, replace=True)
    finally:
        await store.close()
    return live.folder / "backup.db"


async def restore_now(live: LiveSetup) -> None:
    features = migration_folders(load_features(feature_names()).values())
    await restore(database_url(live), live.folder / "backup.db", datetime.now(UTC), features, even_newer=True)


async def forget_transaction_ids(homeserver: Homeserver) -> None:
    """Delete the transaction ids as Synapse does after 24 hours; the restart empties its caches."""
    await homeserver.stop()
    with closing(sqlite3.connect(homeserver.folder / "homeserver.db")) as database:
        assert database.execute("DELETE FROM event_txn_id_device_id").rowcount > 0
        database.commit()
    await homeserver.start()


async def set_due_time(live: LiveSetup, number: int, at: datetime) -> None:
    store = Store(database_url(live))
    async with store.write() as connection:
        row = update(due).where(due.c.subject == str(number), ~due.c.fired).values(at=at)
        assert (await connection.execute(row)).rowcount == 1
    await store.close()


async def read_events(user: MatrixUser, room: str) -> list[tuple[str, str]]:
    """Return sender and id of every message, reaction and redaction in a room, oldest first."""
    query = {"dir": "b", "limit": "1000", "filter": '{"types": ["m.room.message", "m.reaction", "m.room.redaction"]}'}
    page = await user.client.call("GET", "rooms", room, "messages", query=query)
    return [(event["sender"], event["event_id"]) for event in page["chunk"][::-1]]


async def read_agreements(live: LiveSetup) -> dict[str, list[Any]]:
    """Return what the database has about agreements, without row ids."""
    store = Store(database_url(live))
    async with store.read() as connection:

        async def read_rows(table: Any, *names: str) -> list[tuple[Any, ...]]:
            found = await connection.execute(select(*(table.c[name] for name in names)).order_by(table.c[names[0]]))
            return [tuple(row) for row in found]

        names = (
            "number",
            "thing",
            "task",
            "organizer",
            "attendee",
            "state",
            "revision",
            "standing",
            "offers",
            "reason",
        )
        step_columns = ("who", "address", "step", "state", "revision", "start", "end", "reason")
        steps = select(agreements.c.number, *(history.c[name] for name in step_columns)).join(agreements)
        card = select(agreements.c.number, outbox.c.external_id).join(outbox, agreements.c.card == outbox.c.id)
        answer = select(inbox.c.external_id, inbox.c.outcome, outbox.c.seq, outbox.c.external_id)
        answer = answer.join(outbox, outbox.c.inbox_id == inbox.c.id).where(outbox.c.external_id.is_not(None))
        found = {
            "agreements": await read_rows(agreements, *names),
            "history": [tuple(row) for row in await connection.execute(steps.order_by(history.c.id))],
            "cards": [tuple(row) for row in await connection.execute(card.order_by(agreements.c.number))],
            "answers": sorted(tuple(row) for row in await connection.execute(answer)),
            "reservations": await read_rows(reservations, "start", "end"),
            "questions": await read_rows(questions, "asked", "command", "said", "wanted"),
            "timers": sorted(await read_rows(due, "name", "subject", "fired")),
        }
        assert await get_restore_marker(connection) is None
    await store.close()
    return found


async def wait_until_agreed(user: MatrixUser, room: str, card: str) -> None:
    def is_agreed(event: dict[str, Any]) -> bool:
        relation = event["content"].get("m.relates_to", {})
        return relation.get("event_id") == card and "✅ Aftalt:" in event["content"].get("body", "")

    await user.wait_for_event(room, is_agreed)


async def play_the_day(live: LiveSetup, room: str, club: MatrixUser, firm: MatrixUser) -> dict[str, str]:
    """Play a day with a backup in the middle, after which the backup lacks everything; return the cards by number."""
    async with live.run_app():
        for number in (1, 2):
            await club.say(room, f"!book bane 1 slåning om {number + 2} dage kl. 14")
        cards = {n: (await firm.wait_for_text(room, f"Aftale {n}: slåning"))["event_id"] for n in (1, 2)}
        await firm.tap(room, "✅", cards[1])
        await wait_until_agreed(club, room, cards[1])
    await set_due_time(live, 1, datetime.now(UTC) + timedelta(seconds=4))
    async with live.run_app():
        await club.say(room, "!ping før")
        await club.wait_for_text(room, "pong før")
        await back_up_now(live)
        await firm.wait_for_text(room, "blev slåning af bane 1 gjort?")  # a timer
        await firm.say(room, "!færdig 1")
        asked = await firm.wait_for_text(room, "Er det gjort allerede?")
        await firm.tap(room, "✅", asked["event_id"])
        done = await club.wait_for_text(room, "er færdig med slåning")
        await club.tap(room, "✅", done["event_id"])
        await firm.wait_for_text(room, "og bekræftet af")
        thread = {"rel_type": "m.thread", "event_id": cards[2], "is_falling_back": True}
        await firm.say(room, "kl. 9 passer bedre", **{"m.relates_to": thread})
        await club.wait_for_text(room, "nyt forslag")
        await club.say(room, "bare almindelig snak")
        await club.tap(room, "✅", cards[2])
        await wait_until_agreed(firm, room, cards[2])
        await club.say(room, "!book bane 1 slåning")
        question = (await club.wait_for_text(room, "Hvornår"))["event_id"]
        await firm.say(room, "i dag er det torsdag")  # not an answer to the question that somebody else was asked
        await club.say(room, "om 5 dage kl. 10", **{"m.relates_to": {"m.in_reply_to": {"event_id": question}}})
        cards[3] = (await firm.wait_for_text(room, "Aftale 3: slåning"))["event_id"]
        message = await firm.say(room, "!afvis 3 for vådt")
        await club.wait_for_text(room, "sagde nej til slåning")
        edit = {"rel_type": "m.replace", "event_id": message}
        new = {"msgtype": "m.text", "body": "!aflys 3 regn"}
        await firm.say(room, "* !aflys 3 regn", **{"m.new_content": new, "m.relates_to": edit})
        await club.say(room, "!book bane 1 slåning om 6 dage kl. 10")
        cards[4] = (await firm.wait_for_text(room, "Aftale 4: slåning"))["event_id"]
        await club.say(room, "!ping aften")
        await club.wait_for_text(room, "pong aften")
    return cards


async def delete_login(live: LiveSetup) -> None:
    """Delete the login, so that the account gets a new device as after a new access token in the configuration."""
    store = Store(database_url(live))
    async with store.write() as connection:
        assert (await connection.execute(delete(meta).where(meta.c.key == "matrix login"))).rowcount == 1
    await store.close()


def without_fourth_agreement(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Leave out the fourth agreement, which was answered while the bot was off."""
    timers = [row for row in found["timers"] if row[1] != "4"]
    by_number = {name: [row for row in found[name] if row[0] != 4] for name in ("agreements", "history", "cards")}
    return {**found, **by_number, "timers": timers, "answers": []}


@pytest.mark.parametrize("device", ["same device", "another device"])
async def test_after_restoring_nothing_is_sent_twice_and_nothing_is_missing(live: LiveSetup, device: str) -> None:
    room, club, firm = await create_room(live)
    cards = await play_the_day(live, room, club, firm)
    before, events = await read_agreements(live), await read_events(club, room)
    await club.say(room, "!ping imens")
    await firm.tap(room, "✅", cards[4])
    await restore_now(live)
    await forget_transaction_ids(live.homeserver)
    if device == "another device":
        await delete_login(live)
    async with live.run_app():
        await club.say(room, "!ping efter")
        for answer in ("pong efter", "pong imens"):
            await club.wait_for_text(room, answer)
        await wait_until_agreed(club, room, cards[4])
    after, events_now = await read_agreements(live), await read_events(club, room)
    assert events_now[: len(events)] == events
    assert len([event for sender, event in events_now[len(events) :] if sender == live.bot_id]) == 4
    assert without_fourth_agreement(after) == without_fourth_agreement(before)
    assert set(before["answers"]) <= set(after["answers"])


async def test_after_restoring_the_bot_follows_to_the_replacement_room(live: LiveSetup) -> None:
    """The upgrade happened after the backup, and so did everything in the new room."""
    old, club, firm = await create_room(live)
    async with live.run_app():
        await club.say(old, "!book bane 1 slåning om 3 dage kl. 14")
        await firm.wait_for_text(old, "Aftale 1: slåning")
        await back_up_now(live)
        body = {"new_version": "12"}
        new = str((await club.client.call("POST", "rooms", old, "upgrade", body=body))["replacement_room"])
        await club.wait_for_text(new, "Vi er flyttet hertil")
        await firm.join(new)
        await firm.say(new, "!accepter 1")
        await club.wait_for_text(new, "så er det på plads")
        await club.say(new, "!ping aften")
        await club.wait_for_text(new, "pong aften")
    before, events = await read_agreements(live), [await read_events(club, room) for room in (old, new)]
    await restore_now(live)
    await forget_transaction_ids(live.homeserver)
    async with live.run_app():
        await club.say(new, "!ping efter")
        await club.wait_for_text(new, "pong efter")
    events_now = [await read_events(club, room) for room in (old, new)]
    assert events_now[0] == events[0]
    assert events_now[1][:-2] == events[1]
    after = await read_agreements(live)
    assert {**after, "answers": [], "timers": []} == {**before, "answers": [], "timers": []}
    assert set(before["answers"]) <= set(after["answers"])
