"""A homeserver that is bad on request: a proxy before the real one, and a street whose bot knows only the proxy."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from neighbours import Street

from bot.demo.homeserver import Homeserver
from bot.testing.proxy import FaultProxy


@pytest.fixture
async def proxy(homeserver: Homeserver) -> AsyncIterator[FaultProxy]:
    """Lets everything through until it is given a rule."""
    async with FaultProxy(homeserver.url) as made:
        yield made


@pytest.fixture
async def far_street(
    homeserver: Homeserver, proxy: FaultProxy, tmp_path: Path, localpart: Callable[[str], str]
) -> AsyncIterator[Street]:
    """A street whose bot finds the homeserver through the proxy; its neighbours find it without."""
    made = Street(homeserver, tmp_path, localpart)
    made.url = proxy.url
    yield made
    await made.close()
