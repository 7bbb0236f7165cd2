"""Only addresses in the public internet may be fetched from, unless a host is trusted."""

import ipaddress

import pytest

from bot.calendars.address_filter import AddressFilter, is_public
from bot.calendars.source import CalendarUnavailable


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    AddressFilter().check_literal_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff0e::1"),
        *("::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:a00:5::1"),
    ],
)
def test_own_network_is_refused_unless_trusted(address: str) -> None:
    with pytest.raises(CalendarUnavailable):
        AddressFilter().check_literal_address(address)
    AddressFilter([address]).check_literal_address(address)


def test_multicast_addresses_are_refused() -> None:
    assert not is_public(ipaddress.ip_address("233.252.0.1"))
