"""The stage `assemble`: puts the components of a text together to one phrase."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.parsing.when.components import Date, Invalid, Vague, Weekday
from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.phrase import LIST_CONNECTIVES, Clause, Phrase, merge_recurrences
from bot.parsing.when.segments import DAY_COMPONENTS, Segment
from bot.parsing.when.series_components import NextDuration, Recurrence, RepeatCount, RestOfPeriod, WithinDuration

#: Components of the phrase as a whole, and its field for each.
_PHRASE_FIELDS: dict[type, str] = {
    RepeatCount: "repeat_count",
    NextDuration: "next_duration",
    RestOfPeriod: "rest_of_period",
    WithinDuration: "deadline",
}


def assemble(segments: Sequence[Segment], *, whole: bool) -> Phrase | None:
    """Return the phrase that the segments of a text make up, None when they say nothing about time.

    With `whole`, the text must be nothing but a time. Raises NotUnderstood where the segments say more or less than
    one time, ImpossibleTime for a component that is wrong by itself.
    """
    parts = _select_parts(segments, whole)
    if not any(part.component for part in parts):
        return None
    _refuse_vague(parts, whole)
    phrase, in_clause = Phrase(), False
    for position, part in enumerate(parts):
        if part.connective:
            phrase = replace(phrase, clauses=(*phrase.clauses, Clause(part.connective)))
            in_clause = True
        elif part.component and not isinstance(part.component, Vague):
            before = parts[position - 1] if position else None
            is_apart = before is not None and not _are_adjacent(before, part, segments)
            if before and _is_another_day(phrase, before, part, segments):
                phrase, in_clause = replace(phrase, clauses=(*phrase.clauses, Clause("comma"))), True
            phrase, in_clause = _add_component(phrase, part, in_clause and not is_apart)
    return replace(phrase, char_ranges=_char_ranges(segments, parts))


def _select_parts(segments: Sequence[Segment], whole: bool) -> list[Segment]:
    """Return the components, and the connectives that a component follows.

    A "senest" (at the latest) behind the last component belongs to that component, and is moved before it. Raises
    NotUnderstood beside words that were not read and say more about the time.
    """
    words = [segment for segment in segments if not segment.is_skipped]
    parts: list[Segment] = []
    for position, segment in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else None
        if segment.connective in ("and", "slash") and following and following.connective:
            continue  # "efter kl. 9 og før kl. 12", "fredag og/eller lørdag"
        connects = segment.connective and following and following.component
        connects = connects or _begins_excepted_range(words[position : position + 3])
        if segment.connective == "by" and following is None and parts:
            if not words[position - 1].component:
                raise NotUnderstood
            if all(part.connective != "by" for part in parts):  # not when it is said twice: "by monday at the latest"
                parts.insert(len(parts) - 1, segment)
        elif segment.component or (connects and not _is_separator(segment, parts, following)):
            parts.append(segment)
        elif (
            segment.is_blocking
            or (whole and not _is_dash(segment))
            or _is_every_with_adjective(segment, words[position + 1 : position + 3])
            or (segment.is_about_time and _is_beside_component(segment, segments))
        ):
            raise NotUnderstood
        elif segment.connective == "except" and any(isinstance(part.component, Recurrence) for part in parts):
            raise ImpossibleTime("when-unread", char_range=(segment.start, _end_of_unread(segment, segments)))
    return parts


def _begins_excepted_range(words: Sequence[Segment]) -> bool:
    """Return whether words are an "except" before "from" or "between" and a component: "undtagen fra 3. juli"."""
    leads = [segment.connective for segment in words[:2]]
    return len(words) == 3 and leads in (["except", "from"], ["except", "between"]) and bool(words[2].component)


def _start(segment: Segment) -> int:
    return segment.start


def _is_beside_component(segment: Segment, segments: Sequence[Segment]) -> bool:
    """Return whether a component is directly before or behind a segment, or behind a filler there."""
    position = bisect_left(segments, segment.start, key=_start)
    before = next((other for other in reversed(segments[:position]) if not other.is_filler), None)
    behind = next((other for other in segments[position + 1 :] if not other.is_filler), None)
    return any(other is not None and other.component for other in (before, behind))


def _end_of_unread(first: Segment, segments: Sequence[Segment]) -> int:
    """Return where the words end that follow a segment and were not read either."""
    end = first.end
    for segment in segments[bisect_left(segments, first.start, key=_start) + 1 :]:
        if segment.component or segment.connective or segment.is_comma:
            break
        end = segment.end
    return end


def _is_every_with_adjective(segment: Segment, following: Sequence[Segment]) -> bool:
    """Return whether a segment is the "hver" of "hver tørre fredag" (every dry Friday), which is not one Friday."""
    return segment.is_every and len(following) == 2 and isinstance(following[1].component, DAY_COMPONENTS)


def _is_separator(segment: Segment, before: list[Segment], following: Segment | None) -> bool:
    """Return whether a segment is a dash without the meaning "til".

    Such a dash is between a day and its clock time, or before the first part.
    """
    has_day_before = any(isinstance(part.component, DAY_COMPONENTS) for part in before)
    is_between_days = has_day_before and following is not None and isinstance(following.component, DAY_COMPONENTS)
    return _is_dash(segment) and not is_between_days


def _is_dash(segment: Segment) -> bool:
    return segment.connective == "to" and segment.end - segment.start == 1


def _are_adjacent(first: Segment, second: Segment, segments: Sequence[Segment]) -> bool:
    """Return whether only skipped words stand between two segments."""
    between = [segment for segment in segments if first.end <= segment.start and segment.end <= second.start]
    return all(segment.is_skipped for segment in between)


def _is_another_day(phrase: Phrase, before: Segment, part: Segment, segments: Sequence[Segment]) -> bool:
    """Return whether a day is a further one in a list: the 12 August of "1. juli, 12. august og 4. september".

    In "fredag, 12. juni" both name the same day.
    """
    is_in_list = all(clause.connective in LIST_CONNECTIVES for clause in phrase.clauses)
    if phrase.recurrence or not is_in_list or before.connective or not isinstance(part.component, DAY_COMPONENTS):
        return False
    between = [segment for segment in segments if before.end <= segment.start and segment.end <= part.start]
    if not any(segment.is_comma for segment in between) or not all(segment.is_skipped for segment in between):
        return False
    last = phrase.clauses[-1].moment if phrase.clauses else phrase.main
    return last.has_field_of(part.component)


def _refuse_vague(parts: list[Segment], whole: bool) -> None:
    """Raise NotUnderstood where a vague component stands beside another part, or is all of the text."""
    for position, part in enumerate(parts):
        if isinstance(part.component, Vague) and (whole or len(parts[max(position - 1, 0) : position + 2]) > 1):
            raise NotUnderstood


def _add_component(phrase: Phrase, part: Segment, in_clause: bool) -> tuple[Phrase, bool]:
    """Return the phrase with one component more, and whether the next component may still belong to the last clause."""
    component = part.component
    if isinstance(component, Invalid):
        raise ImpossibleTime(component.error_key, char_range=(part.start, part.end), meant=component.intended_word)
    if isinstance(component, Recurrence):
        return _add_recurrence(phrase, component, in_clause), False
    if name := _PHRASE_FIELDS.get(type(component)):
        if getattr(phrase, name):
            raise NotUnderstood
        return _with_field(phrase, name, component), False
    if in_clause:
        return _add_to_clause(phrase, part), True
    if phrase.recurrence and phrase.main.weekday and isinstance(component, Weekday) and component.is_coming:
        further = Recurrence("week", weekdays=(component.number,))  # "hver mandag, tirsdag og onsdag"
        return _add_recurrence(phrase, further, in_clause), False
    return replace(phrase, main=phrase.main.with_component(component, part.start, part.end)), False


def _with_field(phrase: Phrase, name: str, component: Any) -> Phrase:
    return replace(phrase, **{name: component})


def _add_to_clause(phrase: Phrase, part: Segment) -> Phrase:
    last = phrase.clauses[-1]
    if isinstance(part.component, Weekday | Date) and _is_another_exception(phrase.clauses, part.component):
        last = Clause("and")
        phrase = replace(phrase, clauses=(*phrase.clauses, last))
    moment = last.moment.with_component(part.component, part.start, part.end)
    return replace(phrase, clauses=(*phrase.clauses[:-1], replace(last, moment=moment)))


def _is_another_exception(clauses: tuple[Clause, ...], component: Weekday | Date) -> bool:
    """Return whether a day belongs to the exceptions before it: "undtagen den 17. juli, den 24. juli og den 31. juli".

    The last clause is an exception that has a day already. A second day in it can only be another exception: behind a
    comma there is no connective that would say so.
    """
    last = clauses[-1].moment
    has_its_day = last.day is not None or (last.weekday is not None and isinstance(component, Weekday))
    lead = next((clause.connective for clause in reversed(clauses) if clause.connective != "and"), "")
    return has_its_day and lead == "except"


def _add_recurrence(phrase: Phrase, recurrence: Recurrence, in_clause: bool) -> Phrase:
    if in_clause and phrase.clauses[-1].moment.is_empty:
        last = phrase.clauses[-1]
        if last.connective != "and":
            return replace(phrase, clauses=(*phrase.clauses[:-1], replace(last, recurrence=recurrence)))
        phrase = replace(phrase, clauses=phrase.clauses[:-1])
    if phrase.recurrence:
        recurrence = merge_recurrences(phrase.recurrence, recurrence)
    return replace(phrase, recurrence=recurrence)


def _char_ranges(segments: Sequence[Segment], parts: list[Segment]) -> tuple[tuple[int, int], ...]:
    """Return the parts of the text that say the time: components, connectives, and the filler words that touch them."""
    of_parts = {(part.start, part.end) for part in parts if not isinstance(part.component, Vague)}
    of_fillers = [
        (segment.start, segment.end)
        for position, segment in enumerate(segments)
        if segment.is_filler
        and any(
            (neighbour.start, neighbour.end) in of_parts
            for neighbour in (*segments[max(position - 1, 0) : position], *segments[position + 1 : position + 2])
        )
    ]
    joined: list[tuple[int, int]] = []
    for start, end in sorted((*of_parts, *of_fillers)):
        if joined and start - joined[-1][1] <= 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
