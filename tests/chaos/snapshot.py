"""A snapshot of what a database holds about one room, without ids and times that differ between two runs."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables
from bot.store.database.transaction import Store

Row = dict[str, Any]

_STEP_TIME = re.compile(r"kl\. \d{1,2}(\.\d{2})?: ")


@dataclass
class Snapshot:
    """`inbox` by event id in the order of arrival, `outbox` by transaction id, the other tables as lists of rows."""

    inbox: dict[str, Row]
    outbox: dict[str, Row]
    agreements: list[Row]
    history: list[Row]
    reservations: list[Row]
    questions: list[Row]
    timers: list[Row]

    def answers(self) -> dict[str, dict[str, Row]]:
        """Return the outbox rows that follow from each event: event id → transaction id → row."""
        answers: dict[str, dict[str, Row]] = {}
        for transaction_id, row in self.outbox.items():
            if row["source"] == "matrix":
                answer = {name: row[name] for name in ("kind", "content", "refers_to", "subject", "revision")}
                answers.setdefault(row["cause"], {})[transaction_id] = answer
        return answers

    def final_card_text(self, subject: str) -> str:
        """Return the text that the card of a subject was last changed to."""
        rows = [row for row in self.outbox.values() if row["subject"] == subject and row["kind"] in ("say", "edit")]
        return str(rows[-1]["content"]["plain"]) if rows else ""


async def take_snapshot(store: Store, place: str, community: str) -> Snapshot:
    """Read everything about a community and its place."""
    async with store.read() as connection:
        return await _Reader(connection, place, community).read()


@dataclass
class _Reader:
    connection: AsyncConnection
    place: str
    community: str

    async def read(self) -> Snapshot:
        inbox = await self._rows(select(tables.inbox).where(tables.inbox.c.place == self.place), tables.inbox.c.id)
        causes = {row.id: row for row in inbox}
        questions = await self._rows(
            select(tables.questions).where(tables.questions.c.place == self.place), tables.questions.c.id
        )
        question_subjects = {f"question/{row.id}": f"question/{number}" for number, row in enumerate(questions)}
        outbox = await self._rows(select(tables.outbox).where(tables.outbox.c.place == self.place), tables.outbox.c.id)
        agreements = await self._rows(
            select(tables.agreements).where(tables.agreements.c.community == self.community), tables.agreements.c.id
        )
        numbers = {row.id: row.number for row in agreements}
        transaction_ids = {row.id: row.transaction_id for row in outbox}
        timers = await self._rows(select(tables.due).where(tables.due.c.place == self.place), tables.due.c.id)
        return Snapshot(
            inbox={row.external_id: dict(row._mapping) for row in inbox},
            outbox={
                row.transaction_id: _outbox_row(row, causes[row.inbox_id], transaction_ids, question_subjects)
                for row in outbox
            },
            agreements=[_agreement_row(row, transaction_ids) for row in agreements],
            history=await self._history(numbers, causes),
            reservations=await self._reservations(numbers),
            questions=[_question_row(row) for row in questions],
            timers=sorted((_without(row, "id", "place") for row in timers), key=str),
        )

    async def _rows(self, statement: Any, order: Any) -> list[Any]:
        return list((await self.connection.execute(statement.order_by(order))).all())

    async def _history(self, numbers: dict[int, int], causes: dict[int, Any]) -> list[Row]:
        steps = await self._rows(select(tables.history), tables.history.c.id)
        of_community = [step for step in steps if step.agreement_id in numbers]
        return [
            {"number": numbers[step.agreement_id], "cause": causes[step.inbox_id].external_id}
            | _without(step, "id", "agreement_id", "inbox_id", "at")
            for step in of_community
        ]

    async def _reservations(self, numbers: dict[int, int]) -> list[Row]:
        joined = tables.reservations.join(tables.things, tables.reservations.c.thing_id == tables.things.c.id)
        statement = select(tables.reservations, tables.things.c.key).select_from(joined)
        rows = [row for row in await self._rows(statement, tables.reservations.c.id) if row.agreement_id in numbers]
        reservations = [
            {"thing": row.key, "number": numbers[row.agreement_id], "start": row.start, "end": row.end} for row in rows
        ]
        return sorted(reservations, key=lambda row: (row["thing"], row["start"]))


def _outbox_row(row: Any, cause: Any, transaction_ids: dict[int, str], question_subjects: dict[str, str]) -> Row:
    return {
        "source": cause.source,
        "cause": cause.external_id,
        "kind": row.kind,
        "content": {name: _without_times(value) for name, value in row.content.items()},
        "refers_to": transaction_ids.get(row.refers_to),
        "subject": question_subjects.get(row.subject, row.subject),
        "revision": row.revision,
        "event": row.external_id,
        "is_card": row.kind == "say" and (row.subject or "").startswith("bookings/"),
    }


def _without_times(value: Any) -> Any:
    """Remove from the answer to `!historik` the times of steps, which are later in a run with kills."""
    return _STEP_TIME.sub("kl. …: ", value) if isinstance(value, str) else value


def _agreement_row(row: Any, transaction_ids: dict[int, str]) -> Row:
    return {**_without(row, "id", "made_at", "changed_at"), "card": transaction_ids.get(row.card)}


def _question_row(row: Any) -> Row:
    """Leave out whether somebody wrote in between, which depends on when the messages arrived."""
    said = {name: value for name, value in row.said.items() if name != "!interrupted"}
    return {**_without(row, "id", "place", "asked_at", "closed_at"), "said": said}


def _without(row: Any, *names: str) -> Row:
    return {name: value for name, value in row._mapping.items() if name not in names}
