"""Roles have Danish names in a community's file, which mean the same as the English ones."""

from pathlib import Path

import pytest

from bot.config.community import Community
from bot.config.load import load_community
from bot.errors import ConfigError

FILE = """
name: Skovby
room: "#skovby"
people:
  if: {name: IF, roles: [Klub, beboer]}
  firma: {name: Firma, roles: entreprenør}
  vagt: {name: Vagt, roles: vært}
things:
  hallen: {kept_by: [klub, vært]}
tasks:
  slåning: {duration: 2h, role: entreprenør}
features: [bookings]
"""


def _load(tmp_path: Path, text: str) -> Community:
    file = tmp_path / "skovby.yaml"
    file.write_text(text, "utf-8")
    return load_community(file, server_name="example.org", features=None)


def test_danish_names_are_roles(tmp_path: Path) -> None:
    community = _load(tmp_path, FILE)
    assert [person.roles for person in community.people] == [{"club", "resident"}, {"contractor"}, {"steward"}]
    assert (community.things[0].kept_by, community.tasks[0].role) == ({"club", "steward"}, "contractor")


@pytest.mark.parametrize("wrong", ["klubb", "tømrer"])
def test_other_words_are_no_roles(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"unknown role '{wrong}'"):
        _load(tmp_path, FILE.replace("vært}", f"{wrong}}}", 1))
