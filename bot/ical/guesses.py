"""What can be unclear about an entry of a calendar, and what is taken instead: half a sentence for each.

bot.calendars.doubts makes sentences of them for the administrator: "2 of them because the end cannot be read, so …".
"""

END_UNREADABLE = "the end cannot be read, so the usual length is taken"
END_BEFORE_START = "the end lies before the start, so the usual length is taken"
END_AFTER_MIDNIGHT = "the end lies before the start, so the same time of day after the start is taken"
END_TOO_LATE = "the end lies in another year, so the same day in the year of the start is taken"
END_OF_DAY = "a whole day ends on itself or earlier, so all of that day is taken"
DAY_AND_TIME = "either the start or the end has no time of day, so the usual length or the whole days are taken"
START_ONLY_DAY = "the time of day of the start cannot be read, so the whole day is taken"
TWO_STARTS = "there are two different starts, so the first is taken"
ZONE_UNKNOWN = "the time zone is not known, so the community's own is taken"
ZONE_AND_UTC = "a time is both in UTC and in another time zone, so UTC is taken"
RULE_UNREADABLE = "the rule for repeating cannot be read, so only the first time is taken"
RULE_IN_PART = "a part of the rule for repeating cannot be read, so it is repeated by the rest of the rule"
EXCEPTION_UNREADABLE = "a time that is left out of a series cannot be read, so that time is not left out"
FURTHER_TIME_UNREADABLE = "an additional time of a series cannot be read, so only the others are taken"
REPLACED_UNREADABLE = "the time of a series that is replaced cannot be read, so both may be shown"
NOT_CLOSED = "BEGIN:VEVENT or END:VEVENT is missing, so what stands there is taken for one match"
