"""A restored backup: what was agreed since comes back as it was, and nothing is said that stands in the room."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from neighbours import Neighbour, Street
from sqlalchemy import delete, select, update

from bot.config.load import load_settings
from bot.demo.homeserver import Homeserver
from bot.pipeline.load_features import feature_names, load_features, migrations_of
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


async def settle(street: Street) -> tuple[str, Neighbour, Neighbour]:
    club, firm = await street.add("klub"), await street.add("firma")
    return await street.settle(club, firm), club, firm


def url_of(street: Street) -> str:
    return load_settings(street.folder / "config.yaml", {}).database


async def back_up_now(street: Street) -> Path:
    store = Store(url_of(street))
    try:
        features = migrations_of(load_features(feature_names()).values())
        await back_up(store, street.folder / "backup.db", datetime.now(UTC), features, replace=True)
    finally:
        await store.close()
    return street.folder / "backup.db"


async def restore_now(street: Street) -> None:
    features = migrations_of(load_features(feature_names()).values())
    await restore(url_of(street), street.folder / "backup.db", datetime.now(UTC), features, even_newer=True)


async def forget_transaction_ids(homeserver: Homeserver) -> None:
    """What Synapse does after 24 hours; its caches go with the restart."""
    await homeserver.stop()
    with closing(sqlite3.connect(homeserver.folder / "homeserver.db")) as database:
        assert database.execute("DELETE FROM event_txn_id_device_id").rowcount > 0
        database.commit()
    await homeserver.start()


async def let_fall_due(street: Street, number: int, at: datetime) -> None:
    store = Store(url_of(street))
    async with store.write() as connection:
        row = update(due).where(due.c.subject == str(number), ~due.c.fired).values(at=at)
        assert (await connection.execute(row)).rowcount == 1
    await store.close()


async def in_room(who: Neighbour, room: str) -> list[tuple[str, str]]:
    """Every message, tap and edit in a room with its sender, oldest first."""
    query = {"dir": "b", "limit": "1000", "filter": '{"types": ["m.room.message", "m.reaction", "m.room.redaction"]}'}
    page = await who.client.call("GET", "rooms", room, "messages", query=query)
    return [(event["sender"], event["event_id"]) for event in page["chunk"][::-1]]


async def known(street: Street) -> dict[str, list[Any]]:
    """What the database knows about agreements, without its own numbers, and moments without their seconds."""
    store = Store(url_of(street))
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


async def hear_agreed(who: Neighbour, room: str, card: str) -> None:
    def says_so(event: dict[str, Any]) -> bool:
        relation = event["content"].get("m.relates_to", {})
        return relation.get("event_id") == card and "✅ Aftalt:" in event["content"].get("body", "")

    await who.hear(room, says_so)


async def live_through_the_day(street: Street, room: str, club: Neighbour, firm: Neighbour) -> dict[str, str]:
    """A morning, a backup in the middle of it, and an afternoon of which the backup knows nothing."""
    async with street.running():
        for number in (1, 2):
            await club.say(room, f"!book bane 1 slåning om {number + 2} dage kl. 14")
        cards = {n: (await firm.hear_body(room, f"Aftale {n}: slåning"))["event_id"] for n in (1, 2)}
        await firm.tap(room, "✅", cards[1])
        await hear_agreed(club, room, cards[1])
    await let_fall_due(street, 1, datetime.now(UTC) + timedelta(seconds=4))
    async with street.running():
        await club.say(room, "!ping før")
        await club.hear_body(room, "pong før")
        await back_up_now(street)
        await firm.hear_body(room, "blev slåning af bane 1 gjort?")  # a timer
        await firm.say(room, "!færdig 1")
        done = await club.hear_body(room, "er færdig med slåning")
        await club.tap(room, "✅", done["event_id"])
        await firm.hear_body(room, "bekræfter, at det er gjort")
        thread = {"rel_type": "m.thread", "event_id": cards[2], "is_falling_back": True}
        await firm.say(room, "kl. 9 passer bedre", **{"m.relates_to": thread})
        await club.hear_body(room, "nyt forslag")
        await club.say(room, "bare almindelig snak")
        await club.tap(room, "✅", cards[2])
        await hear_agreed(firm, room, cards[2])
        await club.say(room, "!book bane 1 slåning")
        await club.hear_body(room, "Hvornår")
        await firm.say(room, "i dag er det torsdag")  # talk, and no answer to what somebody else is asked
        await club.say(room, "om 5 dage kl. 10")
        cards[3] = (await firm.hear_body(room, "Aftale 3: slåning"))["event_id"]
        said = await firm.say(room, "!afvis 3 for vådt")
        await club.hear_body(room, "sagde nej til slåning")
        edit = {"rel_type": "m.replace", "event_id": said}
        new = {"msgtype": "m.text", "body": "!aflys 3 regn"}
        await firm.say(room, "* !aflys 3 regn", **{"m.new_content": new, "m.relates_to": edit})
        await club.say(room, "!book bane 1 slåning om 6 dage kl. 10")
        cards[4] = (await firm.hear_body(room, "Aftale 4: slåning"))["event_id"]
        await club.say(room, "!ping aften")
        await club.hear_body(room, "pong aften")
    return cards


async def lose_login(street: Street) -> None:
    """The account gets a new device, as when the access token in the configuration is replaced."""
    store = Store(url_of(street))
    async with store.write() as connection:
        assert (await connection.execute(delete(meta).where(meta.c.key == "matrix login"))).rowcount == 1
    await store.close()


def without_the_fourth(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The fourth agreement was answered while the bot was off."""
    timers = [row for row in found["timers"] if row[1] != "4"]
    about = {name: [row for row in found[name] if row[0] != 4] for name in ("agreements", "history", "cards")}
    return {**found, **about, "timers": timers, "answers": []}


