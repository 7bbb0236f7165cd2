"""The rules of `use` in a community file."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.load import load_community
from bot.config.usage_rules import UseRules
from bot.errors import ConfigError

HEAD = "name: X\nroom: '#x'\npeople: {vaert: {roles: steward}}\nthings:\n  hallen:\n"
EVERYBODY = frozenset({"club", "contractor", "resident", "steward"})


def read_use(tmp_path: Path, text: str) -> UseRules | None:
    file = tmp_path / "x.yaml"
    file.write_text(f"{HEAD}    {text}\n", encoding="utf-8")
    return load_community(file, server_name="example.org", features=None).things[0].use


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aliases: hal", None),
        ("use: no", None),
        ("use: yes", UseRules(EVERYBODY)),
        ("use: {}", UseRules(EVERYBODY)),
        (
            "use: {by: [club, resident], shortest: 30m, longest: 6h, notice: 1d, ahead: 180d, hours_a_week: 6,"
            " buffer: 30m, confirmed_by: steward}",
            UseRules(
                frozenset({"club", "resident"}),
                timedelta(minutes=30),
                timedelta(hours=6),
                timedelta(days=1),
                timedelta(days=180),
                6.0,
                timedelta(minutes=30),
                "steward",
            ),
        ),
        ("use: {confirmed_by: nobody}", UseRules(EVERYBODY)),
    ],
)
def test_use(tmp_path, text, expected):
    assert read_use(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("use: {shortest: 2h, longest: 1h}", "things › hallen › use: 'shortest' is longer than 'longest'"),
        ("use: {by: []}", "things › hallen › use: 'by' names nobody; leave 'use' out where nobody may reserve it"),
        (
            "use: {confirmed_by: club}",
            "things › hallen › use › confirmed_by: nobody in 'people' has the role 'club',"
            " so nobody could confirm this",
        ),
        ("use: {ahead: match}", "things › hallen › use › ahead: 'match' is not a number of days, which is written 90d"),
        ("use: maybe", "things › hallen › use: 'maybe' is neither true nor false"),
        ("use: {longst: 1h}", "things › hallen › use: unknown key 'longst', did you mean 'longest'?"),
    ],
)
def test_mistake(tmp_path, text, message):
    with pytest.raises(ConfigError) as raised:
        read_use(tmp_path, text)
    assert [(problem.line, problem.message) for problem in raised.value.problems] == [(6, message)]
