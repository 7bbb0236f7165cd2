"""A restored backup: what was agreed since comes back as it was, and nothing is said that stands in the room."""

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
    """One of its own, which is stopped and made to forget."""
    async with Homeserver(tmp_path / "synapse") as server:
        yield server


async def settle(live: LiveSetup) -> tuple[str, MatrixUser, MatrixUser]:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    return await live.create_room(club, firm), club, firm


def url_of(live: LiveSetup) -> str:
    return load_settings(live.folder / "config.yaml", {}).database


async def back_up_now(live: LiveSetup) -> Path:
    store = Store(url_of(live))
    try:
        features = migration_folders(load_features(feature_names()).values())
        await back_up(store, live.folder / "backup.db", datetime.now(UTC), features, replace=True)
    finally:
        await store.close()
    return live.folder / "backup.db"


async def restore_now(live: LiveSetup) -> None:
    features = migration_folders(load_features(feature_names()).values())
    await restore(url_of(live), live.folder / "backup.db", datetime.now(UTC), features, even_newer=True)


async def forget_transaction_ids(homeserver: Homeserver) -> None:
    """What Synapse does after 24 hours; its caches go with the restart."""
    await homeserver.stop()
    with closing(sqlite3.connect(homeserver.folder / "homeserver.db")) as database:
        assert database.execute("DELETE FROM event_txn_id_device_id").rowcount > 0
        database.commit()
    await homeserver.start()


async def let_fall_due(live: LiveSetup, number: int, at: datetime) -> None:
    store = Store(url_of(live))
    async with store.write() as connection:
        row = update(due).where(due.c.subject == str(number), ~due.c.fired).values(at=at)
        assert (await connection.execute(row)).rowcount == 1
    await store.close()


async def in_room(who: MatrixUser, room: str) -> list[tuple[str, str]]:
    """Every message, tap and edit in a room with its sender, oldest first."""
    query = {"dir": "b", "limit": "1000", "filter": '{"types": ["m.room.message", "m.reaction", "m.room.redaction"]}'}
    page = await who.client.call("GET", "rooms", room, "messages", query=query)
    return [(event["sender"], event["event_id"]) for event in page["chunk"][::-1]]


async def known(live: LiveSetup) -> dict[str, list[Any]]:
    """What the database knows about agreements, without its own numbers, and moments without their seconds."""
    store = Store(url_of(live))
    async with store.read() as connection:

        async def rows(table: Any, *names: str) -> list[tuple[Any, ...]]:
            found = await connection.execute(select(*(table.c[name] for name in names)).order_by(table.c[names[0]]))
            return [tuple(row) for row in found]

        what = ("number", "thing", "task", "organizer", "attendee", "state", "revision", "standing", "offers", "reason")
        step = ("who", "address", "step", "state", "revision", "start", "end", "reason")
        steps = select(agreements.c.number, *(history.c[name] for name in step)).join(agreements)
        card = select(agreements.c.number, outbox.c.external_id).join(outbox, agreements.c.card == outbox.c.id)
        answer = select(inbox.c.external_id, inbox.c.outcome, outbox.c.seq, outbox.c.external_id)
        answer = answer.join(outbox, outbox.c.inbox_id == inbox.c.id).where(outbox.c.external_id.is_not(None))
        found = {
            "agreements": await rows(agreements, *what),
            "history": [tuple(row) for row in await connection.execute(steps.order_by(history.c.id))],
            "cards": [tuple(row) for row in await connection.execute(card.order_by(agreements.c.number))],
            "answers": sorted(tuple(row) for row in await connection.execute(answer)),
            "reservations": await rows(reservations, "start", "end"),
            "questions": await rows(questions, "asked", "command", "said", "wanted"),
            "timers": sorted(await rows(due, "name", "subject", "fired")),
        }
        assert await get_restore_marker(connection) is None
    await store.close()
    return found


async def hear_agreed(who: MatrixUser, room: str, card: str) -> None:
    def says_so(event: dict[str, Any]) -> bool:
        relation = event["content"].get("m.relates_to", {})
        return relation.get("event_id") == card and "✅ Aftalt:" in event["content"].get("body", "")

    await who.wait_for_event(room, says_so)


