"""Finds the person with an address or a handle: a person whom the YAML lists, else a resident."""

from urllib.parse import unquote

from bot.config.address import server_in
from bot.config.community import UNLISTED_ROLES, Community, Person
from bot.parsing.unread_words import quotable


def person_at(community: Community, address: str) -> Person:
    """Return the person at an address; an address that the YAML does not list is a resident's.

    Display names are never used: people can call themselves anything.
    """
    return community.person_at(address) or _resident(community, address)


def person_called(community: Community, party: str) -> Person:
    """Return the person whom an agreement names by handle or address, also after the YAML has dropped the person."""
    if listed := community.person(party):
        return listed
    return _resident(community, party) if ":" in party else Person(party, party, ())


def absence_fact(community: Community, person: Person) -> str:
    """Return the key of the stored fact that a person has left the room."""
    return f"absent {community.key} {person.handle}"


def _resident(community: Community, address: str) -> Person:
    """Return the person at an unlisted address.

    `matrix:u/anna:example.org` is named "@anna", or "@anna:other.org" when the homeserver is not the bot's. The "@"
    distinguishes residents from listed people. Other characters of the id stay percent-encoded.
    """
    encoded, server = address.rpartition("/")[2].partition(":")[0], server_in(address)
    decoded = unquote(encoded)
    local_part = decoded if decoded.isascii() and decoded.isprintable() else encoded
    our_server = community.server or community.room.partition(":")[2]
    name = f"@{quotable(local_part, 60)}" + ("" if server == our_server.casefold() else f":{quotable(server, 60)}")
    return Person(address, name, (address,), UNLISTED_ROLES)
