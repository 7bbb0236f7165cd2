"""The English words of speech acts that count only in the thread of a card (`bot.languages.sentence_words`).

Elsewhere they are ambiguous: no card says which agreement they are about.
"""

from bot.languages.speech_acts import SpeechAct

ACTS_UNDER_CARD = {
    SpeechAct.YES: (
        "(in|on) the (diary|calendar)", "well (do|take) (it|that [one])", "(count|bank|rely) on us", "put us down",
        "works a treat",
    ),
    SpeechAct.NO: (
        "short staffed", "short of (people|staff)", "<not> fit .. in", "booked elsewhere",
        "(machine*|mower*|tractor*) .. (broken|packed in|broke)",
    ),
    SpeechAct.CALL_OFF: (
        "drop it", "no need to come", "(dont|do not) (bother|come)", "dont need to come",
        "(well|ill) (mow|cut|do|mark) it (ourselves|myself)", "(mower*|tractor*|machine*) .. (packed in|broke* down)",
    ),
    SpeechAct.MOVE: (
        "midweek", "middle of the week", "(early|late) [in] the week",
        "running late", "(should|was meant to) have been", "i meant", "half an hour (early|late)",
        "an hour (early|late)",
    ),
    SpeechAct.REPORT_DONE: (
        "thats .. (cut|done|mown|marked)", "job's .. un", "good un", "(pitch|it) is ready", "ready to (play|go)",
    ),
    SpeechAct.REPORT_MISSING: (
        "there* .. left", "(clipping*|grass|mess|ruts|divots|weeds) .. (all over|everywhere|left|behind)",
        "(left|leaving) .. (clippings|mess|ruts|strip*|grass)", "all over the place",
        "(its|is|what|looks|looks like|left) a mess",
        "<not> been (cut|mown|marked|done|touched)", "forgot*", "way too", "not impressed", "disappoint*", "shoddy",
        "damaged", "come back and", "needs (doing again|another)", "still .. (long|high|grass|clippings|uncut)",
    ),
    SpeechAct.APPROVE: (
        "looks mint", "mint", "happy with (that|it|the)", "no complaints",
    ),
}  # fmt: skip
