"""The English words about time, each with its roles.

Which words together are a time is decided in bot/parsing/when/rules.
"""

from typing import Any

from bot.languages.language import split_words

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = split_words("January, February, March, April, May, June, July, August, September, October, November, December")
PARTS = {"morning": "forenoon", "afternoon": "afternoon", "evening": "evening", "night": "night"}

_ONES = split_words(
    "zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen,"
    "sixteen, seventeen, eighteen, nineteen"
)
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty"}
_NUMBERS = (
    dict(zip(_ONES, range(20), strict=True))
    | {"a": 1, "an": 1}
    | {word: ten for ten, word in _TENS.items()}
    | {f"{word}{_ONES[one]}, {word} {_ONES[one]}": ten + one for ten, word in _TENS.items() for one in range(1, 10)}
)
_ORDINALS = split_words(
    "first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth, eleventh, twelfth, thirteenth,"
    "fourteenth, fifteenth, sixteenth, seventeenth, eighteenth, nineteenth, twentieth, twenty first, twenty second,"
    "twenty third, twenty fourth, twenty fifth, twenty sixth, twenty seventh, twenty eighth, twenty ninth, thirtieth,"
    "thirty first"
)
_SHORT = ("", ", tue., tues.", ", weds.", ", thu., thur., thurs.", ", fri.", "", "")

