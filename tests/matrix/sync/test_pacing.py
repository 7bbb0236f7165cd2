"""Syncs follow each other at once while they bring something, and seldom while they bring nothing."""

import asyncio

import pytest

from bot.matrix.sync import pacing
from bot.matrix.sync.pacing import SyncPacing


async def _answer(place: str) -> None: ...


async def test_syncs_that_bring_nothing_become_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """A homeserver that answers at once, with the same position, is asked a few times in a second and not 400 times."""
    monkeypatch.setattr(pacing, "MAX_IDLE_PAUSE_SECONDS", 0.5)
    paced, now = SyncPacing(_answer), asyncio.get_running_loop().time
    began_at, syncs = now(), 0
    while now() - began_at < 1:
        syncs += 1
        await paced.wait_after_idle_sync(0.002, is_idle=True)
    assert syncs < 8
    before = now()
    await paced.wait_after_idle_sync(0.002, is_idle=False)
    await paced.wait_after_idle_sync(30, is_idle=True)
    assert now() - before < 0.04
