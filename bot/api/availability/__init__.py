"""Availability: when a thing is free, why a time is not, and what happens to agreements when a thing is taken away.

An `Obstacle` is the reason why a `Span` is not free: a reservation, a closure, the season, the load, or a reason that a
feature adds (`Feature.obstacles`). All features ask here, so that all give people the same answer.

    for obstacle in await find_obstacles(request, thing, span, task=task): ...
    free = await find_next_free(request, thing, span)

- Obstacles: find_obstacles (to a wanted time), check_time (the same obstacles as a TimeCheck: forbidding, asking,
  warnings), find_obstacles_within (in a window), is_unobstructed
- Free times: find_free_times, find_next_free, find_best_times, candidate_times (all half hours that are open)
- Reservations: find_reservations, find_reserved_spans (for one task), Reservation
- Usage: usage_rules_of, opening_hours, UsageRules, UseRules, Season, RecurringTask (work that a thing needs),
  find_usage, find_week_usage, WeekUsage, week_span, count_hours
- Matches: find_matches, calendar_unread_since, Match, MatchChange, and how a task relates to them: find_clashes,
  overlapping_clashes, Clash, find_best_hours, BestHours, find_matches_near, max_match_distance
- Taking a thing away: find_affected_agreements, clear_agreements, AffectedAgreement, ClearedAgreement
- Writing: holiday_on, write_day_of_year, write_number
"""

from bot.api.availability.best_times import candidate_times, find_best_times
from bot.api.availability.free_times import find_free_times, find_next_free
from bot.api.availability.hours_of_use import WeekUsage, count_hours, find_usage, find_week_usage, week_span
from bot.api.availability.match_clashes import (
    BestHours,
    Clash,
    find_best_hours,
    find_clashes,
    find_matches_near,
    find_reserved_spans,
    max_match_distance,
    overlapping_clashes,
)
from bot.api.availability.matches import calendar_unread_since, find_matches
from bot.api.availability.obstacles import (
    TimeCheck,
    check_time,
    find_obstacles,
    find_obstacles_within,
    is_unobstructed,
)
from bot.api.availability.reservations import Reservation, find_reservations
from bot.api.availability.take_away import clear_agreements, find_affected_agreements
from bot.api.availability.usage_rules import opening_hours, usage_rules_of
from bot.api.request.hook_types import AffectedAgreement, ClearedAgreement, MatchChange, Obstacle
from bot.config.community import RecurringTask
from bot.config.usage_rules import Season, UsageRules, UseRules
from bot.languages.write_time import write_day_of_year, write_number
from bot.parsing.public_holidays import holiday_on
from bot.span import Span
from bot.store.calendars.matches import Match

__all__ = [
    "AffectedAgreement",
    "BestHours",
    "Clash",
    "ClearedAgreement",
    "Match",
    "MatchChange",
    "Obstacle",
    "RecurringTask",
    "Reservation",
    "Season",
    "Span",
    "TimeCheck",
    "UsageRules",
    "UseRules",
    "WeekUsage",
    "calendar_unread_since",
    "candidate_times",
    "check_time",
    "clear_agreements",
    "count_hours",
    "find_affected_agreements",
    "find_best_hours",
    "find_best_times",
    "find_clashes",
    "find_free_times",
    "find_matches",
    "find_matches_near",
    "find_next_free",
    "find_obstacles",
    "find_obstacles_within",
    "find_reservations",
    "find_reserved_spans",
    "find_usage",
    "find_week_usage",
    "holiday_on",
    "is_unobstructed",
    "max_match_distance",
    "opening_hours",
    "overlapping_clashes",
    "usage_rules_of",
    "week_span",
    "write_day_of_year",
    "write_number",
]