ROLES: dict[str, str | dict[str, Any]] = {
    # days and months
    "Weekday": {name + _SHORT[day]: day for day, name in enumerate(WEEKDAYS)},
    "AmbiguousWeekday": {"mon.": 0, "wed.": 2, "sat.": 5, "sun.": 6},  # "we sat", "the sun"
    "ShortWeekday": {"mo": 0, "tu": 1, "we": 2, "th": 3, "fr": 4, "sa": 5, "su": 6},
    "PluralWeekday": {f"{name}s": day for day, name in enumerate(WEEKDAYS)},
    "Month": {name if len(name) < 4 else f"{name}, {name[:3]}.": at for at, name in enumerate(MONTHS, 1)}
    | {"sept.": 9},
    "MonthBeforeDay": {name if len(name) < 4 else f"{name}, {name[:3]}.": at for at, name in enumerate(MONTHS, 1)}
    | {"sept.": 9},
    "MonthName": {name: at for at, name in enumerate(MONTHS, 1)},
    "RelativeDay": {
        "today": 0,
        "tomorrow, tmrw, tomorow, tommorow, tommorrow": 1,
        "the day after tomorrow, day after tomorrow": 2,
        "yesterday": -1,
        "the day before yesterday, day before yesterday": -2,
    },
    "DayAndPart": {f"this {part}": (0, key) for part, key in PARTS.items()}
    | {
        "tonight, this evening": (0, "evening"),
        "last night": (-1, "night"),
    },
    "PartOfDay": PARTS | {"after lunch": "afternoon", "before lunch": "forenoon"},
    "DefinitePartOfDay": {f"{part}, {part}s": key for part, key in PARTS.items()},
    "NamedDay": {
        "new years day, new year's day": "new-years-day",
        "maundy thursday": "maundy-thursday",
        "good friday": "good-friday",
        "easter sunday, easter day": "easter-sunday",
        "easter monday": "easter-monday",
        "great prayer day, store bededag": "great-prayer-day",
        "ascension day": "ascension-day",
        "whit sunday, pentecost": "whit-sunday",
        "whit monday, pentecost monday": "whit-monday",
        "christmas day": "christmas-day",
        "boxing day, second day of christmas, second christmas day": "boxing-day",
        "shrove sunday, fastelavn": "shrove-sunday",
        "shrove monday": "shrove-monday",
        "palm sunday": "palm-sunday",
        "holy saturday, easter saturday": "holy-saturday",
        "mothers day": "mothers-day",
        "all saints day": "all-saints-day",
    },
    "FixedNamedDay": {
        "epiphany, twelfth night": (6, 1),
        "candlemas": (2, 2),
        "valentines day": (14, 2),
        "womens day, international womens day": (8, 3),
        "labour day, workers day, may day": (1, 5),
        "liberation day": (5, 5),
        "constitution day, danish constitution day": (5, 6),
        "fathers day": (5, 6),
        "midsummer eve, midsummers eve, midsummer, saint johns eve, st. johns eve, st. john's eve, sankt hans": (23, 6),
        "halloween": (31, 10),
        "st. martins eve, saint martins eve, martinmas eve": (10, 11),
        "christmas eve": (24, 12),
        "new years eve, new year's eve": (31, 12),
    },
    # numbers
    "NumberWord": _NUMBERS,
    "Number": _NUMBERS,
    "Hour": {word: number for word, number in _NUMBERS.items() if word not in ("a", "an")},
    "Ordinal": {f"{word}, {word.replace(' ', '')}": at for at, word in enumerate(_ORDINALS, 1)},
    "th": "st, nd, rd, th",
    "Unit": {
        "second, seconds, secs": (1, "seconds"),
        "minute, minutes, min., mins": (1, "minutes"),
        "quarter of an hour, quarter hour, quarters of an hour": (15, "minutes"),
        "hour, hours, hr., hrs., h": (60, "minutes"),
        "day, days": (1, "days"),
        "week, weeks": (7, "days"),
        "fortnight, fortnights": (14, "days"),
        "month, months": (1, "months"),
        "year, years": (12, "months"),
    },
    "PartOfMonth": {"early": "first", "mid": "middle", "late": "last"},
    "quarter_of_year": "quarter",
    "TimeZone": {"gmt, utc": 0, "cet": 60, "cest": 120},
    "minutes": "minute, minutes, min., mins",
    "hour": "hour, hours",
    "day": "day, days",
    "week": "week, weeks, wk., week no., week number",
    "fortnight": "fortnight",
    "month": "month, months",
    "year": "year, years",
    "weekend": "weekend",
    "weekends": "weekends",
    "the_week": "the week",
    "the_month": "the month",
    "the_year": "the year",
    "workdays": "weekday, weekdays, workday, workdays, working day, working days",
    "every_day": "daily",
    "every_week": "weekly",
    "every_fortnight": "fortnightly, biweekly",
    "every_month": "monthly",
    "every_year": "yearly, annually",
    "even": "even",
    "odd": "odd",
    "weeks": "weeks",
    # the clock
    "clock": "at kl.",
    "at": "at",
    "half_past": "half",
    "half": "half",
    "half_sign": "½",
    "quarter": "quarter",
    "past": "past",
    "to_hour": "to",
    "oclock": "o'clock, oclock",
    "hour_sign": "h",
    "noon": "noon, midday, 12 noon, twelve noon",
    "midnight": "midnight, 12 midnight",
    "Meridiem": {"am": 0, "pm": 12},
    # small words
    "on": "on",
    "in": "in, at, of, during",
    "of": "of",
    "for": "for",
    "the": "the",
    "them": "the",
    "coming": "coming, upcoming",
    "next": "next",
    "this": "this, current",
    "this_year": "this year",
    "last": "last",
    "every": "every, each, every single",
    "all": "all",
    "whole": "whole, the whole of, all of",
    "other": "other",
    "in_future": "in",
    "of_time": "time",
    "from_now": "from now",
    "in_a_row": "in a row, running",
    "countable": (
        "of us, of them, of you, people, persons, player, players, men, women, kids, children, boys, girls, adults,"
        "teams, member, members, volunteers, parents, guests, helpers, coaches, referees, runners, riders, matches,"
        "games, rounds, pitches, rows, points, goals, boxes, balls, cones, bibs, nets, tables, benches, chairs, tents,"
        "keys, cars, trailers, cups, bottles, bags, sacks, buckets, trees, plants, spades, shovels, rakes, ladders,"
        "litres, liters, kg, kilos, tons, metres, meters, km, cm, kroner, pounds, euros, percent, degrees, places,"
        "spots, seats, tickets, pieces, pairs, jobs, shifts, holes, horses, dogs, number, corner"
    ),
    # what no number counts: how a message ends, and whose something is
    "not_countable": (
        "regards, cheers, hello, hi, yours, our, my, your, his, her, their, because, also, has, have, had, was, were"
    ),
    "greeting": (
        "good weekend, nice weekend, great weekend, lovely weekend, "
        + ", ".join(f"good {name}, nice {name}, happy {name}, great {name}" for name in WEEKDAYS)
    ),
    "from_day": "from, after, on",
    "ago": "ago",
    "times": "times, time",
    "in_all": "in all, in total",
    "school_holidays": "school holiday, school holidays, the school holidays",
    "school_holiday": (
        "summer holiday, summer holidays, autumn holiday, autumn holidays, winter holiday, winter holidays,"
        "easter holiday, easter holidays, christmas holiday, christmas holidays, half term, half-term"
    ),
    "rest_of": "rest of, the rest of, for the rest of",
    "end_of": "end of, the end of",
    "day_after": "the day after, day after",
    "day_before": "the day before, day before",
    "from": "from, at the earliest, earliest, starting, starting on, starting from, beginning",
    "to": "to",
    "until": "until, till, til, up to",
    "through": ("through, thru, up to and including, until and including, to and including,up until and including"),
    "before": "before, but before",
    "by": "by, no later than, not later than, at the latest, at the latest on, latest",
    "within": "within",
    "during": "during, in the course of",
    "after": "after, but after",
    "and": "and",
    "or": "or",
    "between": "between",
    "except": "except, except for, except on, minus, excluding, but not, apart from, other than, not",
    "not": "not, cannot, can't, won't, don't, doesn't, isn't",
    "roughly": "around, approximately, approx., roughly",
    "about": "about, around, approximately, approx.",
    "courtesy": (
        "can you not, could you not, can't you, couldn't you, can we not, could we not, can't we, can't i, can i not,"
        "why not, why don't we, why can't we, why can't i, why can we not, why can i not, why cannot we, why cannot i"
    ),
    "filler": (
        "until further notice, from now on,"
        "sharp, exactly, precisely, about, around, approximately, approx., all day, early, late, already,"
        "the whole of, the whole, preferably, again"
    ),
    # what may stand beside a bare number without being counted by it, and who stands before "sat" and "sun"
    "function_word": (
        "on, in, at, to, with, for, by, if, but, so, is, are, works, suits, would, will, can, could,"
        "should, and, or, please, thanks, better, best, from, the, instead, fits, then, ok, not, this,"
        "next, every"
    ),
    "before_no_weekday": "we, i, he, she, they, you, who, it, the, has, have, had, was",
    "vague": (
        "the holidays, the summer holidays, soon, beginning of, start of, middle of, the beginning of,"
        "the start of, the middle of, week after, week before, a couple, a couple of, couple of, a few,"
        "few, several, some, early next, late next, the season, public holidays"
    ),
    "vague_noun": (
        "holiday, holidays, vacation, christmas, easter, spring, summer, autumn, fall, winter, season,"
        "term, quarter, whitsun, new year"
    ),
}
