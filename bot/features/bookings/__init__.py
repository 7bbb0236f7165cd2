"""Bookings: agreements on work on a thing. One party asks, another does the work, and both agree on the time."""

from pathlib import Path

from bot.api import AGREEMENT_NUMBER, CHOICE, PERSON, TASK, TEXT, THING, TIME, Argument, Command, Feature, SpeechAct
from bot.api.arguments import (
    AGREEMENT_BEFORE_TIME,
    AGREEMENT_REFERENCE,
    MATCH_ANCHOR,
    OCCURRENCES,
    OCCURRENCES_TO_MOVE,
    PAST_TIME,
    PURPOSE,
    TIME_SHIFT,
)
from bot.features.bookings.answer import accept, answer_tap, confirm, counter, decline
from bot.features.bookings.expected import (
    can_answer,
    can_change,
    can_decline,
    can_dispute,
    can_judge_report,
    can_report_done,
    has_begun,
    is_reason_awaited,
    is_settled,
)
from bot.features.bookings.lookup import PAST, look_up
from bot.features.bookings.lost_times import update_cards_of_cleared
from bot.features.bookings.making.book import book
from bot.features.bookings.making.choose_command import choose_command
from bot.features.bookings.making.rebook import rebook
from bot.features.bookings.making.reserve import reserve_thing
from bot.features.bookings.overview import list_all, list_mine, show_history, show_week
from bot.features.bookings.removed import ask_about_removed, call_off_removed
from bot.features.bookings.report import cancel, dispute, report_done
from bot.features.bookings.room_changes import list_in_new_room, tell_about_departure
from bot.features.bookings.timers import ask_whether_done, lapse_unanswered, mark_missed
from bot.features.bookings.times.swap import explain_swap
from bot.features.bookings.why import explain_availability

_THING = Argument("thing", THING)
_ANYWAY = Argument("anyway", CHOICE, wanted=False)
_EARLY = Argument("early", CHOICE, wanted=False)
_REASON = Argument("reason", TEXT, wanted=False)
#: Who is asked to do the work. Somebody unknown is asked about, and never replaced by the only one who does it.
_DOER = Argument("person", PERSON, wanted=False, asks_unknown=True)
_ANCHOR = Argument("anchor", MATCH_ANCHOR, wanted=False)
_DAY = Argument("day", TIME, wanted=False)
_PAST_DAY = Argument("day", PAST_TIME, wanted=False)
#: A time that comes with an answer. The command offers it, or asks which of its meanings to offer.
_ANSWERED = Argument("day", TIME, wanted=False, asks_meaning=False)
#: What a message can say of the agreement it is about, beside a day.
_AGREEMENT = (
    Argument("number", AGREEMENT_REFERENCE, wanted=False),
    Argument("thing", THING, wanted=False),
    Argument("task", TASK, wanted=False),
    Argument("person", PERSON, wanted=False),
)
_WHICH = (Argument("which", OCCURRENCES, wanted=False), _DAY)
_LOOK_UP = (
    Argument("past", PAST, wanted=False),
    Argument("thing", THING, wanted=False),
    Argument("task", TASK, wanted=False),
    Argument("person", PERSON, wanted=False),
    Argument("time", TIME, wanted=False, asks_meaning=False),
)


#: The roles of those who want work done, and those of everybody.
_WANTING = frozenset({"club", "resident", "steward"})
_ALL = _WANTING | {"contractor"}


def _acts(*acts: SpeechAct) -> frozenset[SpeechAct]:
    return frozenset(acts)


