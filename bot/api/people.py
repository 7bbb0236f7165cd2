"""Who somebody is in a community: a person the YAML names, or a resident it does not."""

from urllib.parse import unquote

from bot.config.community import UNLISTED, Community, Person


def who(community: Community, address: str) -> Person:
    """The person at an address; whoever is not configured is a resident, known by the address alone.

    A display name is never asked for: anybody may call themselves anything.
    """
    return community.person_at(address) or _resident(address)


def by_party(community: Community, party: str) -> Person:
    """The person an agreement names, also after they were taken out of the YAML."""
    if known := community.person(party):
        return known
    return _resident(party) if ":" in party else Person(party, party, ())


def _resident(address: str) -> Person:
    """`matrix:u/anna:example.org` is called "@anna"."""
    local = unquote(address.rpartition("/")[2].partition(":")[0])
    return Person(address, f"@{local}", (address,), UNLISTED)
