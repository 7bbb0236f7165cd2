"""A homeserver that refuses our position, or has gone back behind it: it is noticed, and nothing is lost."""

import pytest
from live_setup import LiveSetup
from ping_room import check_answered_once, check_card_and_agree, create_room, say_after

from bot.config.load import load_settings
from bot.matrix.sync.first_position import POSITION_FACT
from bot.matrix.sync.position_recovery import has_gone_back
from bot.store.database.transaction import Store
from bot.store.facts import set_fact
from bot.testing.faults import refused
from bot.testing.proxy import FaultProxy, Rule


@pytest.mark.usefixtures("bot_behind_proxy")
@pytest.mark.parametrize("is_sending_first", [False, True])
async def test_refused_position_is_begun_anew_without_losing_anything(
    live: LiveSetup, proxy: FaultProxy, is_sending_first: bool
) -> None:
    """Other server software writes positions in another form, and refuses the stored one.

    With `is_sending_first`, the bot sends waiting rows before its first sync. They are newer than what people wrote
    while the bot was off.
    """
    room, club, firm = await create_room(live)
    failing_reactions = Rule(refused(503), path="/send/m.reaction")
    if is_sending_first:
        proxy.add_rule(failing_reactions)
    async with live.run_app():
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        await firm.wait_for_text(room, "📋 Aftale 1")
    store = Store(load_settings(live.folder / "config.yaml", {}).database)
    async with store.write() as connection:
        await set_fact(connection, POSITION_FACT, "another-software:12")
    await store.close()
    await say_after(club, room, "efter0", "efter1")
    failing_syncs = Rule(refused(503), path="/sync")
    if is_sending_first:
        proxy.remove_rule(failing_reactions)
        proxy.add_rule(failing_syncs)
    async with live.run_app() as app:
        if is_sending_first:
            await firm.wait_for_event(room, lambda event: event["type"] == "m.reaction")
            proxy.remove_rule(failing_syncs)
        await check_answered_once(club, room, live.bot_id, "efter0", "efter1")
        assert "refuses the position" in app.health.warnings["homeserver restored"]
        await check_card_and_agree(room, club, firm, live.bot_id)


@pytest.mark.parametrize(
    ("before", "after", "is_older"),
    [
        ("s28_1_0_1", "s13_1_0_1", True),
        ("s13_1_0_1", "s13_1_0_2", False),
        ("s9_1", "s10_1", False),
        ("m56~2.58~3.59", "m40~2.41", True),
        ("1234", "999", True),
        ("opaque", "s1", False),
        ("", "s1", False),
    ],
)
def test_position_that_goes_backwards_is_noticed(before: str, after: str, is_older: bool) -> None:
    assert has_gone_back(before, after) is is_older
