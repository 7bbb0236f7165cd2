"""How times, series and reminders are written in English."""

from bot.languages.en.time_words import WEEKDAYS
from bot.languages.language import split_words
from bot.languages.writing import ReminderWriting, SeriesWriting, TimeWriting, Writing


def _number_ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


writing = Writing(
    time=TimeWriting(
        decimal_sign=".",
        date="{weekday} {day} {month}",
        short_date="{weekday} {day} {month}",
        short_weekdays=split_words("Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
        day_of_year="{day} {month}",
        clock="{hour:02}:{minute:02}",
        whole_hour="{hour:02}:00",
        midnight="24:00",
        lone_clock="{clock}",
        at="at {clock}",
        span="{start} to {end}",
        week="week {week}",
        weeks="weeks {first}-{last}",
        conjunction="and",
    ),
    series=SeriesWriting(
        every={
            "day": ("every day", "every other day", "every {number} days"),
            "week": ("every week", "every other week", "every {number} weeks"),
            "month": ("every month", "every other month", "every {number} months"),
            "year": ("every year", "every other year", "every {number} years"),
            "weekday": ("every {weekday}", "every other {weekday}", "every {number} {weekday}s"),
        },
        ordinals=split_words("first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth"),
        number_ordinal=_number_ordinal,
        last="last",
        workdays="every weekday",
        each_weekday="every {weekdays}",
        weeks_on="{every} on {weekdays}",
        definite_weekdays=WEEKDAYS,
        even_weeks="{days} in even weeks",
        odd_weeks="{days} in odd weeks",
        nth_weekday="the {counts} {weekday} of the month",
        last_day="the last day of the month",
        month_days="the {days} of every month",
        months_on="{every} on the {days}",
        year_on="{every} on {date}",
        start="from {date}",
        end="to {date}",
        exceptions="except {dates}",
    ),
    reminders=ReminderWriting(
        units={"days": ("day", "days"), "hours": ("hour", "hours"), "minutes": ("minute", "minutes")},
        before="{duration} before",
        same_day="the same day",
        evening_before="the evening before",
        day_before="the day before",
        days_before="{days} days before",
    ),
)
