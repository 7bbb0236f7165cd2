"""The words and phrases of a language that answers and arguments of commands are read with."""

from dataclasses import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True)
class Phrases:
    """What people write for something that the bot looks for. A language may leave out what it has no words for."""

    yes: Words = ()
    no: Words = ()
    #: Words around a time when the time is all that is meant.
    pleasantries: Words = ()
    #: What may hang on a word and leave it the same word: the "erne" of "banerne".
    endings: Words = ()

    # When somebody is reminded: "the same day", "in the morning". Who is to be told something in the morning is to be
    # told early; a meeting in the morning is not early.
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

    # A stretch of time: "from Monday", "until Friday". A day behind one of `end_included` belongs to the stretch.
    start: Words = ()
    end: Words = ()
    end_included: Words = ()

    #: Before the end of something that begins now: "til kl. 20" alone.
    end_from_now: Words = ()

    # How somebody wants to be treated: as everybody in the room, or never.
    as_everybody: Words = ()
    never: Words = ()

    # An agreement by its number: "aftale nr. 7".
    agreement: Words = ()
    number_sign: Words = ()

    # Which times of a series are meant: "all of them", "next time", "from July on", "over the 17th". `moved_to`
    # stands between the times and where they are moved to.
    all_times: Words = ()
    next_time: Words = ()
    from_time: Words = ()
    from_time_on: Words = ()
    skip_over: Words = ()
    moved_to: Words = ()

    # How a thing may be used: for how many hours, in which part of the year. `around_rule` are the words that may
    # stand around the rule; `as_in_file` and `undo` are said instead of a rule.
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
    #: Words before a reason that are no part of it.
    because: Words = ()
