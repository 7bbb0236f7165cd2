"""Who somebody is in a community: a person the YAML names, or a resident it does not."""

from urllib.parse import unquote

from bot.config.address import server_in
from bot.config.community import UNLISTED_ROLES, Community, Person
from bot.parsing.command import quotable


def person_at(community: Community, address: str) -> Person:
    """The person at an address; whoever is not configured is a resident, known by the address alone.

    A display name is never asked for: anybody may call themselves anything.
    """
    return community.person_at(address) or _resident(community, address)


def person_called(community: Community, party: str) -> Person:
    """The person an agreement names, also after they were taken out of the YAML."""
    if known := community.person(party):
        return known
    return _resident(community, party) if ":" in party else Person(party, party, ())


def absence_fact(community: Community, person: Person) -> str:
    """The fact that is noted of somebody who has left the room."""
    return f"absent {community.key} {person.handle}"


def _resident(community: Community, address: str) -> Person:
    """`matrix:u/anna:example.org` is called "@anna", and "@anna:other.org" where that is not our own server.

    The "@" is what tells them from those the YAML names; whatever else an id can be made of stays encoded.
    """
    encoded, server = address.rpartition("/")[2].partition(":")[0], server_in(address)
    decoded = unquote(encoded)
    local = decoded if decoded.isascii() and decoded.isprintable() else encoded
    ours = community.server or community.room.partition(":")[2]
    name = f"@{quotable(local, 60)}" + ("" if server == ours.casefold() else f":{quotable(server, 60)}")
    return Person(address, name, (address,), UNLISTED_ROLES)
