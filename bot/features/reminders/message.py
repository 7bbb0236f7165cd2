"""What one message is about: each agreement once, with everybody who is to hear of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.api import Agreement, Span, Terms
from bot.features.reminders.notice import Notice


@dataclass
class Told:
    """An agreement, or one time of a series, and the addresses of those who are to hear of it."""

    agreement: Agreement
    span: Span
    addresses: set[str] = field(default_factory=set)
    asked: Terms | None = None  # the time an answer is owed about


@dataclass
class Work:
    """What there is to do in some days from the `first` on, soonest first, and who is to hear of it."""

    first: date
    times: list[Told]
    addresses: set[str] = field(default_factory=set)


@dataclass
class Message:
    """Everything that is said together; the work of a day by party. `late` when some of it comes too late."""

    reminders: dict[tuple[int, Span], Told] = field(default_factory=dict)
    nudges: dict[int, Told] = field(default_factory=dict)
    days: dict[str, Work] = field(default_factory=dict)
    week: Work | None = None
    late: bool = False

    def add(self, agreement: Agreement, notice: Notice) -> None:
        """Say this of an agreement as well."""
        if notice.span is not None:
            self.remind(agreement, notice.span, notice.address)
        else:
            self.nudge(agreement, notice.address)

    def remind(self, agreement: Agreement, span: Span, address: str) -> None:
        """Of a time that comes."""
        self.reminders.setdefault((agreement.number, span), Told(agreement, span)).addresses.add(address)

    def nudge(self, agreement: Agreement, address: str) -> None:
        """Of an answer that is owed."""
        terms = (
            agreement.negotiation.newest_offer.terms
            if agreement.negotiation.newest_offer
            else agreement.negotiation.terms
        )
        told = Told(agreement, terms.span, asked=terms)
        self.nudges.setdefault(agreement.number, told).addresses.add(address)

    @property
    def works(self) -> list[Work]:
        """The week's and the days'."""
        return [*([self.week] if self.week else []), *self.days.values()]

    @property
    def only(self) -> Told | None:
        """The one agreement that all of it is about, where nothing else is."""
        every = [*self.reminders.values(), *self.nudges.values()]
        return every[0] if len(every) == 1 and not self.works else None

    @property
    def addresses(self) -> set[str]:
        """Of all who are to hear any of it."""
        told = [one.addresses for one in (*self.reminders.values(), *self.nudges.values())]
        return set().union(*told, *(work.addresses for work in self.works))

    @property
    def left(self) -> list[Told]:
        """The reminders of what is not already among the work of a day or the week."""
        listed = {(told.agreement.number, told.span) for work in self.works for told in work.times}
        return sorted((told for key, told in self.reminders.items() if key not in listed), key=lambda told: told.span)


def times_between(agreed: Iterable[Agreement], window: Span) -> list[Told]:
    """What of some agreements goes on or begins between two moments, soonest first."""
    found = [
        Told(agreement, span)
        for agreement in agreed
        for span in agreement.negotiation.terms.spans
        if span.overlaps(window)
    ]
    return sorted(found, key=lambda told: told.span)
