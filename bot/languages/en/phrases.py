"""The English words that answers and arguments of commands are read with."""

from bot.languages.language import split_words
from bot.languages.phrases import Phrases

phrases = Phrases(
    yes=split_words("yes, yep, okay, ok, sure, super, fine, agreed, accepted, deal, great, sounds good, yes please"),
    no=split_words("no, nope, sorry, no thanks, can't"),
    pleasantries=tuple(
        "works better rather instead how about what can we make it for me us please would be is no sorry but maybe or "
        "suits that i prefer on at thanks".split()
    ),
    endings=("s", "ed", "es", "ing"),
    same=("same",),
    early_morning=("morning",),
    season_from=("from",),
    season_to=("to",),
    season_through=("through", "until"),
    season_between=("between",),
    season_and=("and",),
    season_start_of=("the", "the start of"),
    season_end_of=("the", "the end of", "end of"),
    day_suffixes=("st", "nd", "rd", "th"),
    day_of=("of",),
)
