"""Explains how the words of a sentence are read, stage by stage. For `bylaug parse --explain`."""

from collections.abc import Sequence
from typing import Any

from bot.parsing.sentences.message import clean_message
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import find_signals, strip_signature
from bot.parsing.sentences.speech_act import rank_acts
from bot.parsing.sentences.time_shift import find_time_shift
from bot.parsing.sentences.unread import find_content, find_risks


def explain_sentence(text: str, languages: Sequence[str]) -> dict[str, Any]:
    """Return what each stage of `bot.parsing.sentences` makes of a text, ready for JSON.

    `unread` are the words that are left when those of all speech acts are taken away; arguments read some of them.
    """
    cleaned = strip_signature(clean_message(text), languages)
    signals = find_signals(cleaned, languages)
    acts = {
        str(act): [" ".join(cleaned[start:end] for start, end in found.parts) for found in words]
        for act, words in signals.acts.items()
    }
    moves = find_time_shift(cleaned, languages) is not None
    ranked = rank_acts(signals, names_work=False, names_time=False, moves_time=moves, under_card=False)
    unread = blank_out(cleaned, signals.words_of(signals.acts))
    return {
        "stages": {
            "cleaned": cleaned,
            "language": signals.language,
            "speech_acts": acts,
            "ranked": [str(act) for act in ranked],
            "is_question": signals.is_question,
            "is_to_somebody": signals.is_to_somebody,
            "unread": " ".join(unread.split()),
            "content": find_content(unread, languages),
            "risks": {str(risk.kind): risk.words for risk in find_risks(unread, languages)},
        }
    }
