"""Bookings: agreements on work on a thing. One party asks, another does the work, and both agree on the time."""

from pathlib import Path

from bot.api import AGREEMENT_NUMBER, CHOICE, PERSON, TASK, TEXT, THING, TIME, Argument, Command, Feature
from bot.api.arguments import OCCURRENCES, OCCURRENCES_TO_MOVE
from bot.features.bookings.answer import accept, answer_message, answer_tap, counter, decline
from bot.features.bookings.book import book
from bot.features.bookings.lost_times import update_cards_of_cleared
from bot.features.bookings.overview import list_all, list_mine, show_history, show_week
from bot.features.bookings.rebook import rebook
from bot.features.bookings.report import cancel, confirm, dispute, report_done
from bot.features.bookings.room_changes import list_in_new_room, tell_about_departure
from bot.features.bookings.timers import ask_whether_done, lapse_unanswered, mark_missed
from bot.features.bookings.why import explain_availability

_NUMBER = Argument("number", AGREEMENT_NUMBER, wanted=False)
_THING = Argument("thing", THING)
_WHICH = Argument("which", OCCURRENCES, wanted=False)
_ANYWAY = Argument("anyway", CHOICE, wanted=False)
_REASON = Argument("reason", TEXT, wanted=False)

feature = Feature(
    name="bookings",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "book",
            {"da": ("book", "bestil", "reserver"), "en": ("book", "reserve")},
            book,
            (
                _THING,
                Argument("task", TASK),
                Argument("time", TIME),
                Argument("person", PERSON, wanted=False),
                Argument("holidays", CHOICE, wanted=False),
                _ANYWAY,
            ),
            corrected_by="rebook",
        ),
        Command(
            "rebook",
            {},
            rebook,
            (
                Argument("number", AGREEMENT_NUMBER),
                Argument("thing", THING, wanted=False),
                Argument("task", TASK, wanted=False),
                Argument("time", TIME, wanted=False),
                Argument("person", PERSON, wanted=False),
                _ANYWAY,
            ),
        ),
        Command(
            "counter",
            {"da": ("foreslå", "flyt"), "en": ("propose", "move")},
            counter,
            (_NUMBER, Argument("which", OCCURRENCES_TO_MOVE, wanted=False), Argument("time", TIME), _ANYWAY),
        ),
        Command("accept", {"da": ("accepter", "ja"), "en": ("accept", "yes")}, accept, (_NUMBER,)),
        Command("decline", {"da": ("afvis", "nej"), "en": ("decline", "no")}, decline, (_NUMBER, _REASON)),
        Command("done", {"da": ("færdig", "udført"), "en": ("done", "finished")}, report_done, (_NUMBER,)),
        Command("confirm", {"da": ("bekræft",), "en": ("confirm",)}, confirm, (_NUMBER,)),
        Command("dispute", {"da": ("mangler",), "en": ("dispute",)}, dispute, (_NUMBER, _REASON)),
        Command("cancel", {"da": ("aflys", "afbestil"), "en": ("cancel",)}, cancel, (_NUMBER, _WHICH, _REASON)),
        Command("skip", {"da": ("spring",), "en": ("skip",)}, cancel, (_NUMBER, _WHICH, _REASON)),
        Command("agreements", {"da": ("aftaler",), "en": ("agreements",)}, list_all),
        Command("mine", {"da": ("mine",), "en": ("mine",)}, list_mine),
        Command("week", {"da": ("vis", "uge"), "en": ("show", "week")}, show_week, (_THING,), without_word=True),
        Command(
            "why",
            {"da": ("hvorfor",), "en": ("why",)},
            explain_availability,
            (_THING, Argument("task", TASK, wanted=False), Argument("time", TIME)),
        ),
        Command(
            "history", {"da": ("historik",), "en": ("history",)}, show_history, (Argument("number", AGREEMENT_NUMBER),)
        ),
    ),
    on_tap=answer_tap,
    on_message=answer_message,
    on_leave=tell_about_departure,
    on_move=list_in_new_room,
    on_cleared=update_cards_of_cleared,
    timers={"unanswered": lapse_unanswered, "missed": mark_missed, "followup": ask_whether_done},
)
