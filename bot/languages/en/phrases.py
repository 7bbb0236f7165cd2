"""The English words and phrases by which the bot recognises answers and the arguments of commands."""

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
    start=("from", "starting"),
    end=("to", "up to", "until", "till", "through"),
    end_included=("through", "end of", "last"),
    end_from_now=("until", "till"),
    community_default=split_words(
        "like the room, like everybody, like everyone, as usual, the usual, usual, default, standard"
    ),
    never=split_words("not at all, no more, never, nothing, none, no, not, off, don't"),
    agreement=("agreement", "booking"),
    number_sign=("no.", "number", "nr.", "nr"),
    all_times=("all the times", "all times", "all dates", "all", "all of them", "the rest", "everything"),
    all_of=("of",),
    next_time=("next time", "the next time"),
    from_time=("from",),
    skip_over=("over",),
    moved_to=("to",),
    hours=("hours", "hour", "hrs", "hr", "h"),
    per_week=("a week", "per week", "each week", "every week", "weekly"),
    week=("week",),
    all_year=("all year", "all year round", "the whole year", "always"),
    no_limit=("no limit", "without limit", "unlimited"),
    as_in_file=("reset", "default", "as in the file"),
    undo=("undo",),
    around_rule=split_words(
        "every year, each year, up to, must, should, be, is, now, only, open, use, used, bear, bears, can, take,"
        "at most, the, season, load, of, please"
    ),
    this_one=("this", "agreement", "one", "about"),
    because=("because", "because of", "due to", "for"),
)
