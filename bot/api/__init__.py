"""Everything a feature is written with. Our own features import this and nothing else of Bylaug.

    from bot.api import Argument, Command, Feature, Request, Refused, THING, TIME

A feature is a package with a `Feature` named `feature` in it: commands with the arguments they take, what happens when
its cards are tapped and talked under, timers, and beside it its texts, tables, migrations and conversations.
docs/features.md writes one from the first line to the last.

- Declare:   Feature, Command, Argument and its kinds THING, TASK, PERSON, NUMBER, TIME, TEXT
- Answer:    Request (say, show, change, tell, text, time, remind, forget, db), Refused (a no), Ask, Option (a question)
- Agree:     propose, correct, take_step, let_pass, find_agreement, list_agreements, steps_of, show_as,
             State, Step, Side, Terms, Agreement
- Be free:   bookings_of, free_times, next_free
- Keep:      Moment (a column), request.db, migrations beside the feature
- Read:      find_time, yes_or_no, sign_of, is_pleasantry, quotable
"""

from bot.agreements.decide import Offer, Terms
from bot.agreements.states import HOLDING, SETTLED, Side, State, Step
from bot.api.arguments import (
    NO,
    NUMBER,
    PERSON,
    TASK,
    TEXT,
    THING,
    TIME,
    YES,
    About,
    Argument,
    Ask,
    Option,
    find_time,
)
from bot.api.feature import Command, Feature
from bot.api.free import Booking, bookings_of, free_times, next_free
from bot.api.negotiation import (
    correct,
    find_agreement,
    let_pass,
    list_agreements,
    propose,
    show_as,
    steps_of,
    take_step,
)
from bot.api.request import Request
from bot.config.community import Community, Person, Task, Thing
from bot.errors import Refused
from bot.language.answer import is_pleasantry, sign_of, yes_or_no
from bot.language.command import quotable
from bot.language.when import When
from bot.store.agreements import Agreement
from bot.store.tables import Moment
from bot.texts.catalogue import Text

__all__ = [
    "HOLDING",
    "NO",
    "NUMBER",
    "PERSON",
    "SETTLED",
    "TASK",
    "TEXT",
    "THING",
    "TIME",
    "YES",
    "About",
    "Agreement",
    "Argument",
    "Ask",
    "Booking",
    "Command",
    "Community",
    "Feature",
    "Moment",
    "Offer",
    "Option",
    "Person",
    "Refused",
    "Request",
    "Side",
    "State",
    "Step",
    "Task",
    "Terms",
    "Text",
    "Thing",
    "When",
    "bookings_of",
    "correct",
    "find_agreement",
    "find_time",
    "free_times",
    "is_pleasantry",
    "let_pass",
    "list_agreements",
    "next_free",
    "propose",
    "quotable",
    "show_as",
    "sign_of",
    "steps_of",
    "take_step",
    "yes_or_no",
]
