"""Restricts fetching to the public internet, so that no calendar URL makes the bot call a service in its own network.

The address is checked when the socket to it is made. So it does not matter whether the URL has a name, a name that
resolves to another address the next time (DNS rebinding), or an address in other digits, dots or notations.
"""

import ipaddress
import socket
from collections.abc import Collection

from aiohttp import AddrInfoType
from yarl import URL

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Global unicast, the only IPv6 addresses of the public internet (IANA, "Internet Protocol Version 6 Address Space").
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
#: IPv6 addresses that contain an IPv4 address, for networks without IPv4 (RFC 6052, section 2.1).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(OSError):
    """An address is not in the public internet, and is not connected to.

    aiohttp goes on to the host's next address after an OSError. The message does not name the address, because aiohttp
    keeps the class only of errors with equal messages.
    """

    def __init__(self) -> None:
        super().__init__("the address is not in the public internet")


def open_public_socket(address: AddrInfoType) -> socket.socket:
    """Return a socket for a connection to an address of the public internet. Raise AddressRefused for any other one.

    aiohttp calls this with each address just before it connects the socket to that address (`socket_factory`).
    """
    family, kind, protocol, _, socket_address = address
    try:
        target = ipaddress.ip_address(str(socket_address[0]))
    except ValueError:  # a notation that only the operating system reads, such as 127.1
        raise AddressRefused from None
    if not is_public(target):
        raise AddressRefused
    return socket.socket(family, kind, protocol)


def is_public(address: Address) -> bool:
    """Return whether packets to an address reach a single machine in the public internet and nothing else."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    embedded = [*filter(None, [address.sixtofour]), *(address.teredo or ())]
    return address in _GLOBAL_UNICAST and address.is_global and all(map(is_public, embedded))


class TrustedHosts:
    """Hosts in the bot's own network that calendars may be fetched from: names and addresses, in any notation."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        self._hosts = frozenset(_normalize(host) for host in hosts)

    def __contains__(self, host: str) -> bool:
        """Return whether the host of a URL is trusted. An untrusted host is refused by `open_public_socket`."""
        return _normalize(host) in self._hosts


def _normalize(host: str) -> str:
    """Return a host as aiohttp connects to it: in ASCII (IDNA, UTS 46) and lower case, without a last dot."""
    try:
        return (URL.build(scheme="http", host=host.strip("[]")).raw_host or "").rstrip(".")
    except ValueError:  # no such host can be in a URL
        return host
