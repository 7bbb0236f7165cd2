"""How times, series and reminders are written in Norwegian."""

from bot.languages import ReminderWriting, SeriesWriting, TimeWriting, Writing, split_words

from .time_words import WEEKDAYS

writing = Writing(
    time=TimeWriting(
        decimal_sign=",",
        date="{weekday} {day}. {month}",
        short_date="{weekday} {day}. {month}",
        short_weekdays=split_words("man., tir., ons., tor., fre., lør., søn."),
        day_of_year="{day}. {month}",
        clock="{hour:02}.{minute:02}",
        whole_hour="{hour:02}.00",
        midnight="24.00",
        lone_clock="klokken {clock}",
        at="klokken {clock}",
        span="{start} til {end}",
        week="uke {week}",
        weeks="uke {first}-{last}",
        conjunction="og",
    ),
    series=SeriesWriting(
        every={
            "day": ("hver dag", "annenhver dag", "hver {ordinal} dag"),
            "week": ("hver uke", "annenhver uke", "hver {ordinal} uke"),
            "month": ("hver måned", "annenhver måned", "hver {ordinal} måned"),
            "year": ("hvert år", "annethvert år", "hvert {ordinal} år"),
            "weekday": ("hver {weekday}", "annenhver {weekday}", "hver {ordinal} {weekday}"),
        },
        ordinals=split_words("første, andre, tredje, fjerde, femte"),
        number_ordinal="{}.".format,
        last="siste",
        workdays="alle hverdager",
        each_weekday="hver {weekdays}",
        weeks_on="{every} på {weekdays}",
        definite_weekdays=tuple(f"{name}en" for name in WEEKDAYS),
        even_weeks="{days} i partallsuker",
        odd_weeks="{days} i oddetallsuker",
        nth_weekday="den {counts} {weekday}en i måneden",
        last_day="den siste dagen i måneden",
        month_days="den {days} i hver måned",
        months_on="{every} den {days}",
        year_on="{every} den {date}",
        start="fra {date}",
        end="til {date}",
        exceptions="unntatt {dates}",
    ),
    reminders=ReminderWriting(
        units={"days": ("dag", "dager"), "hours": ("time", "timer"), "minutes": ("minutt", "minutter")},
        before="{duration} før",
        same_day="samme dag",
        evening_before="kvelden før",
        day_before="dagen før",
        days_before="{days} dager før",
    ),
)
