"""All steps by all people in any order, through the real pipeline and database: the invariants hold after each."""

import asyncio
import shutil
import tempfile
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis_settings import hypothesis_settings
from invariants import check_invariants
from open_stage import open_stage
from sample_community import CLUB, FIRM, FOREMAN, RIVAL, STRANGER
from sqlalchemy import select

from bot.store.messages.inbox import Incoming
from bot.store.tables import agreements, inbox
from bot.testing import Heard, Stage

PEOPLE = st.sampled_from([CLUB, RIVAL, FIRM, FOREMAN, STRANGER])
THINGS = st.sampled_from(["bane 1", "bane 2", ""])
TASKS = st.sampled_from(["slåning", "kridte", ""])
TIMES = st.sampled_from(
    [
        "fredag kl. 14",
        "fredag kl. 15",
        "lørdag kl. 9",
        "i morgen kl. 10",
        "fredag",
        "kl. 16",
        "i dag kl. 8",
        "hver fredag kl. 14 i juli",
        "",
    ]
)
STEPS = st.sampled_from(["accepter", "afvis", "færdig", "bekræft", "mangler", "aflys", "historik"])
NUMBERS = st.sampled_from(["", "1", "2", "3", "99"])
REASONS = st.sampled_from(["", " regnvejr"])
TAPS = st.sampled_from(["✅", "❌", "1️⃣", "2️⃣", "🎉"])
WORDS = st.sampled_from(["ja", "nej", "kl. 9", "torsdag kl. 10 passer bedre", "slåning", "bane 2", "vi ses", "2"])
WHICH = st.integers(0, 7)
SIDES = st.sampled_from([0, 1])
#: What the parties of an agreement do about it.
ACTS = st.sampled_from(
    [f"!foreslå {{}} fredag kl. {hour}" for hour in (9, 10, 11)] + [f"!{step} {{}}" for step in ("ja", "nej", "færdig")]
)

COMMANDS = st.one_of(
    st.builds("!book {} {} {}".format, THINGS, TASKS, TIMES),
    st.builds("!foreslå {} {}".format, NUMBERS, TIMES),
    st.builds("!{} {}{}".format, STEPS, NUMBERS, REASONS),
    st.sampled_from(["!aftaler", "!mine", "!bane 1", "!hjælp", "!bok bane 1"]),
)


