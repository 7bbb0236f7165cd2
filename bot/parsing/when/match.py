"""The stage `match`: walks through the tokens of a text and finds the components of a time and what connects them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.parsing.when.context import Surroundings
from bot.parsing.when.grammar import Context, Match, Matcher
from bot.parsing.when.rules import GRAMMAR
from bot.parsing.when.segments import CONNECTIVES, Segment
from bot.parsing.when.tokenizing.tokens import Token

#: The contexts in the order in which they are tried. Of equally long matches the first wins.
_CONTEXTS = (
    Context.ANYWHERE,
    Context.BEFORE_CLOCK_NOT_AFTER_NOUN,
    Context.NOT_BEFORE_NOUN,
    Context.NOT_BESIDE_NOUN,
    Context.BESIDE_TIME,
    Context.BEFORE_CLOCK,
    Context.BESIDE_TIME_NOT_BEFORE_NOUN,
    Context.IN_RECURRENCE,
    Context.NOT_IN_RECURRENCE,
    Context.AFTER_DAY,
    Context.AFTER_BOUND,
    Context.AFTER_LIMIT,
    Context.AFTER_OR,
    Context.BEFORE_PART_OF_DAY,
    Context.EDGE_OF_TIME_PHRASE,
    Context.WHOLE_TEXT,
)


_VAGUE_ROLES = frozenset(("vague", "vague_noun", "SchoolHoliday", "UnknownSchoolHoliday"))

#: Roles of words that say more about a time beside them. When no rule reads them, the time alone would be half of it.
_ROLES_ABOUT_TIME = frozenset(
    (
        *("every", "last", "next", "coming", "weekend", "weekends", "workdays", "rest_of", "end_of"),
        *("the_week", "the_month", "clock", "half_to", "hourish", "oclock", "Meridiem", "TimeZone"),
        *(
            "TimeWithSeconds",
            "PartOfMonth",
            "quarter_of_year",
            "MonthName",
            "UnclearWeekday",
            "every_other",
            "in_a_row",
        ),
        *("even", "odd", "DefiniteWeekday", "PluralWeekday", "PastWeekday"),
    )
)
_ROLES_BEFORE_UNIT = frozenset(("Ordinal", "last", "next", "coming"))


def match_components(tokens: Sequence[Token], *, whole: bool) -> list[Segment]:
    """Return the whole text as segments, in order. With `whole`, the text is read as a time and nothing else.

    The longest match at a position wins; a token without a match becomes a segment of its own.
    """
    matcher = Matcher(GRAMMAR, tokens)
    return list(_segments(tokens, matcher, Surroundings(tokens, matcher, whole=whole)))


def _segments(tokens: Sequence[Token], matcher: Matcher, around: Surroundings) -> Iterator[Segment]:
    position = 0
    while position < len(tokens):
        match = _longest_component(tokens, matcher, around, position)
        if end := _end_of_vague_note(tokens, position):
            segment = Segment(tokens[position].start, tokens[end - 1].end, is_skipped=True, is_filler=True)
            position = end
        elif match is None:
            segment = _segment_without_component(tokens, around, position)
            position += 1
        else:
            segment = Segment(tokens[position].start, tokens[match.end - 1].end, component=match.value)
            position = match.end
        around.add(segment)
        yield segment


def _end_of_vague_note(tokens: Sequence[Token], position: int) -> int | None:
    """Return the position behind a note in brackets that names nothing exactly: "uge 42 (efterårsferien)".

    Returns None where no such note begins. Elsewhere vague words keep a text from being read as a time.
    """
    if tokens[position].text != "(":
        return None
    end = position + 1
    while end < len(tokens) and not _VAGUE_ROLES.isdisjoint(tokens[end].roles):
        end += 1
    return end + 1 if end > position + 1 and end < len(tokens) and tokens[end].text == ")" else None


def _longest_component(tokens: Sequence[Token], matcher: Matcher, around: Surroundings, position: int) -> Match | None:
    if not tokens[position].roles:
        return None
    longest: Match | None = None
    for context in _contexts_of(matcher.roles[position], matcher.roles[position + 1]):
        match = matcher.longest_match(context, position)
        if match and (longest is None or match.end > longest.end) and around.allow(context, position, match):
            longest = match
    return longest


@lru_cache(maxsize=4096)
def _contexts_of(roles: frozenset[str], next_roles: frozenset[str]) -> tuple[Context, ...]:
    """Return the contexts with a rule that can begin with tokens of these roles, one after the other."""
    return tuple(context for context in _CONTEXTS if GRAMMAR.candidates(context, roles, next_roles))


def _segment_without_component(tokens: Sequence[Token], around: Surroundings, position: int) -> Segment:
    """Return the segment for a token at which no component begins: a connective, a skipped word or any other word.

    A courtesy such as "kan I ikke" (can you not) is skipped at the beginning of a clause. Elsewhere its "ikke" is a
    negation, which blocks the text from being read as a time.
    """
    token = tokens[position]
    connective = next((name for name in CONNECTIVES if name in token.roles), "")
    is_filler, is_courtesy = "filler" in token.roles, "courtesy" in token.roles
    begins_clause = position == 0 or not tokens[position - 1].is_word
    is_mark = not token.is_word and not connective
    return Segment(
        token.start,
        token.end,
        connective=connective,
        is_skipped=is_filler or is_mark or (is_courtesy and begins_clause),
        is_filler=is_filler,
        is_comma="comma" in token.roles,
        is_blocking="not" in token.roles or (is_courtesy and not begins_clause) or around.is_unread_number(position),
        is_every="every" in token.roles,
        is_about_time=_is_about_time(token, tokens[position - 1] if position else None),
    )


def _is_about_time(token: Token, before: Token | None) -> bool:
    """Return whether a word says something about a time beside it: a "sidste" (last), or the "dag" of "tredje dag".

    Hours and minutes are how long something lasts, and not when.
    """
    is_ordinal_word = "Ordinal" in token.roles and not token.text[:1].isdigit()
    if is_ordinal_word or not _ROLES_ABOUT_TIME.isdisjoint(token.roles):
        return True
    unit = token.roles.get("Unit")
    if unit is None or before is None:
        return False
    is_counted = before.roles.get("Number", 1) > 1 and not unit.has_clock
    return is_counted or not _ROLES_BEFORE_UNIT.isdisjoint(before.roles)
