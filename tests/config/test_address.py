"""Addresses are URIs, and short names in files are completed."""

import pytest

from bot.config.address import complete_room, complete_user, is_localpart, matrix_address, matrix_user


@pytest.mark.parametrize(
    ("user", "address"),
    [
        ("@anna:example.org", "matrix:u/anna:example.org"),
        ("@a/b:example.org", "matrix:u/a%2Fb:example.org"),
        ("@old?name#1:example.org:8448", "matrix:u/old%3Fname%231:example.org:8448"),
        ("@50%:example.org", "matrix:u/50%25:example.org"),
        ("@anna:[::1]:8448", "matrix:u/anna:%5B::1%5D:8448"),
    ],
)
def test_address_of_matrix_user_reads_back(user, address):
    assert matrix_address(user) == address
    assert matrix_user(address) == user


def test_user_of_other_address_is_none():
    assert matrix_user("mailto:anna@example.org") is None


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("@anna", "@anna:example.org"),
        ("@anna:other.org", "@anna:other.org"),
        ("@anna:other.org:8448", "@anna:other.org:8448"),
        ("@anna:[::1]:8448", "@anna:[::1]:8448"),
    ],
)
def test_user_when_short_gets_our_server(written, full):
    assert complete_user(written, "example.org") == full


@pytest.mark.parametrize(
    "written", ["anna", "", "@", "@:x.org", "@a b", "@anna:", "@anna:a b", "@grøn", "@" + "a" * 250]
)
def test_user_when_impossible_is_refused(written):
    with pytest.raises(ValueError, match="Matrix id"):
        complete_user(written, "example.org")


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("#skovby", "#skovby:example.org"),
        ("#blåbær:other.org", "#blåbær:other.org"),
        ("!abc:other.org", "!abc:other.org"),
        ("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"),
    ],
)
def test_room_when_short_gets_our_server(written, full):
    assert complete_room(written, "example.org") == full


@pytest.mark.parametrize(
    "written", ["skovby", "", "#", "!", "#a b", "#a:", "#a:b c", "@anna:example.org", "#" + "æ" * 125]
)
def test_room_when_impossible_is_refused(written):
    with pytest.raises(ValueError, match="room"):
        complete_room(written, "example.org")


def test_localpart_of_today_has_no_danish_letters():
    assert [is_localpart(handle) for handle in ("groen-pleje", "grøn", "Anna", "")] == [True, False, False, False]