async def live_through_the_day(live: LiveSetup, room: str, club: MatrixUser, firm: MatrixUser) -> dict[str, str]:
    """A morning, a backup in the middle of it, and an afternoon of which the backup knows nothing."""
    async with live.run_app():
        for number in (1, 2):
            await club.say(room, f"!book bane 1 slåning om {number + 2} dage kl. 14")
        cards = {n: (await firm.wait_for_text(room, f"Aftale {n}: slåning"))["event_id"] for n in (1, 2)}
        await firm.tap(room, "✅", cards[1])
        await hear_agreed(club, room, cards[1])
    await let_fall_due(live, 1, datetime.now(UTC) + timedelta(seconds=4))
    async with live.run_app():
        await club.say(room, "!ping før")
        await club.wait_for_text(room, "pong før")
        await back_up_now(live)
        await firm.wait_for_text(room, "blev slåning af bane 1 gjort?")  # a timer
        await firm.say(room, "!færdig 1")
        done = await club.wait_for_text(room, "er færdig med slåning")
        await club.tap(room, "✅", done["event_id"])
        await firm.wait_for_text(room, "bekræfter, at det er gjort")
        thread = {"rel_type": "m.thread", "event_id": cards[2], "is_falling_back": True}
        await firm.say(room, "kl. 9 passer bedre", **{"m.relates_to": thread})
        await club.wait_for_text(room, "nyt forslag")
        await club.say(room, "bare almindelig snak")
        await club.tap(room, "✅", cards[2])
        await hear_agreed(firm, room, cards[2])
        await club.say(room, "!book bane 1 slåning")
        await club.wait_for_text(room, "Hvornår")
        await firm.say(room, "i dag er det torsdag")  # talk, and no answer to what somebody else is asked
        await club.say(room, "om 5 dage kl. 10")
        cards[3] = (await firm.wait_for_text(room, "Aftale 3: slåning"))["event_id"]
        said = await firm.say(room, "!afvis 3 for vådt")
        await club.wait_for_text(room, "sagde nej til slåning")
        edit = {"rel_type": "m.replace", "event_id": said}
        new = {"msgtype": "m.text", "body": "!aflys 3 regn"}
        await firm.say(room, "* !aflys 3 regn", **{"m.new_content": new, "m.relates_to": edit})
        await club.say(room, "!book bane 1 slåning om 6 dage kl. 10")
        cards[4] = (await firm.wait_for_text(room, "Aftale 4: slåning"))["event_id"]
        await club.say(room, "!ping aften")
        await club.wait_for_text(room, "pong aften")
    return cards


async def lose_login(live: LiveSetup) -> None:
    """The account gets a new device, as when the access token in the configuration is replaced."""
    store = Store(url_of(live))
    async with store.write() as connection:
        assert (await connection.execute(delete(meta).where(meta.c.key == "matrix login"))).rowcount == 1
    await store.close()


def without_the_fourth(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The fourth agreement was answered while the bot was off."""
    timers = [row for row in found["timers"] if row[1] != "4"]
    about = {name: [row for row in found[name] if row[0] != 4] for name in ("agreements", "history", "cards")}
    return {**found, **about, "timers": timers, "answers": []}


@pytest.mark.parametrize("device", ["same device", "another device"])
async def test_restored_it_says_nothing_twice_and_knows_everything_again(live: LiveSetup, device: str) -> None:
    room, club, firm = await settle(live)
    cards = await live_through_the_day(live, room, club, firm)
    before, stands = await known(live), await in_room(club, room)
    await club.say(room, "!ping imens")
    await firm.tap(room, "✅", cards[4])
    await restore_now(live)
    await forget_transaction_ids(live.homeserver)
    if device == "another device":
        await lose_login(live)
    async with live.run_app():
        await club.say(room, "!ping efter")
        for answer in ("pong efter", "pong imens"):
            await club.wait_for_text(room, answer)
        await hear_agreed(club, room, cards[4])
    after, stands_now = await known(live), await in_room(club, room)
    assert stands_now[: len(stands)] == stands
    assert len([event for sender, event in stands_now[len(stands) :] if sender == live.bot_id]) == 4
    assert without_the_fourth(after) == without_the_fourth(before)
    assert set(before["answers"]) <= set(after["answers"])


async def test_restored_it_follows_into_the_room_that_replaced_its_own(live: LiveSetup) -> None:
    """The upgrade is younger than the backup, and so is all that was said in the new room."""
    old, club, firm = await settle(live)
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
    before, stands = await known(live), [await in_room(club, room) for room in (old, new)]
    await restore_now(live)
    await forget_transaction_ids(live.homeserver)
    async with live.run_app():
        await club.say(new, "!ping efter")
        await club.wait_for_text(new, "pong efter")
    stands_now = [await in_room(club, room) for room in (old, new)]
    assert stands_now[0] == stands[0]
    assert stands_now[1][:-2] == stands[1]
    after = await known(live)
    assert {**after, "answers": [], "timers": []} == {**before, "answers": [], "timers": []}
    assert set(before["answers"]) <= set(after["answers"])
