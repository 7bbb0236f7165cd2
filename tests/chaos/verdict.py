"""Compares what happened with what should have: the room as people see it, the database, and a run without kills.

The model is the bot itself, on a stage without a homeserver and without kills, given what people really sent. It may
not differ in a single message, agreement, step or reservation; transaction ids are made from causes, so both sides name
the same message alike. The order is the one in which the bot wrote things down, and that must keep everybody's own.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callers import Event
from episodes import Ledger
from kept import Kept, read
from sqlalchemy import select
from steps import check_history
from town import Town

from bot.config.community import Community
from bot.matrix.address import room_address
from bot.matrix.sync.translate import translate
from bot.store.messages.inbox import Incoming
from bot.store.tables import outbox
from bot.testing.stage import STAGE_PLACE, Stage

_TARGETS = ("thread", "reply_to", "target")


@dataclass
class Verdict:
    """What was counted in all rooms, and every sentence of what is wrong."""

    commands: int = 0
    answers: int = 0
    lost: int = 0
    doubled: int = 0
    messages: int = 0
    agreements: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            self.wrong.append(otherwise)


async def judge(town: Town, ledger: Ledger, folder: Path) -> Verdict:
    """Look at every room, and at what the log says."""
    verdict = Verdict()
    faults = [line for line in town.log.splitlines() if line.startswith(("ERROR", "CRITICAL", "Traceback"))]
    verdict.expect(not faults, f"the log has {len(faults)} errors, the first: {faults[:1]}")
    communities = town.communities()
    for key, room in town.rooms.items():
        async with town.database() as store:
            kept = await read(store, room_address(room), key)
        seen = await town.people["klub"].read(room)
        await _Room(town, key, room, kept, seen, ledger, verdict).judge(communities[key], folder)
    return verdict


@dataclass
class _Room:
    town: Town
    key: str
    room: str
    kept: Kept
    seen: list[Event]
    ledger: Ledger
    verdict: Verdict

    async def judge(self, community: Community, folder: Path) -> None:
        self._nothing_waits()
        self._said_what_is_written()
        self._everybodys_order_is_kept()
        for problem in check_history(self.kept):
            self.verdict.wrong.append(f"{self.key}: {problem}")
        async with Stage.open(f"sqlite+aiosqlite:///{folder}/{self.key}.db", community) as stage:
            model = await self._replay(stage)
        self._same_as(model)
        self._one_card_each(model)
        self.verdict.agreements += len(self.kept.agreements)

    def _expect(self, is_so: bool, otherwise: str) -> None:
        self.verdict.expect(is_so, f"{self.key}: {otherwise}")

    def _nothing_waits(self) -> None:
        waiting = [one for one in self.kept.inbox.values() if one["done_at"] is None]
        self._expect(not waiting, f"{len(waiting)} things wait in the inbox")
        unsent = [one for one in self.kept.outbox.values() if one["event"] is None]
        self._expect(not unsent, f"{len(unsent)} messages wait or failed in the outbox: {unsent[:1]}")

    def _said_what_is_written(self) -> None:
        """What the bot said in the room and what the outbox has are the same events."""
        said = Counter(event["event_id"] for event in self._of_the_bot())
        written = Counter(one["event"] for one in self.kept.outbox.values())
        doubled, lost = said - written, written - said
        self.verdict.messages += said.total()
        self.verdict.doubled += doubled.total()
        self.verdict.lost += lost.total()
        self._expect(not doubled, f"{doubled.total()} messages nobody queued, or twice")
        self._expect(not lost, f"{lost.total()} messages that are noted as sent and not there")

    def _of_the_bot(self) -> list[Event]:
        kinds = ("m.room.message", "m.reaction")
        return [event for event in self.seen if event["sender"] == self.town.bot and event["type"] in kinds]

    def _everybodys_order_is_kept(self) -> None:
        order = {event: number for number, event in enumerate(self.kept.inbox)}
        newest: dict[str, int] = {}
        for event in self.seen:
            number = order.get(event["event_id"])
            if number is not None:
                self._expect(number > newest.get(event["sender"], -1), f"{event['event_id']} was kept out of order")
                newest[event["sender"]] = number

    async def _replay(self, stage: Stage) -> Kept:
        """The same without kills: what came in, in the bot's order, and what it left out where it happened."""
        order = {event: number for number, event in enumerate(self.kept.inbox)}
        behind = -1.0
        arrived: list[tuple[float, Incoming]] = []
        for event in self.seen:
            behind = order.get(event["event_id"], behind)
            if incoming := self._incoming(event):
                arrived.append((behind, incoming))
        ours = {one["event"]: key for key, one in self.kept.outbox.items() if one["event"]}
        for _, incoming in sorted(arrived, key=lambda one: one[0]):
            stage.now = max(stage.now, incoming.sent_at)
            await stage.bring(await _for_stage(stage, incoming, ours))
        return await read(stage.context.store, STAGE_PLACE, self.key)

    def _incoming(self, event: Event) -> Incoming | None:
        """As the bot reads it. What was taken back is empty by now; where it was handled, the inbox has its words."""
        kept = self.kept.inbox.get(event["event_id"])
        if event["event_id"] in self.ledger.taken_back:
            if kept is None or kept["outcome"] == "withdrawn":
                return None
            return Incoming(
                "matrix", event["event_id"], STAGE_PLACE, kept["sender"], "message", kept["sent_at"], kept["payload"]
            )
        incoming = translate(self.room, event, self.town.bot, datetime.now(UTC))
        return None if incoming is None or incoming.kind == "redaction" else incoming

    def _same_as(self, model: Kept) -> None:
        """Every command's answer, and what the database has at the end."""
        mine, wanted = self.kept.answers(), model.answers()
        here = [event for event in self.ledger.commands if event in {one["event_id"] for one in self.seen}]
        self.verdict.commands += len(here)
        self.verdict.answers += sum(bool(mine.get(event)) for event in here)
        for cause in {*here, *mine, *wanted}:
            got, should = mine.get(cause, {}), wanted.get(cause, {})
            self.verdict.lost += len(should.keys() - got.keys())
            self.verdict.doubled += len(got.keys() - should.keys())
            self._expect(got == should, f"{cause} was answered with {got}\n    and not {should}")
            self._expect(cause not in here or bool(should), f"{cause} has no answer in the model either")
        for name in ("agreements", "history", "reservations", "questions", "timers"):
            got, should = getattr(self.kept, name), getattr(model, name)
            differing = [pair for pair in zip(got, should, strict=False) if pair[0] != pair[1]]
            self._expect(got == should, f"{name} differ ({len(got)}, {len(should)}): {differing[:1]}")

    def _one_card_each(self, model: Kept) -> None:
        """As people see it: one message for each agreement, and what its newest edit says."""
        cards = {one["event"]: one for one in self.kept.outbox.values() if one["is_card"]}
        shown = {
            event["event_id"]: event["content"]["body"] for event in self._of_the_bot() if event["event_id"] in cards
        }
        for event in self._of_the_bot():
            relation = event["content"].get("m.relates_to", {})
            if relation.get("rel_type") == "m.replace" and relation["event_id"] in shown:
                shown[relation["event_id"]] = event["content"]["m.new_content"]["body"]
        subjects = Counter(one["subject"] for one in cards.values())
        agreed = Counter(f"bookings/{one['number']}" for one in self.kept.agreements)
        self._expect(
            subjects == agreed, f"cards and agreements: {subjects - agreed} too many, {agreed - subjects} lack"
        )
        for event, card in cards.items():
            wanted = model.shows(card["subject"])
            self._expect(
                shown.get(event) == wanted, f"{card['subject']} shows {shown.get(event)}\n    and not {wanted}"
            )


async def _for_stage(stage: Stage, incoming: Incoming, ours: dict[str, str]) -> Incoming:
    """What it answers or taps has another event id there, and the same transaction id."""
    payload: dict[str, Any] = dict(incoming.payload)
    async with stage.context.store.read() as connection:
        for name in _TARGETS:
            if payload.get(name) in ours:
                there = select(outbox.c.external_id).where(outbox.c.transaction_id == ours[payload[name]])
                payload[name] = (await connection.execute(there)).scalar_one_or_none() or payload[name]
    return replace(incoming, place=STAGE_PLACE, payload=payload)
