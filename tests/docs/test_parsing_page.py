"""docs/parsing.md shows how the stages of the reader really read its phrase."""

import re
from datetime import datetime

from page import ROOT

from bot.parsing.when import lexicon_of
from bot.parsing.when.assemble import assemble
from bot.parsing.when.match import match_components
from bot.parsing.when.resolve.phrase import resolve_phrase
from bot.parsing.when.tokenizing.lexicon import ROLES_WITHOUT_TIME
from bot.parsing.when.tokenizing.tokens import tokenize

PAGE = (ROOT / "docs" / "parsing.md").read_text("utf-8")
PHRASE = "hver fredag kl. 9 fra april til oktober, undtagen uge 29"
NOW = datetime(2026, 6, 9, 10)

tokens = tokenize(PHRASE, lexicon_of("da"))
segments = match_components(tokens, whole=True)
phrase = assemble(segments, whole=True)


def test_page_shows_the_phrase() -> None:
    assert f"**{PHRASE}**" in PAGE


def test_page_shows_the_tokens_and_their_roles() -> None:
    rows = re.findall(r"^\| (\S+) \| ([^|`]+) \|$", PAGE, re.M)
    shown = {text: {role.split()[0] for role in roles.split(", ")} for text, roles in rows if text != "Token"}
    assert shown == {token.text: token.roles.keys() - ROLES_WITHOUT_TIME for token in tokens}


def test_page_shows_the_components() -> None:
    components = [type(segment.component).__name__ for segment in segments if segment.component]
    assert re.findall(r"^\| [^|]+ \| `(\w+)\(", PAGE, re.M) == components


def test_page_shows_the_clauses() -> None:
    assert phrase is not None
    clauses = re.findall(r"(\w+) +Moment\(period=(\w+)", PAGE)
    assert clauses == [(clause.connective, type(clause.moment.period).__name__) for clause in phrase.clauses]


def test_page_shows_the_times() -> None:
    assert phrase is not None
    when = resolve_phrase(phrase, NOW)
    shown = re.findall(r"\| ([\d-]+ [\d:]+) \| `(FREQ=[^`]+)`", PAGE)
    assert shown == [(f"{one.start:%Y-%m-%d %H:%M}", one.rrule) for one in (when, *when.alternatives)]
