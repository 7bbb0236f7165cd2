"""What a feature is written with. Features import `bot.api` and its packages, and nothing else of Bylaug.

A feature is a package with a `Feature` named `feature`, and beside it its texts, migrations and conversations.
docs/features.md writes one from the first line to the last. In the order in which it is written:

1. Declare it: a `Feature` has `Command`s, and a command has `Argument`s of a kind: THING, TASK, PERSON, TIME, TEXT,
   AGREEMENT_NUMBER, or CHOICE (only answered with a tap). A handler gets their values by name: a `Thing`, a `Task`, a
   `Person`, a `When`, text.

       async def borrow(request: Request, tool: Thing, time: When) -> None: ...

       feature = Feature(
           name="tools",
           folder=Path(__file__).parent,
           commands=(Command("borrow", {"da": ("lån",)}, borrow, (Argument("tool", THING), Argument("time", TIME))),),
       )

   With a `SpeechAct` a command can also be said in a sentence; call `request.confirm` before it changes anything.

2. Answer: the `Request` answers the person (`say`), writes to the room (`tell`), shows cards and sets timers; it knows
   the `Community`. Raise `Refused` to refuse, and `Ask` to ask a question with `Option`s to tap; raising either rolls
   back everything that the handler did. Raise `MeansEach` to have the command listed, and called for each of several
   values. A `Text` is a finished sentence to put into another sentence. `shorten_list`
   cuts a list: to MAX_LIST_LINES, or to FEW_LINES inside an answer about something else.
3. React: `Feature.on_tap` gets the emoji that was tapped (YES, NO; `sign_of` tells which), `Feature.on_message` a text
   that was written in a card's thread (`yes_or_no`, `find_time`). `offer_actions` sends a message with `Action`s,
   commands that anybody can tap: ACTIONS_PER_MESSAGE at most.
4. Store: `request.db` is the connection, `Moment` the column for moments. A column that has the keys of
   things, tasks or people is named in `Feature.key_columns` (bot.api.agreements), so that it follows when the file
   renames one.
5. Find free times: a `Span` is the time between two moments. `find_obstacles` returns each `Obstacle` to a time,
   `find_free_times` and `find_next_free` return times without obstacles, `find_matches` returns the `Match`es on a
   thing. `Feature.obstacles` makes the obstacles that your feature knows count for every feature. The rest is in
   `bot.api.availability`.
6. Agree: `propose` makes an `Agreement` on `Terms` that reserves a thing. `take_step` takes a `Step` for the person who
   asks, on their `Side`, which leads to a `State`. `find_agreement` and `list_agreements` look agreements up,
   `set_card` remembers the card of one. Series and the rest are in `bot.api.agreements`.
7. Be considerate: `when_allowed` waits for the end of quiet hours, `language_of` is the language for one party alone,
   `find_settings` has everything that people chose. The rest is in `bot.api.people`.
8. Show: a `Picture` for `request.show_picture`. Drawing a week is in `bot.api.drawing`.

More kinds of argument, and how to write one, are in `bot.api.arguments`.
"""

from bot.agreements.negotiation import Terms
from bot.agreements.states import Side, State, Step
from bot.api.actions import ACTIONS_PER_MESSAGE, Action, offer_actions
from bot.api.agreements.lookup import find_agreement, list_agreements, set_card
from bot.api.agreements.negotiate import propose, take_step
from bot.api.arguments.agreement_number import AGREEMENT_NUMBER
from bot.api.arguments.kind import Argument
from bot.api.arguments.names import PERSON, TASK, THING
from bot.api.arguments.text import CHOICE, TEXT
from bot.api.arguments.time import TIME, find_time
from bot.api.availability.free_times import find_free_times, find_next_free
from bot.api.availability.matches import find_matches
from bot.api.availability.obstacles import find_obstacles
from bot.api.feature import Command, Feature, Request
from bot.api.lists import FEW_LINES, MAX_LIST_LINES, shorten_list
from bot.api.people.notices import language_of, when_allowed
from bot.api.people.settings import find_settings
from bot.api.request.hook_types import Obstacle
from bot.api.request.picture import Picture
from bot.api.request.question import NO, YES, Ask, MeansEach, Option
from bot.config.community import Community, Person, Task, Thing
from bot.errors import Refused
from bot.languages.catalogue import Text
from bot.languages.speech_acts import SpeechAct
from bot.parsing.answer import sign_of, yes_or_no
from bot.parsing.when import When
from bot.span import Span
from bot.store.agreements.agreements import Agreement
from bot.store.calendars.matches import Match
from bot.store.moment import Moment

__all__ = [
    "ACTIONS_PER_MESSAGE",
    "AGREEMENT_NUMBER",
    "CHOICE",
    "FEW_LINES",
    "MAX_LIST_LINES",
    "NO",
    "PERSON",
    "TASK",
    "TEXT",
    "THING",
    "TIME",
    "YES",
    "Action",
    "Agreement",
    "Argument",
    "Ask",
    "Command",
    "Community",
    "Feature",
    "Match",
    "MeansEach",
    "Moment",
    "Obstacle",
    "Option",
    "Person",
    "Picture",
    "Refused",
    "Request",
    "Side",
    "Span",
    "SpeechAct",
    "State",
    "Step",
    "Task",
    "Terms",
    "Text",
    "Thing",
    "When",
    "find_agreement",
    "find_free_times",
    "find_matches",
    "find_next_free",
    "find_obstacles",
    "find_settings",
    "find_time",
    "language_of",
    "list_agreements",
    "offer_actions",
    "propose",
    "set_card",
    "shorten_list",
    "sign_of",
    "take_step",
    "when_allowed",
    "yes_or_no",
]
