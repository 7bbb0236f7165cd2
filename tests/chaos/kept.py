"""What a database holds about one room, without the numbers that may differ between one run and another."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables
from bot.store.database.transaction import Store

Row = dict[str, Any]

_STEP_TAKEN = re.compile(r"kl\. \d{1,2}(\.\d{2})?: ")


@dataclass
class Kept:
    """`inbox` by event id in the order of arrival, `outbox` by transaction id; the others are rows in their order."""

    inbox: dict[str, Row]
    outbox: dict[str, Row]
    agreements: list[Row]
    history: list[Row]
    reservations: list[Row]
    questions: list[Row]
    timers: list[Row]

    def answers(self) -> dict[str, dict[str, Row]]:
        """What each event from the room led to: event id → transaction id → what was said."""
        found: dict[str, dict[str, Row]] = {}
        for key, one in self.outbox.items():
            if one["source"] == "matrix":
                told = {name: one[name] for name in ("kind", "content", "refers_to", "subject", "revision")}
                found.setdefault(one["cause"], {})[key] = told
        return found

    def shows(self, subject: str) -> str:
        """What the card of a subject says in the end."""
        faces = [one for one in self.outbox.values() if one["subject"] == subject and one["kind"] in ("say", "edit")]
        return str(faces[-1]["content"]["plain"]) if faces else ""


async def read(store: Store, place: str, community: str) -> Kept:
    """Everything of a place, which is a community's room."""
    async with store.read() as connection:
        return await _Reader(connection, place, community).read()


@dataclass
class _Reader:
    connection: AsyncConnection
    place: str
    community: str

    async def read(self) -> Kept:
        inbox = await self._rows(select(tables.inbox).where(tables.inbox.c.place == self.place), tables.inbox.c.id)
        causes = {row.id: row for row in inbox}
        questions = await self._rows(
            select(tables.questions).where(tables.questions.c.place == self.place), tables.questions.c.id
        )
        asked = {f"question/{row.id}": f"question/{number}" for number, row in enumerate(questions)}
        outbox = await self._rows(select(tables.outbox).where(tables.outbox.c.place == self.place), tables.outbox.c.id)
        agreements = await self._rows(
            select(tables.agreements).where(tables.agreements.c.community == self.community), tables.agreements.c.id
        )
        numbers = {row.id: row.number for row in agreements}
        said = {row.id: row.transaction_id for row in outbox}
        timers = await self._rows(select(tables.due).where(tables.due.c.place == self.place), tables.due.c.id)
        return Kept(
            inbox={row.external_id: dict(row._mapping) for row in inbox},
            outbox={row.transaction_id: _said(row, causes[row.inbox_id], said, asked) for row in outbox},
            agreements=[_agreement(row, said) for row in agreements],
            history=await self._history(numbers, causes),
            reservations=await self._reservations(numbers),
            questions=[_without(row, "id", "place", "asked_at", "closed_at") for row in questions],
            timers=sorted((_without(row, "id", "place") for row in timers), key=str),
        )

    async def _rows(self, statement: Any, order: Any) -> list[Any]:
        return list((await self.connection.execute(statement.order_by(order))).all())

    async def _history(self, numbers: dict[int, int], causes: dict[int, Any]) -> list[Row]:
        steps = await self._rows(select(tables.history), tables.history.c.id)
        mine = [step for step in steps if step.agreement_id in numbers]
        return [
            {"number": numbers[step.agreement_id], "cause": causes[step.inbox_id].external_id}
            | _without(step, "id", "agreement_id", "inbox_id", "at")
            for step in mine
        ]

    async def _reservations(self, numbers: dict[int, int]) -> list[Row]:
        held = tables.reservations.join(tables.things, tables.reservations.c.thing_id == tables.things.c.id)
        statement = select(tables.reservations, tables.things.c.key).select_from(held)
        rows = [row for row in await self._rows(statement, tables.reservations.c.id) if row.agreement_id in numbers]
        found = [
            {"thing": row.key, "number": numbers[row.agreement_id], "start": row.start, "end": row.end} for row in rows
        ]
        return sorted(found, key=lambda one: (one["thing"], one["start"]))


def _said(row: Any, cause: Any, said: dict[int, str], asked: dict[str, str]) -> Row:
    return {
        "source": cause.source,
        "cause": cause.external_id,
        "kind": row.kind,
        "content": {name: _timeless(value) for name, value in row.content.items()},
        "refers_to": said.get(row.refers_to),
        "subject": asked.get(row.subject, row.subject),
        "revision": row.revision,
        "event": row.external_id,
        "is_card": row.kind == "say" and (row.subject or "").startswith("bookings/"),
    }


def _timeless(said: Any) -> Any:
    """`!historik` tells when a step was handled, which may be later where there are kills."""
    return _STEP_TAKEN.sub("kl. …: ", said) if isinstance(said, str) else said


def _agreement(row: Any, said: dict[int, str]) -> Row:
    return {**_without(row, "id", "made_at", "changed_at"), "card": said.get(row.card)}


def _without(row: Any, *names: str) -> Row:
    return {name: value for name, value in row._mapping.items() if name not in names}
