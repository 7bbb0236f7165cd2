"""The page on personal data names every table in which something about people is kept."""

import re

from page import ROOT, code_on
from sqlalchemy import MetaData

from bot.pipeline.load_features import feature_names, load_features
from bot.store import crypto_tables
from bot.store.calendars import tables as calendar_tables
from bot.store.keys import known
from bot.store.messages import dropped, pictures
from bot.store.tables import metadata

PAGE = ROOT / "docs" / "personal-data.md"

#: Tables with nothing about people, and why; or that the page names by what they are for.
WITHOUT_PEOPLE = {
    "meta": "the program's own facts",
    "places": "rooms",
    "things": "things",
    "crypto_state": "the bot's own device",
    "encrypted_rooms": "rooms",
    "message_indexes": "ids of events",
    "pictures": "pictures that the bot made",
    "dropped": "digests of ids",
}


def tables() -> set[str]:
    assert all((crypto_tables, calendar_tables, known, dropped, pictures)), "their tables are in the metadata"
    features = load_features(feature_names()).values()
    every: list[MetaData] = [metadata, *(feature.tables for feature in features if feature.tables is not None)]
    return {table.name for one in every for table in one.tables.values()}


def test_every_table_with_people_is_on_the_page() -> None:
    named = set(code_on(PAGE))
    assert tables() - named - WITHOUT_PEOPLE.keys() == set()


def test_tables_in_the_queries_have_the_columns() -> None:
    columns = {table.name: set(table.columns.keys()) for table in metadata.tables.values()}
    queries = re.findall(r'"SELECT (.+?) FROM (\w+) WHERE (.+?)"', PAGE.read_text("utf-8"))
    assert len(queries) == 4
    for selected, table, condition in queries:
        names = {*re.findall(r"\w+", selected), *re.findall(r"\b(sender|address|organizer|attendee)\b", condition)}
        assert names <= columns[table], (table, names)
