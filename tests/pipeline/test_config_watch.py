"""A changed configuration: the log says what a restart would take into use, and what is wrong with the files."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.config.credentials import Credentials
from bot.config.load import load_communities, load_settings
from bot.pipeline.config_watch import ConfigChanges, ConfigWatch
from bot.pipeline.load_features import feature_names

CONFIG = 'homeserver: https://x.org\naccount: "@bylaug:x.org"\n'
COMMUNITY = 'name: Skovby\nroom: "#skovby"\npeople:\n  klub:\n    roles: [club]\nfeatures: [bookings]\n'


@pytest.fixture
def watch(tmp_path: Path) -> ConfigWatch:
    """Compares with a configuration of one community, skovby.yaml."""
    (tmp_path / "rooms").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "rooms" / "skovby.yaml").write_text(COMMUNITY)
    settings = load_settings(tmp_path / "config.yaml", {})
    communities, _ = load_communities(settings.communities, server_name="x.org", features=feature_names())
    return ConfigWatch(settings, Credentials(password="p"), communities, {})


def sentences(found: ConfigChanges, folder: Path) -> list[str]:
    return [str(one).replace(f"{folder}/", "") for one in (*found.changes, *found.problems)]


def test_unchanged_files_change_nothing(watch: ConfigWatch) -> None:
    assert watch.compare() == ConfigChanges((), ())


def test_each_changed_file_is_named_with_what_has_changed(watch: ConfigWatch, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(f"{CONFIG}log_level: debug\ndatabase: sqlite:///other.db\n")
    (tmp_path / "rooms" / "skovby.yaml").write_text(COMMUNITY.replace("#skovby", "#byen") + "things: {bane-1: {}}\n")
    (tmp_path / "rooms" / "hylke.yaml").write_text(COMMUNITY.replace("#skovby", "#hylke"))
    assert sentences(watch.compare(), tmp_path) == [
        "config.yaml has changed: database, log_level",
        "a new database begins empty: make a backup first, and restore it into the new one",
        "rooms/skovby.yaml has changed: room, things",
        "the community would move from the room #skovby:x.org to #byen:x.org",
        "rooms/hylke.yaml is new: its room would be joined or made",
    ]


def test_missing_file_is_told(watch: ConfigWatch, tmp_path: Path) -> None:
    (tmp_path / "rooms" / "skovby.yaml").rename(tmp_path / "rooms" / "hylke.yaml")
    assert sentences(watch.compare(), tmp_path) == [
        "rooms/skovby.yaml is gone: the bot would stay in the room, and hear nobody there",
        "rooms/hylke.yaml is new: its room would be joined or made",
    ]


def test_mistakes_are_told_with_their_line(watch: ConfigWatch, tmp_path: Path) -> None:
    (tmp_path / "rooms" / "skovby.yaml").write_text(COMMUNITY.replace("club", "clubb"))
    assert sentences(watch.compare(), tmp_path) == [
        "rooms/skovby.yaml:5: people › klub › roles › number 1: unknown role 'clubb', did you mean 'club'?"
    ]
    (tmp_path / "config.yaml").write_text(f"{CONFIG}log_level: loud\n")
    (problem,) = watch.compare().problems
    assert str(problem).startswith(f"{tmp_path}/config.yaml:3: log_level")


def test_community_that_lacks_the_passphrase_is_told(watch: ConfigWatch, tmp_path: Path) -> None:
    (tmp_path / "rooms" / "skovby.yaml").write_text(f"{COMMUNITY}encrypted: true\n")
    (problem,) = watch.compare().problems
    assert "takes a passphrase" in problem.message


@asynccontextmanager
async def running(watch: ConfigWatch) -> AsyncIterator[None]:
    watch.look_every_seconds = 0.05
    task = asyncio.create_task(watch.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def wait_for_line(caplog: pytest.LogCaptureFixture, text: str) -> None:
    async with asyncio.timeout(10):
        while text not in caplog.text:  # noqa: ASYNC110  # the log signals nothing
            await asyncio.sleep(0.02)


async def test_change_is_told_once_without_being_asked(
    watch: ConfigWatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with running(watch):
        await asyncio.sleep(0.2)
        assert caplog.messages == []
        (tmp_path / "rooms" / "skovby.yaml").write_text(f"{COMMUNITY}topic: Baner\n")
        await wait_for_line(caplog, "a restart takes this into use")
        await asyncio.sleep(0.2)
    assert [message.replace(f"{tmp_path}/", "") for message in caplog.messages] == [
        "rooms/skovby.yaml has changed: topic",
        "a restart takes this into use; `bylaug check` reads the files before",
    ]


async def test_asked_without_a_change_it_says_so(watch: ConfigWatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with running(watch):
        watch.request()
        await wait_for_line(caplog, "there is nothing to take into use")
