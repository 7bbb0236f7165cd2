"""How times, series and reminders are written in Danish."""

from bot.languages.da.time_words import WEEKDAYS
from bot.languages.language import split_words
from bot.languages.writing import ReminderWriting, SeriesWriting, TimeWriting, Writing

writing = Writing(
    time=TimeWriting(
        decimal_sign=",",
        date="{weekday} den {day}. {month}",
        short_date="{weekday} {day}. {month}",
        short_weekdays=split_words("man., tir., ons., tor., fre., lør., søn."),
        day_of_year="{day}. {month}",
        clock="{hour}.{minute:02}",
        whole_hour="{hour}",
        midnight="24",
        lone_clock="kl. {clock}",
        at="kl. {clock}",
        span="{start} til {end}",
        week="uge {week}",
        weeks="uge {first}-{last}",
        conjunction="og",
    ),
    series=SeriesWriting(
        every={
            "day": ("hver dag", "hver anden dag", "hver {ordinal} dag"),
            "week": ("hver uge", "hver anden uge", "hver {ordinal} uge"),
            "month": ("hver måned", "hver anden måned", "hver {ordinal} måned"),
            "year": ("hvert år", "hvert andet år", "hvert {ordinal} år"),
            "weekday": ("hver {weekday}", "hver anden {weekday}", "hver {ordinal} {weekday}"),
        },
        ordinals=split_words("første, anden, tredje, fjerde, femte, sjette, syvende, ottende, niende, tiende"),
        number_ordinal="{}.".format,
        last="sidste",
        workdays="alle hverdage",
        each_weekday="hver {weekdays}",
        weeks_on="{every} om {weekdays}",
        definite_weekdays=tuple(f"{name}en" for name in WEEKDAYS),
        even_weeks="{days} i lige uger",
        odd_weeks="{days} i ulige uger",
        nth_weekday="den {counts} {weekday} i måneden",
        last_day="den sidste dag i måneden",
        month_days="den {days} i hver måned",
        months_on="{every} den {days}",
        year_on="{every} den {date}",
        start="fra {date}",
        end="til {date}",
        exceptions="undtagen {dates}",
    ),
    reminders=ReminderWriting(
        units={"days": ("dag", "dage"), "hours": ("time", "timer"), "minutes": ("minut", "minutter")},
        before="{duration} før",
        same_day="samme dag",
        evening_before="aftenen før",
        day_before="dagen før",
        days_before="{days} dage før",
    ),
)
