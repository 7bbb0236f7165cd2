"""The words and phrases of a language by which the bot recognises answers and the arguments of commands."""

from dataclasses import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True)
class Phrases:
    """What people write for each meaning that the bot looks for. A language may leave a field out."""

    yes: Words = ()
    no: Words = ()
    #: Words that may stand around a time or another answer without changing what it means.
    pleasantries: Words = ()
    #: Endings with which a word is still the same word: the "erne" of "banerne".
    endings: Words = ()

    # When somebody is reminded: "the same day", "in the morning". A reminder "in the morning" is sent early in the
    # morning; a meeting "in the morning" is later.
    same: Words = ()
    early_morning: Words = ()

    # A part of every year: "from the start of april to the end of october", "between 1st of May and October".
    season_from: Words = ()
    season_to: Words = ()
    season_through: Words = ()
    season_between: Words = ()
    season_and: Words = ()
    season_start_of: Words = ()
    season_end_of: Words = ()
    day_suffixes: Words = ()
    day_of: Words = ()

    # A period: "from Monday", "until Friday". A day behind a word of `end_included` belongs to the period.
    start: Words = ()
    end: Words = ()
    end_included: Words = ()

    #: Words before the end of something that begins now: "til kl. 20" alone.
    end_from_now: Words = ()

    # Answers in place of times or hours: the community's setting ("som rummet", "standard"), or never.
    community_default: Words = ()
    never: Words = ()

    # Words before the number of an agreement: "aftale nr. 7".
    agreement: Words = ()
    number_sign: Words = ()

    # Which times of a series are meant: "all of them" (behind a word of `all_of`, only a part: "resten af juni"),
    # "next time", "from July on", "over the 17th". A word of `moved_to` stands between these times and the new
    # time.
    all_times: Words = ()
    all_of: Words = ()
    next_time: Words = ()
    from_time: Words = ()
    from_time_on: Words = ()
    skip_over: Words = ()
    moved_to: Words = ()

    # Usage rules: how many hours a week a thing may be used, and in which part of the year. `around_rule` are words
    # that may stand around the rule; `as_in_file` and `undo` are written in place of a rule.
    hours: Words = ()
    per_week: Words = ()
    week: Words = ()
    all_year: Words = ()
    no_limit: Words = ()
    as_in_file: Words = ()
    undo: Words = ()
    around_rule: Words = ()

    #: Words for the agreement that is talked about: "denne aftale".
    this_one: Words = ()
    #: Words before a reason that do not belong to it: "på grund af".
    because: Words = ()
