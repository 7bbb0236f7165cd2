"""A homeserver that limits the account (429): joins, invitations and state wait for their turn. None is given up."""

import pytest
from live_setup import LiveSetup, MatrixUser, wait_until

from bot.matrix.rooms import provision
from bot.testing.faults import rate_limited
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("bot_behind_proxy")


async def write_communities(live: LiveSetup, club: MatrixUser, count: int) -> list[str]:
    """Write the files of some communities with rooms that the bot has not joined yet; return their rooms."""
    rooms = []
    for _ in range(count):
        live.start_another_community()
        rooms.append(await club.create_room(room_alias_name=live.community_key, preset="public_chat"))
        await live.write_files(club.user_id, room=live.alias)
    return rooms


async def test_refused_joins_are_tried_one_at_a_time_until_all_rooms_are_joined(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    club = await live.add_user("klub")
    rooms = await write_communities(live, club, 5)
    limited = Rule(rate_limited(milliseconds=400), method="POST", path="/join/", times=5)
    with proxy.with_rule(limited):
        async with live.run_app() as app:
            await wait_until(lambda: all(reason is None for reason in app.health.communities.values()))
            for room in rooms:
                await club.say(room, "!ping")
                await club.wait_for_text(room, "pong")
    assert limited.hits == 5
    assert len(proxy.find_requests("/join/", method="POST")) == 10
    refused = [request.started_at for request in proxy.find_requests("/join/") if request.client_status == 429]
    assert refused[-1] - refused[0] >= 0.4  # all at once at first, then one after each pause


async def test_long_limit_on_joins_keeps_no_served_room_waiting(
    live: LiveSetup, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provision, "RETRY_SECONDS", 1.0)
    club = await live.add_user("klub")
    (served,) = await write_communities(live, club, 1)
    async with live.run_app():
        await club.say(served, "!ping 1")
        await club.wait_for_text(served, "pong 1")
    known = live.community_key
    await write_communities(live, club, 4)
    since = proxy.elapsed_seconds
    with proxy.with_rule(Rule(rate_limited(milliseconds=60_000), method="POST", path="/join/")):
        async with live.run_app() as app:
            await club.say(served, "!ping 2")
            await club.wait_for_text(served, "pong 2")
            assert app.health.communities[known] is None
            assert sum(reason is not None for reason in app.health.communities.values()) == 4
    assert len(proxy.find_requests("/join/", since=since)) <= provision.MAX_CONCURRENT_ROOMS


async def test_state_and_invitations_that_are_refused_are_written_when_it_is_their_turn(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    await live.write_files(club.user_id)
    async with live.run_app():
        room = await club.join(live.alias)
    await live.write_files(club.user_id, firm.user_id)
    file = live.folder / "rooms" / f"{live.community_key}.yaml"
    file.write_text(file.read_text("utf-8").replace("Landsbyen", "Byen"), "utf-8")
    paths = (("PUT", "/state/m.room.name"), ("POST", "/invite"))
    rules = [Rule(rate_limited(milliseconds=200), method=method, path=path, times=2) for method, path in paths]
    for rule in rules:
        proxy.add_rule(rule)
    async with live.run_app():
        await club.wait_for_event(room, lambda e: e["type"] == "m.room.name" and e["content"] == {"name": "Byen"})
        await club.wait_for_event(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == firm.user_id)
    assert [rule.hits for rule in rules] == [2, 2]


async def test_room_that_cannot_be_read_now_is_brought_up_to_date_soon(
    live: LiveSetup, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provision, "RETRY_SECONDS", 0.5)
    club = await live.add_user("klub")
    await live.write_files(club.user_id)
    async with live.run_app():
        room = await club.join(live.alias)
    file = live.folder / "rooms" / f"{live.community_key}.yaml"
    file.write_text(file.read_text("utf-8").replace("Landsbyen", "Byen"), "utf-8")
    with proxy.with_rule(Rule(rate_limited(milliseconds=100), method="GET", path="/state/m.room.name", times=1)):
        async with live.run_app():
            await club.wait_for_event(room, lambda e: e["content"] == {"name": "Byen"})