class Community(RuleBasedStateMachine):
    """People write, tap, edit and delete in random order, time passes, and the bot is restarted."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.said: list[Incoming] = []
        self.texts: set[tuple[str, str]] = set()

    @initialize()
    def open_room(self) -> None:
        self._opened: AbstractAsyncContextManager[Stage] = open_stage(self.folder)
        self.stage = self.loop.run(self._opened.__aenter__())

    def teardown(self) -> None:
        self.loop.run(self._opened.__aexit__(None, None, None))
        self.loop.close()
        shutil.rmtree(self.folder)

    def bring(self, *incoming: Incoming) -> list[Heard]:
        self.said += incoming
        self.texts |= {(one.sender, one.payload.get("text", "")) for one in incoming}
        return self.loop.run(self.stage.bring(*incoming))

    def message(self, who: str, text: str, **payload: str) -> Incoming:
        return self.stage.incoming(who, "message", {"text": text, "to_us": False, "mentions": [], **payload})

    def ours(self, which: int) -> str:
        """Return the event id of one of the bot's last messages."""
        says = [heard.event for heard in self.stage.heard if heard.kind == "say"]
        return says[-1 - which % len(says)] if says else "$nothing"

    def parties(self, which: int) -> tuple[int, list[str]]:
        """Return the number and the parties of one of the last agreements."""

        async def look() -> list[tuple[int, list[str]]]:
            async with self.stage.context.store.read() as connection:
                rows = await connection.execute(select(agreements).order_by(agreements.c.number))
                return [(row.number, [row.organizer, row.attendee]) for row in rows]

        found = self.loop.run(look()) or [(1, ["klub", "firma"])]
        return found[-1 - which % 2 % len(found)]

    @rule(which=WHICH, side=SIDES, act=ACTS)
    def party_acts(self, which: int, side: int, act: str) -> None:
        number, parties = self.parties(which)
        self.bring(self.message(self.address(parties[side]), act.format(number)))

    @rule(which=WHICH, side=SIDES, emoji=st.sampled_from(["✅", "❌"]), at=WHICH)
    def party_taps(self, which: int, side: int, emoji: str, at: int) -> None:
        _, parties = self.parties(which)
        tap = {"target": self.ours(at), "key": emoji}
        self.bring(self.stage.incoming(self.address(parties[side]), "tap", tap))

    def address(self, party: str) -> str:
        person = self.stage.community.person(party)
        return person.addresses[0] if person else party

    @rule(who=PEOPLE, text=COMMANDS)
    def command(self, who: str, text: str) -> None:
        self.bring(self.message(who, text))

    @rule(one=PEOPLE, other=PEOPLE, first=COMMANDS, second=COMMANDS)
    def command_at_once(self, one: str, other: str, first: str, second: str) -> None:
        self.bring(self.message(one, first), self.message(other, second))

    @rule(who=PEOPLE, emoji=TAPS, which=WHICH)
    def tap(self, who: str, emoji: str, which: int) -> None:
        self.bring(self.stage.incoming(who, "tap", {"target": self.ours(which), "key": emoji}))

    @rule(one=PEOPLE, other=PEOPLE, first=TAPS, second=TAPS, which=WHICH)
    def tap_at_once(self, one: str, other: str, first: str, second: str, which: int) -> None:
        target = self.ours(which)
        taps = [(one, first), (other, second)]
        self.bring(*(self.stage.incoming(who, "tap", {"target": target, "key": key}) for who, key in taps))

    @rule(who=PEOPLE, text=WORDS, which=WHICH, relation=st.sampled_from(["thread", "reply_to"]))
    def talk_under(self, who: str, text: str, which: int, relation: str) -> None:
        self.bring(self.message(who, text, **{relation: self.ours(which)}))

    @rule(who=PEOPLE, text=WORDS)
    def talk(self, who: str, text: str) -> None:
        self.bring(self.message(who, text))

    @rule(which=WHICH, text=st.one_of(COMMANDS, WORDS), by=st.none() | PEOPLE)
    def correct(self, which: int, text: str, by: str | None) -> None:
        if self.said:
            original = self.said[-1 - which % len(self.said)]
            payload = {"text": text, "to_us": False, "mentions": [], "target": original.external_id}
            self.bring(self.stage.incoming(by or original.sender, "edit", payload))

    @rule(who=PEOPLE, text=COMMANDS, corrected=COMMANDS, deleted=st.booleans(), by=st.none() | PEOPLE)
    def change_ones_mind(self, who: str, text: str, corrected: str, deleted: bool, by: str | None) -> None:
        original = self.message(who, text)
        payload = {"text": corrected, "to_us": False, "mentions": [], "target": original.external_id}
        taken_back = self.stage.incoming(who, "redaction", {"target": original.external_id})
        self.bring(original, self.stage.incoming(by or who, "edit", payload), *([taken_back] if deleted else []))

    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        if self.said:
            original = self.said[-1 - which % len(self.said)]
            self.bring(self.stage.incoming(original.sender, "redaction", {"target": original.external_id}))

    @rule(which=WHICH)
    def arrive_again(self, which: int) -> None:
        if self.said:
            assert self.loop.run(self.stage.bring(self.said[-1 - which % len(self.said)])) == []

    @rule(hours=st.sampled_from([1, 1, 30, 80]))
    def wait(self, hours: int) -> None:
        self.loop.run(self.stage.wait(timedelta(hours=hours)))

    @rule()
    def restart(self) -> None:
        before = self.stage
        self.loop.run(self._opened.__aexit__(None, None, None))
        self.open_room()
        self.stage.heard, self.stage.now, self.stage._numbers = before.heard, before.now, before._numbers

    @invariant()
    def invariants_hold(self) -> None:
        assert self.stage.context.health.counts["faults", ""] == 0

        async def check() -> None:
            async with self.stage.context.store.read() as connection:
                await check_invariants(connection, self.stage.community)
                rows = (await connection.execute(select(inbox).where(inbox.c.kind == "message"))).all()
                assert {(row.sender, row.payload["text"]) for row in rows if "text" in row.payload} <= self.texts

        self.loop.run(check())


test_any_order = Community.TestCase
test_any_order.settings = hypothesis_settings(11, steps=40)
