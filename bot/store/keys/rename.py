"""Renames a key in all rows of a community, and a community in all its rows."""

from collections.abc import Iterable

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config.community import EntryKind
from bot.store.facts import delete_fact, find_facts, get_fact, set_fact
from bot.store.keys.columns import KeyColumn
from bot.store.tables import agreements, people, reservations, things

#: Beginnings of keys of facts about a community, or about a person in it: "absent skovby skovby-if". Tests compare the
#: names with those of bot.pipeline.inbound.config_changes, bot.matrix.rooms.provision and bot.api.request.person.
CONFIGURED_FACT, CREATING_FACT, ABSENCE_FACT = "configured ", "making room ", "absent "
#: The beginning of the keys of facts that the stewards were asked what becomes of something: "asked about skovby thing
#: hallen".
ASKED_FACT = "asked about "

#: Tables whose rows are read or made anew, so that those under the new name of a community give way to the old ones.
_RENEWED = ("places", "calendars", "matches", "reminders_said", "things", "known_keys")


async def find_clashes(
    connection: AsyncConnection, community: str, kind: EntryKind, old: str, new: str
) -> list[tuple[int, int]]:
    """Return the pairs of agreements (their numbers) that cannot both be about one thing, or have one party.

    They reserve the old thing and the new one for the same time, or are between the old person and the new one.
    """
    if kind == "person":
        one, other = agreements.c.organizer, agreements.c.attendee
        between = ((one == old) & (other == new)) | ((one == new) & (other == old))
        numbers = select(agreements.c.number).where(agreements.c.community == community, between)
        return [(number, number) for number in (await connection.execute(numbers)).scalars()]
    if kind != "thing":
        return []
    ids = [await _find_thing(connection, community, key) for key in (old, new)]
    if None in ids:
        return []
    before, after = reservations.alias(), reservations.alias()
    first, second = agreements.alias(), agreements.alias()
    overlap = (before.c.start < after.c.end) & (before.c.end > after.c.start)
    rows = (
        select(first.c.number, second.c.number)
        .where(before.c.thing_id == ids[0], after.c.thing_id == ids[1], overlap)
        .where(first.c.id == before.c.agreement_id, second.c.id == after.c.agreement_id)
    )
    return sorted({(int(one), int(other)) for one, other in await connection.execute(rows)})


async def rename_key(
    connection: AsyncConnection,
    columns: Iterable[KeyColumn],
    community: str,
    kind: EntryKind,
    old: str,
    new: str,
) -> None:
    """Put the new key in place of the old one, in all rows of a community. Where no row has the old one, do nothing.

    `columns` are all KeyColumns. There must be no clashes (`find_clashes`).
    """
    if kind == "thing":
        await _rename_thing(connection, community, old, new)
    for each in columns:
        if each.kind == kind:
            has_old = each.of_community(community) & (each.column == old)
            await connection.execute(update(each.owner).where(has_old).values({each.column.name: new}))
    if kind == "person":
        await _rename_fact(connection, f"{ABSENCE_FACT}{community} {old}", f"{ABSENCE_FACT}{community} {new}")


async def rename_community(connection: AsyncConnection, tables: Iterable[Table], old: str, new: str) -> None:
    """Replace the key of a community by a new one in all its rows.

    `tables` are all tables. There must be no agreements under the new name (`has_agreements`).
    """
    chosen_anew = select(people.c.address).where(people.c.community == new)
    await connection.execute(delete(people).where(people.c.community == old, people.c.address.in_(chosen_anew)))
    for table in tables:
        if "community" in table.c:
            column = table.c.community
            is_old = (await connection.execute(select(column).where(column == old).limit(1))).first()
            if is_old and table.name in _RENEWED:
                await connection.execute(delete(table).where(column == new))
            await connection.execute(update(table).where(column == old).values(community=new))
    for prefix in (CONFIGURED_FACT, CREATING_FACT):
        await _rename_fact(connection, f"{prefix}{old}", f"{prefix}{new}")
    for prefix in (ABSENCE_FACT, ASKED_FACT):
        for rest in await find_facts(connection, f"{prefix}{old} "):
            await _rename_fact(connection, f"{prefix}{old} {rest}", f"{prefix}{new} {rest}")


async def has_agreements(connection: AsyncConnection, community: str) -> bool:
    """Return whether a community has or had any agreement."""
    rows = select(agreements.c.id).where(agreements.c.community == community).limit(1)
    return (await connection.execute(rows)).first() is not None


async def _rename_thing(connection: AsyncConnection, community: str, old: str, new: str) -> None:
    """Give the reservations of a thing to the new key, where there may be some already."""
    old_id = await _find_thing(connection, community, old)
    new_id = await _find_thing(connection, community, new)
    if old_id is None:
        return
    if new_id is None:
        await connection.execute(update(things).where(things.c.id == old_id).values(key=new))
        return
    of_old = reservations.c.thing_id == old_id
    await connection.execute(update(reservations).where(of_old).values(thing_id=new_id))
    await connection.execute(delete(things).where(things.c.id == old_id))


async def _find_thing(connection: AsyncConnection, community: str, key: str) -> int | None:
    rows = select(things.c.id).where(things.c.community == community, things.c.key == key)
    thing_id: int | None = (await connection.execute(rows)).scalar_one_or_none()
    return thing_id


async def _rename_fact(connection: AsyncConnection, old: str, new: str) -> None:
    value = await get_fact(connection, old)
    if value is not None:
        await set_fact(connection, new, value)
        await delete_fact(connection, old)
