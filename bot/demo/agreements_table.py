"""Reads the agreements from the bot's database, prints them as a table, and compares them with the conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table
from rich.text import Text

from bot.agreements.states import State
from bot.config.community import Community
from bot.demo.terminal import Terminal
from bot.languages import write_time
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import Agreement, find_agreements
from bot.store.agreements.history import HistoryEntry, find_history
from bot.store.database.transaction import Store


@dataclass(frozen=True)
class AgreementHistory:
    """An agreement with every step taken in it, oldest first."""

    agreement: Agreement
    steps: Sequence[HistoryEntry]


async def read_agreements(database: str, community: Community) -> list[AgreementHistory]:
    """Return every agreement of a community, in whatever state, from the database at a URL."""
    store = Store(database)
    try:
        async with store.read() as connection:
            agreements = await find_agreements(connection, AgreementFilter(community.key, frozenset(State)))
            return [
                AgreementHistory(agreement, await find_history(connection, agreement.id)) for agreement in agreements
            ]
    finally:
        await store.close()


def find_differences(
    histories: Sequence[AgreementHistory], expected_states: Mapping[int, str], terminal: Terminal
) -> list[str]:
    """Return a sentence for each agreement in another state than expected, or with an incomplete history."""

    def state_name(states: Mapping[int, str], number: int) -> str:
        return terminal.text(f"state-{states[number]}") if number in states else "–"

    states = {history.agreement.number: str(history.agreement.state) for history in histories}
    differences = [
        terminal.text(
            "wrong-state", number=number, expected=state_name(expected_states, number), came=state_name(states, number)
        )
        for number in sorted(expected_states.keys() | states.keys())
        if expected_states.get(number) != states.get(number)
    ]
    incomplete = [history.agreement.number for history in histories if not _is_complete(history)]
    return differences + [terminal.text("wrong-history", number=number) for number in incomplete]


def _is_complete(history: AgreementHistory) -> bool:
    """Whether the steps begin with the proposal and end in the current state, and each has a party and a cause."""
    steps = history.steps
    begins_with_proposal = bool(steps) and steps[0].step == "propose"
    ends_in_state = bool(steps) and steps[-1].state == history.agreement.state
    return begins_with_proposal and ends_in_state and all(step.party and step.inbox_id for step in steps)


class AgreementsTable:
    """Prints agreements as a table with a row for each."""

    def __init__(self, community: Community, terminal: Terminal) -> None:
        self._community, self._terminal = community, terminal

    def print(self, histories: Sequence[AgreementHistory]) -> None:
        """Print the agreements with parties, time, state and steps."""
        text_of = self._terminal.text
        table = Table(
            title=text_of("agreements-title"), title_justify="left", title_style="bold", show_lines=True, expand=True
        )
        for key in ("number", "subject", "state", "history"):
            ratio = {"subject": 3, "state": 2, "history": 5}.get(key)
            table.add_column(text_of(f"column-{key}"), ratio=ratio, header_style="green")
        for history in histories:
            table.add_row(*self._row(history))
        self._terminal.print("", table)

    def _row(self, history: AgreementHistory) -> tuple[str, Text, Text, Text]:
        agreement, text_of = history.agreement, self._terminal.text
        organizer, attendee = self._party_name(agreement.organizer), self._party_name(agreement.attendee)
        thing, task = self._community.thing(agreement.thing or ""), self._community.task(agreement.task or "")
        subject = ", ".join(part.name for part in (task, thing) if part)
        terms = agreement.negotiation.terms
        return (
            str(agreement.number),
            Text.assemble(
                (subject, "bold"),
                f"\n{self._time_text(terms.start, terms.end)}\n",
                (text_of("between", organizer=organizer, attendee=attendee), "dim"),
            ),
            Text(text_of(f"state-{agreement.state}"), "bold"),
            Text("\n".join(self._step_text(step) for step in history.steps)),
        )

    def _step_text(self, step: HistoryEntry) -> str:
        time = self._time_text(step.terms.start, step.terms.end) if step.terms else ""
        return self._terminal.text(
            f"step-{step.step}", who=self._party_name(step.party), time=time, reason=step.reason or ""
        )

    def _time_text(self, start: datetime, end: datetime) -> str:
        local = [moment.astimezone(self._community.time_zone).replace(tzinfo=None) for moment in (start, end)]
        return write_time.write_short(*local, language=self._community.language)

    def _party_name(self, party: str) -> str:
        person = self._community.person(party)
        return person.name if person else party
