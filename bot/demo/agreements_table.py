"""Reads the agreements back from the bot's database, shows them, and says where they are not what they should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table
from rich.text import Text

from bot.agreements.states import State
from bot.config.community import Community
from bot.demo.terminal import Terminal
from bot.languages import write_time
from bot.store.agreements.agreements import Agreement, find_agreements
from bot.store.agreements.history import HistoryEntry, find_history
from bot.store.database.transaction import Store


@dataclass(frozen=True)
class AgreementHistory:
    """An agreement and every step that was taken in it, oldest first."""

    agreement: Agreement
    steps: Sequence[HistoryEntry]


async def read_agreements(database: str, community: Community) -> list[AgreementHistory]:
    """Everything a community has agreed."""
    store = Store(database)
    try:
        async with store.read() as connection:
            found = await find_agreements(connection, community.key, frozenset(State))
            return [AgreementHistory(agreement, await find_history(connection, agreement.id)) for agreement in found]
    finally:
        await store.close()


def find_differences(
    histories: Sequence[AgreementHistory], expected_states: Mapping[int, str], screen: Terminal
) -> list[str]:
    """A sentence for every agreement that is not what the story leads to, or cannot say how it came to be it."""

    def state_name(known: Mapping[int, str], number: int) -> str:
        return screen.text(f"state-{known[number]}") if number in known else "–"

    states = {entry.agreement.number: str(entry.agreement.state) for entry in histories}
    faults = [
        screen.text(
            "wrong-state", number=number, expected=state_name(expected_states, number), came=state_name(states, number)
        )
        for number in sorted(expected_states.keys() | states.keys())
        if expected_states.get(number) != states.get(number)
    ]
    broken = [entry.agreement.number for entry in histories if not _is_complete(entry)]
    return faults + [screen.text("wrong-history", number=number) for number in broken]


def _is_complete(entry: AgreementHistory) -> bool:
    """It begins with the proposal, ends with the state it is in, and somebody took every step."""
    steps = entry.steps
    begins = bool(steps) and steps[0].step == "propose"
    return begins and steps[-1].state == entry.agreement.state and all(s.party and s.inbox_id for s in steps)


class AgreementsTable:
    """The agreements as a table."""

    def __init__(self, community: Community, screen: Terminal) -> None:
        self._community, self._screen = community, screen

    def print(self, entries: Sequence[AgreementHistory]) -> None:
        """Print it."""
        words = self._screen.text
        table = Table(title=words("ledger"), title_justify="left", title_style="bold", show_lines=True, expand=True)
        for key in ("number", "what", "state", "history"):
            ratio = {"what": 3, "state": 2, "history": 5}.get(key)
            table.add_column(words(f"column-{key}"), ratio=ratio, header_style="green")
        for entry in entries:
            table.add_row(*self._row(entry))
        self._screen.print("", table)

    def _row(self, entry: AgreementHistory) -> tuple[str, Text, Text, Text]:
        agreement, words = entry.agreement, self._screen.text
        organizer, attendee = self._party_name(agreement.organizer), self._party_name(agreement.attendee)
        thing, task = self._community.thing(agreement.thing or ""), self._community.task(agreement.task or "")
        what = ", ".join(named.name for named in (task, thing) if named)
        terms = agreement.negotiation.terms
        return (
            str(agreement.number),
            Text.assemble(
                (what, "bold"),
                f"\n{self._time_text(terms.start, terms.end)}\n",
                (words("between", organizer=organizer, attendee=attendee), "dim"),
            ),
            Text(words(f"state-{agreement.state}"), "bold"),
            Text("\n".join(self._step_text(step) for step in entry.steps)),
        )

    def _step_text(self, step: HistoryEntry) -> str:
        time = self._time_text(step.terms.start, step.terms.end) if step.terms else ""
        return self._screen.text(
            f"step-{step.step}", who=self._party_name(step.party), time=time, reason=step.reason or ""
        )

    def _time_text(self, start: datetime, end: datetime) -> str:
        local = [moment.astimezone(self._community.time_zone).replace(tzinfo=None) for moment in (start, end)]
        return write_time.write_short(*local, language=self._community.language)

    def _party_name(self, party: str) -> str:
        person = self._community.person(party)
        return person.name if person else party
