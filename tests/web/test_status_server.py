"""The status page reports what Health knows, and nothing else."""

import logging
import os
import platform
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import Fatal
from bot.pipeline.health import ANSWER_TIME_BOUNDS, Count, Gauge, Health
from bot.web.metrics import COUNTERS, GAUGES
from bot.web.status_server import StatusServer, refuse_public_clients

ANYWHERE = ("127.0.0.1", 0)


class Stopwatch:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def health(stopwatch: Stopwatch) -> Health:
    return Health(monotonic=stopwatch)


@pytest_asyncio.fixture
async def page(health: Health) -> AsyncIterator[StatusServer]:
    async with StatusServer(health, ANYWHERE) as health:
        yield health


async def get(page: StatusServer, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{page.port}{path}") as answer:
        return answer.status, await answer.text()


async def scrape(page: StatusServer) -> dict[tuple[str, str], float]:
    """Return every sample by name and value of its only label, read by Prometheus' own parser."""
    status, body = await get(page, "/metrics")
    assert status == 200
    families = text_string_to_metric_families(body)
    return {(s.name, "".join(s.labels.values())): s.value for family in families for s in family.samples}


async def test_live_while_all_loops_beat(page: StatusServer, health: Health, stopwatch: Stopwatch) -> None:
    assert await get(page, "/live") == (200, '{"live": true, "silent": []}')
    health.record_heartbeat("sync", within_seconds=60)
    stopwatch.seconds += 60
    assert await get(page, "/live") == (200, '{"live": true, "silent": []}')
    stopwatch.seconds += 1
    assert await get(page, "/live") == (503, '{"live": false, "silent": ["sync"]}')
    health.record_heartbeat("sync")
    assert await get(page, "/live") == (200, '{"live": true, "silent": []}')


async def test_live_while_a_heartbeat_is_paused(page: StatusServer, health: Health, stopwatch: Stopwatch) -> None:
    health.record_heartbeat("deliver", within_seconds=1)
    health.pause_heartbeat("deliver")
    stopwatch.seconds += 1000
    assert await get(page, "/live") == (200, '{"live": true, "silent": []}')


async def test_not_ready_before_a_community_is_served(page: StatusServer) -> None:
    assert await get(page, "/ready") == (503, '{"ready": false, "hindrances": {}, "communities": {}}')


async def test_not_ready_while_there_is_a_blocker(page: StatusServer, health: Health) -> None:
    health.mark_served("riverside")
    health.set_blocker("database", "The disk is full.")
    body = '"hindrances": {"database": "The disk is full."}, "communities": {"riverside": "served"}}'
    assert await get(page, "/ready") == (503, '{"ready": false, ' + body)
    health.set_blocker("database", None)
    assert (await get(page, "/ready"))[0] == 200


async def test_not_ready_when_the_homeserver_has_not_answered_for_a_minute(
    page: StatusServer, health: Health, stopwatch: Stopwatch
) -> None:
    health.mark_served("skovby")
    stopwatch.seconds += 3600
    assert (await get(page, "/ready"))[0] == 200  # nothing was asked
    health.expect_answer("sync")
    stopwatch.seconds += 59
    health.expect_answer("sync")
    health.record_no_answer("sync", "The homeserver https://m.example does not answer: connection refused.")
    assert (await get(page, "/ready"))[0] == 200
    health.expect_answer("request")
    health.record_answer("request")  # an answer of another part of the homeserver brings no messages
    stopwatch.seconds += 2
    status, body = await get(page, "/ready")
    assert status == 503
    assert "connection refused. That has lasted 61 seconds; the bot keeps trying" in body
    assert (await get(page, "/live"))[0] == 200  # a restart does not help
    health.record_answer("sync")
    assert (await get(page, "/ready"))[0] == 200
    health.expect_answer("sync")
    health.expect_no_answers()
    stopwatch.seconds += 3600
    assert (await get(page, "/ready"))[0] == 200


async def test_live_while_loops_wait_for_a_blocker(page: StatusServer, health: Health, stopwatch: Stopwatch) -> None:
    health.record_heartbeat("sync", within_seconds=90)
    health.set_blocker("database", "The disk is full.")
    stopwatch.seconds += 3600
    assert (await get(page, "/live"))[0] == 200
    health.set_blocker("database", None)
    assert (await get(page, "/live"))[0] == 200
    stopwatch.seconds += 91
    assert await get(page, "/live") == (503, '{"live": false, "silent": ["sync"]}')


async def test_not_ready_names_the_community_and_the_reason(page: StatusServer, health: Health) -> None:
    health.mark_served("riverside")
    health.mark_not_served("skovby", "we are not in the room")
    said = '"communities": {"riverside": "served", "skovby": "we are not in the room"}}'
    body = '{"ready": false, "hindrances": {}, ' + said
    assert await get(page, "/ready") == (503, body)
    health.mark_served("skovby")
    body = '{"ready": true, "hindrances": {}, "communities": {"riverside": "served", "skovby": "served"}}'
    assert await get(page, "/ready") == (200, body)


async def test_ready_shows_warnings(page: StatusServer, health: Health) -> None:
    health.mark_served("skovby")
    health.set_warning("identity", "Somebody replaced it.")
    body = '{"ready": true, "hindrances": {}, "communities": {"skovby": "served"}'
    assert await get(page, "/ready") == (200, body + ', "concerns": {"identity": "Somebody replaced it."}}')
    health.set_warning("identity", None)
    assert await get(page, "/ready") == (200, body + "}")


async def test_metrics_start_at_zero(page: StatusServer) -> None:
    samples = await scrape(page)
    assert samples["bylaug_messages_sent_total", ""] == 0
    assert samples["bylaug_answer_seconds_count", ""] == 0
    assert ("bylaug_inbox_waiting", "") not in samples, "what was never measured is not 0"


async def test_metrics_show_the_counters(page: StatusServer, health: Health) -> None:
    health.count("commands", "handled", by=2)
    health.count("commands", "refused")
    health.count("send_retries")
    health.set_gauge("rooms_joined", 12)
    health.set_gauge("last_sync_timestamp", 1_781_265_600.5)
    health.calendar_checked_at["skovby", "klub.dk/1a2b3c"] = 1_781_265_600.5
    health.mark_served("skovby")
    health.mark_not_served('a"b\nc', "odd names are escaped")
    samples = await scrape(page)
    assert samples["bylaug_commands_total", "handled"] == 2
    assert samples["bylaug_commands_total", "refused"] == 1
    assert samples["bylaug_send_retries_total", ""] == 1
    assert samples["bylaug_rooms_joined", ""] == 12
    assert samples["bylaug_last_sync_timestamp_seconds", ""] == 1_781_265_600.5
    assert samples["bylaug_community_served", "skovby"] == 1
    assert samples["bylaug_calendar_timestamp_seconds", "klub.dk/1a2b3cskovby"] == 1_781_265_600.5
    assert samples["bylaug_community_served", 'a"b\nc'] == 0


async def test_metrics_show_the_version_and_the_process(page: StatusServer) -> None:
    samples = await scrape(page)
    assert samples["bylaug_build_info", f"{platform.python_version()}{version('bylaug')}"] == 1
    assert 0 < samples["process_cpu_seconds_total", ""] < 10_000
    assert 10_000_000 < samples["process_resident_memory_bytes", ""] < samples["process_virtual_memory_bytes", ""]
    assert 3 <= samples["process_open_fds", ""] <= samples["process_max_fds", ""]
    started = float(Path(f"/proc/{os.getpid()}").stat().st_mtime)
    assert samples["process_start_time_seconds", ""] == pytest.approx(started, abs=60)


async def test_clients_with_a_public_address_are_refused() -> None:
    """The addresses are those of the documentation (RFC 5737) and of a private network."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=200)

    for client, status in (("198.51.100.7", 403), ("2001:db8::1", 403), ("192.168.7.9", 200), ("::ffff:10.1.2.3", 200)):
        request = make_mocked_request("GET", "/live").clone(remote=client)
        assert (await refuse_public_clients(request, answer)).status == status, client


async def test_answer_times_are_a_histogram(page: StatusServer, health: Health) -> None:
    for seconds in (0.05, 0.06, 3.0, 1000.0, -0.1):
        health.record_answer_time(seconds)
    samples = await scrape(page)
    assert [samples["bylaug_answer_seconds_bucket", str(bound)] for bound in ANSWER_TIME_BOUNDS] == [
        *(2, 3, 3, 3, 3, 3, 4, 4, 4)
    ]
    assert samples["bylaug_answer_seconds_bucket", "+Inf"] == 5
    assert samples["bylaug_answer_seconds_count", ""] == 5
    assert samples["bylaug_answer_seconds_sum", ""] == pytest.approx(1003.01)


async def test_gauges_are_updated_at_each_scrape(health: Health) -> None:
    async def update_gauges() -> None:
        health.set_gauge("outbox_waiting", 7)

    async with StatusServer(health, ANYWHERE, update_gauges=update_gauges) as page:
        assert (await scrape(page))["bylaug_outbox_waiting", ""] == 7


async def test_metrics_work_without_a_database(health: Health, caplog: pytest.LogCaptureFixture) -> None:
    async def update_gauges() -> None:
        raise OSError("the database is away")

    async with StatusServer(health, ANYWHERE, update_gauges=update_gauges) as page:
        assert (await scrape(page))["bylaug_faults_total", ""] == 0
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_two_servers_do_not_share_metrics() -> None:
    one, other = Health(), Health()
    async with StatusServer(one, ANYWHERE) as first, StatusServer(other, ANYWHERE) as second:
        one.count("faults")
        assert (await scrape(first))["bylaug_faults_total", ""] == 1
        assert (await scrape(second))["bylaug_faults_total", ""] == 0


async def test_port_in_use_is_explained(page: StatusServer, health: Health) -> None:
    taken = StatusServer(health, ("127.0.0.1", page.port))
    with pytest.raises(Fatal, match=f"port {page.port}: another program has it") as raised:
        await taken.__aenter__()
    assert raised.value.exit_code == 78


async def test_other_paths_are_not_served(page: StatusServer) -> None:
    assert (await get(page, "/"))[0] == 404


def test_every_counter_and_gauge_has_a_help_text() -> None:
    assert (set(COUNTERS), set(GAUGES)) == (set(get_args(Count)), set(get_args(Gauge)))
