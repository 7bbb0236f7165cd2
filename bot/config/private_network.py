"""Which hosts are this machine, and which addresses belong to private networks."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

#: RFC 1918, RFC 6598 (shared, as in overlay networks), RFC 4193, and link-local addresses.
_PRIVATE_NETWORKS = tuple(
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
        *("fc00::/7", "fe80::/10"),
    )
)


def is_loopback(host: str) -> bool:
    """Return whether a host, without brackets, is this machine as only programs on it can reach it."""
    address = _parse(host)
    return host == "localhost" if address is None else address.is_loopback


def is_private(host: str) -> bool:
    """Return whether a server may listen at an address for a private network: one in it, or all of this machine."""
    address = _parse(host)
    return address is not None and (address.is_unspecified or is_private_client(host))


def is_private_client(host: str | None) -> bool:
    """Return whether a client's address is in a private network or on this machine."""
    address = _parse(host or "")
    if address is None:
        return False
    return address.is_loopback or any(address in network for network in _PRIVATE_NETWORKS)


def _parse(host: str) -> IPv4Address | IPv6Address | None:
    """Return an address, an IPv4 one if it is that inside IPv6; None for a name."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
