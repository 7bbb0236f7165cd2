"""Limits and homeservers in a community file: accepted values, their meaning, and mistakes."""

from pathlib import Path

import pytest
from test_load import HEAD, load, problems

from bot.config.community import Limits

PEOPLE = 'people:\n  firma: {matrix: "@firma:firma.example", roles: [contractor]}\n'


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", Limits(20, 200, 30)),
        ("limits:\n", Limits(20, 200, 30)),
        ("limits: {person: 5}\n", Limits(5, 200, 30)),
        ("limits: {person: off, room: 10, proposals: 1}\n", Limits(None, 10, 1)),
        ("limits: off\n", Limits(None, None, None)),
    ],
)
def test_limits_are_read(written: str, meant: Limits, tmp_path: Path) -> None:
    (community,), found = load(tmp_path, skovby=HEAD + written)
    assert (found, community.limits) == ([], meant)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "limits: {person: 0}\n",
            "3: limits › person: '0' is not a limit, which is a whole number from 1 to 10000, or off",
        ),
        ("limits: {persons: 5}\n", "3: limits: unknown key 'persons', did you mean 'person'?"),
        ("limits: many\n", "3: limits: this must be a mapping: indented lines with 'key: value'"),
        ("servers: []\n", "3: servers: name at least one homeserver, or leave the key out"),
        ("servers:\n", "3: servers: name at least one homeserver, or leave the key out"),
        (
            "servers: https://example.org\n",
            "3: servers › number 1: 'https://example.org' is not the name of a homeserver, "
            "which looks like 'example.org'",
        ),
        (
            f"servers: example.org\n{PEOPLE}",
            "5: people › firma › matrix: '@firma:firma.example' lives on 'firma.example', "
            "which 'servers' shuts out; add it there",
        ),
    ],
)
def test_wrong_limits_are_explained(written: str, said: str, tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + written) == [said]


def test_own_server_is_always_among_the_servers(tmp_path: Path) -> None:
    (community,), found = load(tmp_path, skovby=f"{HEAD}servers: [Firma.example]\n{PEOPLE}")
    assert (found, community.servers) == ([], ("example.org", "firma.example"))
    assert [community.is_open_to(server) for server in ("example.org", "firma.example", "x.example")] == [
        True,
        True,
        False,
    ]
