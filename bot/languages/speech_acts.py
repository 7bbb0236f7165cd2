"""The speech acts: the kinds of things that people do with a sentence to the bot."""

from enum import StrEnum


class SpeechAct(StrEnum):
    """What somebody wants with a sentence (a speech act). A command declares which of them it carries out.

    WANT: somebody wishes that work is done. MOVE: another time. YES, NO: an answer. REPORT_DONE, REPORT_MISSING: how
    the work went. APPROVE: reported work is in order. CALL_OFF: an agreement, or a time of it, is cancelled. SKIP: a
    time of a series is left out. CLOSE, OPEN: a thing must not, or may again, be used. ACKNOWLEDGE: a message was read,
    which is no answer to it. THANK and GREET ask for nothing. DROP closes the bot's question. TEACH tells what a name
    means. The others are questions:
    WHO, WHEN, WHAT, WHY, WHETHER_FREE (is it free?) and HOW_MUCH (how many hours are used, or left?).
    """

    WANT = "want"
    MOVE = "move"
    YES = "yes"
    NO = "no"
    REPORT_DONE = "report-done"
    REPORT_MISSING = "report-missing"
    APPROVE = "approve"
    CALL_OFF = "call-off"
    SKIP = "skip"
    CLOSE = "close"
    OPEN = "open"
    ACKNOWLEDGE = "acknowledge"
    THANK = "thank"
    GREET = "greet"
    DROP = "drop"
    TEACH = "teach"
    HELP = "help"
    WHO = "who"
    WHEN = "when"
    WHAT = "what"
    WHY = "why"
    WHETHER_FREE = "whether-free"
    HOW_MUCH = "how-much"


#: Speech acts that answer a question or an offer.
YES_OR_NO = frozenset({SpeechAct.YES, SpeechAct.NO})

#: Speech acts that ask the bot something and change nothing.
QUESTIONS = frozenset(
    {
        SpeechAct.HELP,
        SpeechAct.WHO,
        SpeechAct.WHEN,
        SpeechAct.WHAT,
        SpeechAct.WHY,
        SpeechAct.WHETHER_FREE,
        SpeechAct.HOW_MUCH,
    }
)
