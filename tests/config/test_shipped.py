"""The shipped files are valid, have what the demo needs, and name their schema."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot.config.load import community_schema, load_communities, load_settings, settings_schema
from bot.pipeline.load_features import feature_names

ROOT = Path(__file__).parents[2]
SCHEMAS = {"rooms/community.schema.json": community_schema, "config.schema.json": settings_schema}
SHIPPED = {
    "rooms/skovby.yaml": community_schema,
    "rooms/riverside.yaml": community_schema,
    "config.example.yaml": settings_schema,
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_file_is_what_the_code_says(name):
    expected = json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"
    assert (ROOT / name).read_text(encoding="utf-8") == expected, f"bylaug schema would write another {name}"


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_explains_every_key(name):
    schema = SCHEMAS[name]()
    jsonschema.Draft7Validator.check_schema(schema)
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part["description"]
        assert [key for key, field in part["properties"].items() if not field.get("description")] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_file_fits_its_schema_and_names_it(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    comment, _, schema = text.splitlines()[0].partition("$schema=")
    assert comment == "# yaml-language-server: "
    assert str((ROOT / name).parent.joinpath(schema).relative_to(ROOT)) in SCHEMAS
    jsonschema.Draft7Validator(SHIPPED[name]()).validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    "content", ["{taskss: {}}", "{tasks: {a: {duration: 2 timer}}}", "{people: {a: {roles: [clubb]}}}"]
)
def test_schema_finds_what_an_editor_should_mark(content):
    data = {"name": "x", "room": "#x", **yaml.safe_load(content)}
    assert not jsonschema.Draft7Validator(community_schema()).is_valid(data)


def test_shipped_communities_load_without_problems():
    communities, problems = load_communities(ROOT / "rooms", server_name="example.org", features=feature_names())
    assert problems == []
    assert [community.key for community in communities] == ["riverside", "skovby"]


def test_shipped_communities_let_nobody_in_uninvited():
    """They are copied for new communities, often before anybody has read every line."""
    communities, _ = load_communities(ROOT / "rooms", server_name="example.org", features=None)
    assert {community.key: community.access for community in communities} == {
        "riverside": "invited",
        "skovby": "invited",
    }


def test_shipped_communities_have_the_people_of_the_demo():
    communities, _ = load_communities(ROOT / "rooms", server_name="example.org", features=None)
    cast = {
        community.key: [[person.name for person in community.people_with(role)] for role in ("club", "contractor")]
        for community in communities
    }
    assert cast == {
        "riverside": [["Riverside FC", "Hilltop FC"], ["Green Care"]],
        "skovby": [["Skovby IF", "Hylke IF"], ["Grøn Pleje"]],
    }


def test_example_configuration_loads():
    found = load_settings(ROOT / "config.example.yaml", {})
    assert (found.account, found.communities) == ("@bylaug:example.org", ROOT / "rooms")
