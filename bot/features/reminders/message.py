"""Collects the notices of one message: each agreement once, with the addresses of everybody to tell about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.api import Agreement, Span, Terms
from bot.features.reminders.notice import Notice


@dataclass
class Item:
    """An agreement, or one time of a series, and the addresses of the people to tell about it."""

    agreement: Agreement
    span: Span
    addresses: set[str] = field(default_factory=set)
    asked_terms: Terms | None = None  # the terms that wait for an answer


@dataclass
class WorkList:
    """The work of a day, or of a week that begins on `first`, by start, and the addresses to tell about it."""

    first: date
    items: list[Item]
    addresses: set[str] = field(default_factory=set)


@dataclass
class Message:
    """The content of one message. `work_of_day` is by party. `is_late` is set when any of its notices is late."""

    reminders: dict[tuple[int, Span], Item] = field(default_factory=dict)
    nudges: dict[int, Item] = field(default_factory=dict)
    work_of_day: dict[str, WorkList] = field(default_factory=dict)
    work_of_week: WorkList | None = None
    is_late: bool = False

    def add(self, agreement: Agreement, notice: Notice) -> None:
        """Add a reminder or a nudge."""
        if notice.span is not None:
            self.add_reminder(agreement, notice.span, notice.address)
        else:
            self.add_nudge(agreement, notice.address)

    def add_reminder(self, agreement: Agreement, span: Span, address: str) -> None:
        """Remind the person at an address of a coming time."""
        self.reminders.setdefault((agreement.number, span), Item(agreement, span)).addresses.add(address)

    def add_nudge(self, agreement: Agreement, address: str) -> None:
        """Ask the person at an address again for the answer that they owe."""
        negotiation = agreement.negotiation
        terms = negotiation.newest_terms
        item = Item(agreement, terms.span, asked_terms=terms)
        self.nudges.setdefault(agreement.number, item).addresses.add(address)

    @property
    def work_lists(self) -> list[WorkList]:
        """The work of the week and of each day."""
        return [*([self.work_of_week] if self.work_of_week else []), *self.work_of_day.values()]

    @property
    def only_item(self) -> Item | None:
        """The only reminder or nudge, when the message has no other content."""
        items = [*self.reminders.values(), *self.nudges.values()]
        return items[0] if len(items) == 1 and not self.work_lists else None

    @property
    def addresses(self) -> set[str]:
        """The addresses of everybody to notify."""
        of_items = [item.addresses for item in (*self.reminders.values(), *self.nudges.values())]
        return set().union(*of_items, *(work.addresses for work in self.work_lists))

    @property
    def unlisted_reminders(self) -> list[Item]:
        """The reminders of times that are in no work list of the message, by start."""
        listed = {(item.agreement.number, item.span) for work in self.work_lists for item in work.items}
        unlisted = (item for key, item in self.reminders.items() if key not in listed)
        return sorted(unlisted, key=lambda item: item.span)


def find_items_between(agreed: Iterable[Agreement], window: Span) -> list[Item]:
    """Return the times of agreements that overlap a window, by start."""
    items = [
        Item(agreement, span)
        for agreement in agreed
        for span in agreement.negotiation.terms.spans
        if span.overlaps(window)
    ]
    return sorted(items, key=lambda item: item.span)
