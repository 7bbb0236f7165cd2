"""Only addresses in the public internet may be connected to."""

import ipaddress
import socket

import pytest

from bot.calendars.address_filter import AddressRefused, is_public, open_public_socket


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    open_public_socket((family, socket.SOCK_STREAM, 0, "", (address, 443))).close()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "233.252.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fe80::1%lo", "fc00::1", "fec0::1", "ff0e::1", "100::1", "2001:db8::1"),
        # an IPv4 address in an IPv6 address: mapped, compatible, NAT64, local NAT64, 6to4, Teredo
        *("::ffff:10.0.0.5", "::10.0.0.5", "64:ff9b::a00:5", "64:ff9b:1::a00:5", "2002:a00:5::1"),
        "2001:0:a00:5::1",
        # notations that only the operating system reads
        *("127.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.0.0.1."),
    ],
)
def test_own_network_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        open_public_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)))
