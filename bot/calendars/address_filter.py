"""Holds fetching to the open internet: nobody's calendar makes us knock at a door in our own house.

A host name is looked up once, and what is connected to is what was looked at: a name that leads to another address the
next time (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Collection

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.calendars.source import CalendarUnavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: An IPv4 address inside an IPv6 one, for networks without IPv4 (RFC 6052, section 2.1).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class AddressFilter(AbstractResolver):
    """Looks up hosts for aiohttp. `trusted` are those that may be on this machine or in its network."""

    def __init__(self, trusted: Collection[str] = ()) -> None:
        self._trusted = frozenset(host.casefold() for host in trusted)

    def check_literal_address(self, host: str) -> None:
        """A host that is written as an address is never looked up. Raises Unavailable for one of our own network."""
        try:
            address = ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return  # a name
        if not self._is_allowed(host, address):
            raise _refusal(host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host that may be asked. Raises Unavailable when it has none."""
        results = await ThreadedResolver().resolve(host, port, family)
        allowed = [
            one for one in results if self._is_allowed(host, ipaddress.ip_address(one["host"].partition("%")[0]))
        ]
        if results and not allowed:
            raise _refusal(host)
        return allowed

    async def close(self) -> None:
        """Nothing is kept open."""

    def _is_allowed(self, host: str, address: Address) -> bool:
        return host.strip("[]").casefold() in self._trusted or all(
            is_public(one) for one in _embedded_addresses(address)
        )


def is_public(address: Address) -> bool:
    """Whether it is somewhere in the internet, and one machine."""
    return address.is_global and not address.is_multicast


def _embedded_addresses(address: Address) -> list[Address]:
    """An address, and those it leads to in another way of writing them."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else None
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    return [address, *(one for one in (address.sixtofour, inside) if one), *(address.teredo or ())]


def _refusal(host: str) -> CalendarUnavailable:
    return CalendarUnavailable(
        f"{host} is on this machine or in its network, where no calendar is fetched from unless config.yaml names it"
        " under trusted_calendar_hosts"
    )
