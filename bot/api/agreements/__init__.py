"""Agreements: what one party asks of another at a time, the offers they negotiate, and what they agree on.

An `Agreement` has a number in its room, an organizer who asks, an attendee who is asked, and mostly a thing, which it
reserves. `propose` makes one. Every change is a `Step` that one `Side` takes, and leads to a `State`; the rules, in the
words of RFC 5546, are in bot/agreements. An `Offer` puts `Terms` (a time, or the times of a series) to the other side.
An accepted offer stands until a change to it is accepted.

    terms = Terms.once(request.to_span(time))
    agreement = await propose(request, attendee=person, terms=terms, thing=thing)
    after = await take_step(request, agreement, Step.ACCEPT)

- Steps: propose, reserve (for one's own use, without a second party), correct_proposal, take_step, take_clock_step
- Lookup: find_agreement, list_agreements, count_agreements, find_series, find_history, set_card
- Series: make_series, drop_occurrences, move_to_clock, move_to_weekday, find_holidays (their terms), skip_occurrences,
  detach_occurrences (times of an agreed series)
- Types: Agreement, Terms, Offer, Negotiation, Step, Side, State, HistoryEntry; AgreementConditions and Order (for
  list_agreements)
- Keys: KeyColumn (a column of a feature's own table that names a thing, a task or a person, as agreements do)
- The file: take_newly_removed (what was taken out of it while agreements name it)
- Titles: describe_work (what an agreement is about), name_activity (the same without the thing), name_work (a task on a
  thing), name_use (a thing that is used)
- Groups of states: HOLDING (the thing is reserved), SETTLED (nothing is awaited)
"""

from bot.agreements.negotiation import Negotiation, Offer, Terms
from bot.agreements.states import HOLDING, SETTLED, Side, State, Step
from bot.api.agreements.lookup import (
    AgreementConditions,
    count_agreements,
    find_agreement,
    find_history,
    find_series,
    list_agreements,
    set_card,
)
from bot.api.agreements.negotiate import correct_proposal, propose, reserve, take_clock_step, take_step
from bot.api.agreements.occurrences import detach_occurrences, skip_occurrences
from bot.api.agreements.removed import take_newly_removed
from bot.api.agreements.series import drop_occurrences, find_holidays, make_series, move_to_clock, move_to_weekday
from bot.api.work import describe_work, name_activity, name_use, name_work
from bot.store.agreements.agreements import Agreement, Order
from bot.store.agreements.history import HistoryEntry
from bot.store.keys.columns import KeyColumn

__all__ = [
    "HOLDING",
    "SETTLED",
    "Agreement",
    "AgreementConditions",
    "HistoryEntry",
    "KeyColumn",
    "Negotiation",
    "Offer",
    "Order",
    "Side",
    "State",
    "Step",
    "Terms",
    "correct_proposal",
    "count_agreements",
    "describe_work",
    "detach_occurrences",
    "drop_occurrences",
    "find_agreement",
    "find_history",
    "find_holidays",
    "find_series",
    "list_agreements",
    "make_series",
    "move_to_clock",
    "move_to_weekday",
    "name_activity",
    "name_use",
    "name_work",
    "propose",
    "reserve",
    "set_card",
    "skip_occurrences",
    "take_clock_step",
    "take_newly_removed",
    "take_step",
]