feature = Feature(
    name="bookings",
    folder=Path(__file__).parent,
    commands=(
        Command(
            "book",
            {"da": ("book", "bestil", "reserver", "lej", "ansøg"), "en": ("book", "reserve", "rent", "request")},
            book,
            (
                _THING,
                Argument("task", TASK),
                _ANCHOR,
                Argument("time", TIME, unless="anchor"),
                _DOER,
                Argument("holidays", CHOICE, wanted=False),
                _ANYWAY,
            ),
            corrected_by="rebook",
            acts=_acts(SpeechAct.WANT),
            variant=choose_command,
            first_for=_WANTING,
        ),
        Command(
            "reserve",
            {},
            reserve_thing,
            (
                _THING,
                Argument("time", TIME),
                Argument("person", PERSON, wanted=False),
                Argument("purpose", PURPOSE, wanted=False),
                Argument("holidays", CHOICE, wanted=False),
                _ANYWAY,
            ),
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
                _DOER,
                _ANYWAY,
            ),
        ),
        Command(
            "counter",
            {"da": ("flyt", "foreslå", "ombook", "byt", "udskyd"), "en": ("move", "propose", "postpone", "reschedule")},
            counter,
            (
                Argument("number", AGREEMENT_BEFORE_TIME, wanted=False),
                Argument("which", OCCURRENCES_TO_MOVE, wanted=False),
                Argument("shift", TIME_SHIFT, wanted=False),
                *_AGREEMENT[1:],
                _ANCHOR,
                Argument("time", TIME, wanted=False, asks_meaning=False),
                _ANYWAY,
            ),
            acts=_acts(SpeechAct.MOVE),
            before_several=explain_swap,
            is_expected=can_change,
            is_settled=is_settled,
            first_for=_ALL,
        ),
        Command(
            "accept",
            {"da": ("accepter", "ja", "ok"), "en": ("accept", "yes", "ok")},
            accept,
            (*_AGREEMENT, _ANSWERED),
            acts=_acts(SpeechAct.YES),
            is_expected=can_answer,
            first_for=frozenset({"contractor"}),
        ),
        Command(
            "decline",
            {"da": ("afvis", "nej"), "en": ("decline", "no", "reject")},
            decline,
            (*_AGREEMENT, _ANSWERED, _REASON),
            acts=_acts(SpeechAct.NO),
            is_expected=can_decline,
        ),
        Command(
            "done",
            {"da": ("færdig", "udført", "færdigmeld"), "en": ("done", "finished")},
            report_done,
            (*_AGREEMENT, _PAST_DAY, _EARLY),
            acts=_acts(SpeechAct.REPORT_DONE),
            is_expected=can_report_done,
            is_offered=has_begun,
            first_for=frozenset({"contractor"}),
        ),
        Command(
            "confirm",
            {"da": ("bekræft", "godkend"), "en": ("confirm", "approve")},
            confirm,
            (*_AGREEMENT, _PAST_DAY),
            acts=_acts(SpeechAct.APPROVE),
            is_expected=can_judge_report,
        ),
        Command(
            "dispute",
            {"da": ("mangler",), "en": ("dispute",)},
            dispute,
            (*_AGREEMENT, _REASON),
            acts=_acts(SpeechAct.REPORT_MISSING),
            is_expected=can_dispute,
            awaits_text=is_reason_awaited,
        ),
        Command(
            "cancel",
            {
                "da": ("aflys", "afbestil", "afbud", "meld afbud", "afmeld", "annuller", "slet"),
                "en": ("cancel", "call off", "delete"),
            },
            cancel,
            (*_AGREEMENT, *_WHICH, _REASON),
            acts=_acts(SpeechAct.CALL_OFF),
            is_expected=can_change,
            first_for=_ALL,
        ),
        Command(
            "skip",
            {"da": ("spring",), "en": ("skip",)},
            cancel,
            (*_AGREEMENT, *_WHICH, _REASON),
            acts=_acts(SpeechAct.SKIP),
            is_expected=can_change,
        ),
        Command(
            "agreements",
            {"da": ("aftaler", "aftale"), "en": ("agreements", "agreement")},
            list_all,
            (Argument("number", AGREEMENT_NUMBER, wanted=False), *_LOOK_UP[1:-1], Argument("time", TIME, wanted=False)),
            changes=False,
            first_for=_WANTING,
        ),
        Command("mine", {"da": ("mine",), "en": ("mine",)}, list_mine, first_for=_ALL, changes=False),
        Command(
            "week",
            {"da": ("vis", "uge"), "en": ("show", "week")},
            show_week,
            (_THING,),
            without_word=True,
            changes=False,
            first_for=_ALL,
        ),
        Command(
            "why",
            {"da": ("ledig", "hvorfor"), "en": ("free", "why")},
            explain_availability,
            (_THING, Argument("task", TASK, wanted=False), Argument("time", TIME, wanted=False)),
            acts=_acts(SpeechAct.WHY, SpeechAct.WHETHER_FREE),
            changes=False,
            first_for=_WANTING,
        ),
        Command(
            "look-up",
            {"da": ("hvem", "hvornår", "hvad"), "en": ("who", "when", "what")},
            look_up,
            _LOOK_UP,
            acts=_acts(SpeechAct.WHO, SpeechAct.WHEN, SpeechAct.WHAT),
            changes=False,
        ),
        Command("call-off-removed", {}, call_off_removed, (Argument("removed", TEXT),), roles=frozenset({"steward"})),
        Command(
            "history",
            {"da": ("historik",), "en": ("history",)},
            show_history,
            (Argument("number", AGREEMENT_NUMBER),),
            changes=False,
        ),
    ),
    on_tap=answer_tap,
    on_configured=ask_about_removed,
    on_leave=tell_about_departure,
    on_move=list_in_new_room,
    on_cleared=update_cards_of_cleared,
    timers={"unanswered": lapse_unanswered, "missed": mark_missed, "followup": ask_whether_done},
)
