"""Makes the writes that are no messages: joins, invitations, new rooms and their state.

They wait for their turns when the homeserver limits the account, so that it is not asked in vain. Homeservers count
joins and invitations apart from everything else; so a refused join keeps no answer waiting.
"""

import asyncio
from itertools import count
from typing import Any

from bot.concurrency.keyed_worker import Stopping
from bot.concurrency.retry import TemporaryFailure
from bot.matrix.client import Client
from bot.pipeline.outbound.account_limit import AccountLimit, Importance

#: Seconds after which a write that waits for its turn is given up for this time.
MAX_WAIT_SECONDS = 600.0


class RoomWriter:
    """The writes of one account. `messages` is the limit that messages share with the other writes."""

    def __init__(self, client: Client, messages: AccountLimit) -> None:
        self._client, self._messages = client, messages
        self._joins, self._invitations = AccountLimit(), AccountLimit()
        self._numbers = count()

    @property
    def account(self) -> str:
        """The user id of the account."""
        return self._client.account

    async def call(
        self,
        method: str,
        *path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        until: asyncio.Event | None = None,
    ) -> dict[str, Any]:
        """Make a request when it is its turn, and return the answer. Raises like `Client.call`.

        Once `until` is set, `TemporaryFailure` is raised in place of waiting.
        """
        limit, place = self._limit_of(path), "/".join(path[:2])
        out_of_time = until or asyncio.Event()
        timer = asyncio.get_running_loop().call_later(MAX_WAIT_SECONDS, out_of_time.set) if until is None else None
        try:
            return await limit.send(
                place,
                Importance.ROOM,
                next(self._numbers),
                lambda: self._client.call(method, *path, body=body, query=query),
                out_of_time,
            )
        except Stopping:
            raise TemporaryFailure("the homeserver limits the account, and other requests go before") from None
        finally:
            if timer is not None:
                timer.cancel()

    def _limit_of(self, path: tuple[str, ...]) -> AccountLimit:
        if path[0] == "join":
            return self._joins
        return self._invitations if path[-1] == "invite" else self._messages
