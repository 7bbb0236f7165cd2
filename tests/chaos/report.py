"""Compares three things: the room as people see it, the bot's database, and a run of the bot without kills.

The run without kills is the model: the bot on a Stage, without a homeserver, given what people really sent. No message,
agreement, step or reservation may differ. Transaction ids are made from causes, so the same message has the same id in
both. The model handles events in the order of the bot's inbox, which must keep the order of each sender.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chaos_setup import ChaosSetup
from conversing_user import Event
from history_check import check_history
from snapshot import Snapshot, take_snapshot
from sqlalchemy import select
from stories import SentCommands

from bot.config.community import Community
from bot.matrix.address import room_address
from bot.matrix.sync.translate import translate
from bot.store.messages.inbox import Incoming
from bot.store.tables import outbox
from bot.testing.stage import STAGE_PLACE, Stage

_TARGETS = ("thread", "reply_to", "target")


@dataclass
class Report:
    """The counts of all rooms, and a sentence for everything that is wrong."""

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


async def check_run(setup: ChaosSetup, sent_commands: SentCommands, folder: Path) -> Report:
    """Check the log and every room."""
    report = Report()
    faults = [line for line in setup.log.splitlines() if line.startswith(("ERROR", "CRITICAL", "Traceback"))]
    if setup.has_standby:  # a frozen bot finds that the server has ended its connections
        faults = [line for line in faults if not line.startswith("ERROR bot.store.database.health")]
    report.expect(not faults, f"the log has {len(faults)} errors, the first: {faults[:1]}")
    communities = setup.communities()
    for key, room in setup.rooms.items():
        async with setup.database() as store:
            snapshot = await take_snapshot(store, room_address(room), key)
        events = await setup.people["klub"].read(room)
        await _RoomCheck(setup, key, room, snapshot, events, sent_commands, report).check(communities[key], folder)
    return report


@dataclass
class _RoomCheck:
    setup: ChaosSetup
    key: str
    room: str
    snapshot: Snapshot
    events: list[Event]
    sent_commands: SentCommands
    report: Report

    async def check(self, community: Community, folder: Path) -> None:
        self._check_nothing_is_pending()
        self._check_room_has_what_the_outbox_has()
        self._check_order_of_each_sender()
        for problem in check_history(self.snapshot):
            self.report.wrong.append(f"{self.key}: {problem}")
        async with Stage.open(f"sqlite+aiosqlite:///{folder}/{self.key}.db", community) as stage:
            model = await self._replay(stage)
        self._check_equals(model)
        self._check_cards(model)
        self.report.agreements += len(self.snapshot.agreements)

    def _expect(self, is_so: bool, otherwise: str) -> None:
        self.report.expect(is_so, f"{self.key}: {otherwise}")

    def _check_nothing_is_pending(self) -> None:
        unhandled = [row for row in self.snapshot.inbox.values() if row["done_at"] is None]
        self._expect(not unhandled, f"{len(unhandled)} inbox rows are unhandled")
        unsent = [one for one in self.snapshot.outbox.values() if one["event"] is None]
        self._expect(not unsent, f"{len(unsent)} outbox rows are unsent or failed: {unsent[:1]}")

    def _check_room_has_what_the_outbox_has(self) -> None:
        """Check that the bot's events in the room are exactly those of the outbox."""
        in_room = Counter(event["event_id"] for event in self._events_of_the_bot())
        in_outbox = Counter(one["event"] for one in self.snapshot.outbox.values())
        doubled, lost = in_room - in_outbox, in_outbox - in_room
        self.report.messages += in_room.total()
        self.report.doubled += doubled.total()
        self.report.lost += lost.total()
        self._expect(not doubled, f"{doubled.total()} messages that are not in the outbox, or doubled")
        self._expect(not lost, f"{lost.total()} messages that are marked as sent and missing")

    def _events_of_the_bot(self) -> list[Event]:
        kinds = ("m.room.message", "m.reaction")
        return [event for event in self.events if event["sender"] == self.setup.bot and event["type"] in kinds]

    def _check_order_of_each_sender(self) -> None:
        order = {event: number for number, event in enumerate(self.snapshot.inbox)}
        newest: dict[str, int] = {}
        for event in self.events:
            number = order.get(event["event_id"])
            if number is not None:
                self._expect(number > newest.get(event["sender"], -1), f"{event['event_id']} was stored out of order")
                newest[event["sender"]] = number

    async def _replay(self, stage: Stage) -> Snapshot:
        """Give the model all events in the order of the inbox; one that is not in it follows the event before it."""
        order = {event: number for number, event in enumerate(self.snapshot.inbox)}
        position = -1.0
        arrived: list[tuple[float, Incoming]] = []
        for event in self.events:
            position = order.get(event["event_id"], position)
            if incoming := self._to_incoming(event):
                arrived.append((position, incoming))
        transaction_ids = {one["event"]: key for key, one in self.snapshot.outbox.items() if one["event"]}
        for _, incoming in sorted(arrived, key=lambda one: one[0]):
            stage.now = max(stage.now, incoming.sent_at)
            await stage.bring(await _translate_for_stage(stage, incoming, transaction_ids))
        return await take_snapshot(stage.context.store, STAGE_PLACE, self.key)

    def _to_incoming(self, event: Event) -> Incoming | None:
        """Return an event as the bot reads it. The text of a redacted event is in the inbox, if it was handled."""
        snapshot = self.snapshot.inbox.get(event["event_id"])
        if event["event_id"] in self.sent_commands.redacted:
            if snapshot is None or snapshot["outcome"] == "withdrawn":
                return None
            return Incoming(
                "matrix",
                event["event_id"],
                STAGE_PLACE,
                snapshot["sender"],
                "message",
                snapshot["sent_at"],
                snapshot["payload"],
            )
        incoming = translate(self.room, event, self.setup.bot, datetime.now(UTC))
        return None if incoming is None or incoming.kind == "redaction" else incoming

    def _check_equals(self, model: Snapshot) -> None:
        """Check that every command's answer and every table equal those of the model."""
        answers, expected_answers = self.snapshot.answers(), model.answers()
        here = [event for event in self.sent_commands.commands if event in {one["event_id"] for one in self.events}]
        self.report.commands += len(here)
        self.report.answers += sum(bool(answers.get(event)) for event in here)
        for cause in {*here, *answers, *expected_answers}:
            actual, expected = answers.get(cause, {}), expected_answers.get(cause, {})
            self.report.lost += len(expected.keys() - actual.keys())
            self.report.doubled += len(actual.keys() - expected.keys())
            self._expect(actual == expected, f"{cause} was answered with {actual}\n    and not {expected}")
            self._expect(cause not in here or bool(expected), f"{cause} has no answer in the model either")
        for name in ("agreements", "history", "reservations", "questions", "timers"):
            actual, expected = getattr(self.snapshot, name), getattr(model, name)
            differing = [pair for pair in zip(actual, expected, strict=False) if pair[0] != pair[1]]
            self._expect(actual == expected, f"{name} differ ({len(actual)}, {len(expected)}): {differing[:1]}")

    def _check_cards(self, model: Snapshot) -> None:
        """Check that the room has one card for each agreement, which shows the newest text."""
        cards = {one["event"]: one for one in self.snapshot.outbox.values() if one["is_card"]}
        shown = {
            event["event_id"]: event["content"]["body"]
            for event in self._events_of_the_bot()
            if event["event_id"] in cards
        }
        for event in self._events_of_the_bot():
            relation = event["content"].get("m.relates_to", {})
            if relation.get("rel_type") == "m.replace" and relation["event_id"] in shown:
                shown[relation["event_id"]] = event["content"]["m.new_content"]["body"]
        subjects = Counter(one["subject"] for one in cards.values())
        agreed = Counter(f"bookings/{one['number']}" for one in self.snapshot.agreements)
        self._expect(
            subjects == agreed, f"cards and agreements: {subjects - agreed} too many, {agreed - subjects} lack"
        )
        for event, card in cards.items():
            wanted = model.final_card_text(card["subject"])
            self._expect(
                shown.get(event) == wanted, f"{card['subject']} shows {shown.get(event)}\n    and not {wanted}"
            )


async def _translate_for_stage(stage: Stage, incoming: Incoming, transaction_ids: dict[str, str]) -> Incoming:
    """Replace the event ids of the bot's messages by those on the stage, found by transaction id."""
    payload: dict[str, Any] = dict(incoming.payload)
    async with stage.context.store.read() as connection:
        for name in _TARGETS:
            if payload.get(name) in transaction_ids:
                event_id = select(outbox.c.external_id).where(outbox.c.transaction_id == transaction_ids[payload[name]])
                payload[name] = (await connection.execute(event_id)).scalar_one_or_none() or payload[name]
    return replace(incoming, place=STAGE_PLACE, payload=payload)