@pytest.mark.parametrize("device", ["same device", "another device"])
async def test_restored_it_says_nothing_twice_and_knows_everything_again(street: Street, device: str) -> None:
    room, club, firm = await settle(street)
    cards = await live_through_the_day(street, room, club, firm)
    before, stands = await known(street), await in_room(club, room)
    await club.say(room, "!ping imens")
    await firm.tap(room, "✅", cards[4])
    await restore_now(street)
    await forget_transaction_ids(street.homeserver)
    if device == "another device":
        await lose_login(street)
    async with street.running():
        await club.say(room, "!ping efter")
        for answer in ("pong efter", "pong imens"):
            await club.hear_body(room, answer)
        await hear_agreed(club, room, cards[4])
    after, stands_now = await known(street), await in_room(club, room)
    assert stands_now[: len(stands)] == stands
    assert len([event for sender, event in stands_now[len(stands) :] if sender == street.bot]) == 4
    assert without_the_fourth(after) == without_the_fourth(before)
    assert set(before["answers"]) <= set(after["answers"])


async def test_restored_it_follows_into_the_room_that_replaced_its_own(street: Street) -> None:
    """The upgrade is younger than the backup, and so is all that was said in the new room."""
    old, club, firm = await settle(street)
    async with street.running():
        await club.say(old, "!book bane 1 slåning om 3 dage kl. 14")
        await firm.hear_body(old, "Aftale 1: slåning")
        await back_up_now(street)
        body = {"new_version": "12"}
        new = str((await club.client.call("POST", "rooms", old, "upgrade", body=body))["replacement_room"])
        await club.hear_body(new, "Vi er flyttet hertil")
        await firm.join(new)
        await firm.say(new, "!accepter 1")
        await club.hear_body(new, "så er det på plads")
        await club.say(new, "!ping aften")
        await club.hear_body(new, "pong aften")
    before, stands = await known(street), [await in_room(club, room) for room in (old, new)]
    await restore_now(street)
    await forget_transaction_ids(street.homeserver)
    async with street.running():
        await club.say(new, "!ping efter")
        await club.hear_body(new, "pong efter")
    stands_now = [await in_room(club, room) for room in (old, new)]
    assert stands_now[0] == stands[0]
    assert stands_now[1][:-2] == stands[1]
    after = await known(street)
    assert {**after, "answers": [], "timers": []} == {**before, "answers": [], "timers": []}
    assert set(before["answers"]) <= set(after["answers"])
