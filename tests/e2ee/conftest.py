"""People with matrix-js-sdk; every test here skips where Node or npm's registry is not to be had."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from element import Arrive, Element, install


@pytest.fixture(scope="session")
def sdk() -> Path:
    """The folder that the client runs in."""
    return install()


@pytest.fixture
async def arrive(sdk: Path, tmp_path: Path) -> AsyncIterator[Arrive]:
    """Starts clients that nobody is logged in with: arrive("anna"); what they log is in anna.log."""
    async with AsyncExitStack() as stack:

        async def arrived(name: str) -> Element:
            return await stack.enter_async_context(Element(sdk, tmp_path / f"{name}.log"))

        yield arrived
