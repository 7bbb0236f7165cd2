"""Restricts fetching to the public internet, so that no calendar URL makes the bot call a service in its own network.

A host name is looked up once, and the bot connects to the address that was checked. So a name that resolves to another
address the next time (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Collection

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.calendars.source import CalendarUnavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: IPv6 addresses that contain an IPv4 address, for networks without IPv4 (RFC 6052, section 2.1).
_NAT64_PREFIX = ipaddress.IPv6Network("64:ff9b::/96")


class AddressFilter(AbstractResolver):
    """Resolves host names for aiohttp, and refuses addresses on this machine or in its network.

    Only hosts in `trusted` may have such addresses.
    """

    def __init__(self, trusted: Collection[str] = ()) -> None:
        self._trusted = frozenset(host.casefold() for host in trusted)

    def check_literal_address(self, host: str) -> None:
        """Raise CalendarUnavailable for a host that is written as an address of the bot's own network.

        aiohttp does not resolve such a host, so `resolve` never sees it. A host name passes.
        """
        try:
            address = ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return  # a host name
        if not self._is_allowed(host, address):
            raise _refusal(host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host that may be connected to. Raise CalendarUnavailable when all are refused."""
        results = await ThreadedResolver().resolve(host, port, family)
        allowed = [
            result
            for result in results
            if self._is_allowed(host, ipaddress.ip_address(result["host"].partition("%")[0]))
        ]
        if results and not allowed:
            raise _refusal(host)
        return allowed

    async def close(self) -> None:
        """Do nothing: the resolver holds no connection open."""

    def _is_allowed(self, host: str, address: Address) -> bool:
        is_trusted = host.strip("[]").casefold() in self._trusted
        return is_trusted or all(is_public(target) for target in _embedded_addresses(address))


def is_public(address: Address) -> bool:
    """Whether an address belongs to a single machine in the public internet."""
    return address.is_global and not address.is_multicast


def _embedded_addresses(address: Address) -> list[Address]:
    """Return every address that packets to `address` can reach: itself, and IPv4 addresses encoded in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64_PREFIX else None
    return [address, *(inner for inner in (address.sixtofour, nat64) if inner), *(address.teredo or ())]


def _refusal(host: str) -> CalendarUnavailable:
    return CalendarUnavailable(
        f"{host} is on this machine or in its network, where no calendar is fetched from unless config.yaml names it"
        " under trusted_calendar_hosts"
    )
