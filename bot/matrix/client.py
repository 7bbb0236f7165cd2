"""Speaks to the homeserver: nio's client underneath, its errors as exceptions, and no retries below us."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import ClientError
from nio import AsyncClient, AsyncClientConfig

from bot.errors import EX_NOPERM, Fatal
from bot.flow.retry import Later, Never

_PREFIX = "/_matrix/client/v3"

#: nio must try everything once: it repeats requests that are not idempotent, and knows no end.
_ONCE = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, encryption_enabled=False, store_sync_tokens=False)

#: Seconds a request may take, besides the time a sync waits for news.
TIMEOUT = 30.0


class LoggedOut(Fatal):
    """The account's session is over. A password logs in anew at the next start; a token has to be replaced first."""

    def __init__(self) -> None:
        super().__init__(
            "The homeserver no longer accepts our login: it was logged out or its token revoked. "
            "Give the account a new password or access token if it needs one, and start again.",
            EX_NOPERM,
        )


class MatrixError(Never):
    """The homeserver said no. `code` is its errcode (client-server API, "Standard error response").

    `answer` is all it said, such as what it wants to know first ("User-interactive authentication").
    """

    def __init__(self, status: int, code: str, message: str, answer: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}" if message else f"{code} (HTTP {status})")
        self.status = status
        self.code = code
        self.answer = answer or {}


class Client:
    """One account on one homeserver."""

    def __init__(self, homeserver: str, account: str, device_id: str = "", access_token: str = "") -> None:
        self.nio = AsyncClient(homeserver, account, device_id=device_id, config=_ONCE)
        self.nio.user_id = account
        self.nio.access_token = access_token
        self.account = account

    async def call(
        self,
        method: str,
        *path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109  # it becomes aiohttp's own, which also closes the connection
    ) -> dict[str, Any]:
        """One request; the path's parts are quoted.

        Raises `Later` when it may go through another time, `MatrixError` when it will not, and `LoggedOut` when
        the account has been.
        """
        url = "/".join((_PREFIX, *(quote(part, safe="") for part in path)))
        if query:
            url += "?" + urlencode(query)
        data = json.dumps(body, separators=(",", ":"), ensure_ascii=False) if body is not None else None
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.nio.access_token}"}
        try:
            response = await self.nio.send(method, url, data, headers, timeout=timeout)
            try:
                content = await response.read()
            finally:
                response.release()
        except (TimeoutError, ClientError, OSError) as error:
            raise Later(f"homeserver not reached ({type(error).__name__}: {error})") from error
        return _judged(response.status, content, response.headers.get("Retry-After"))

    async def close(self) -> None:
        """Close the connections."""
        await self.nio.close()


def _judged(status: int, content: bytes, retry_after: str | None) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if status == 200 and isinstance(answer, dict):
        return answer
    said = answer if isinstance(answer, dict) else {}
    code, message = str(said.get("errcode", "M_UNKNOWN")), str(said.get("error", ""))
    if code == "M_UNKNOWN_TOKEN":
        raise LoggedOut
    if status == 429 or status >= 500 or status < 400 or not said:
        # an answer that is not Matrix comes from a proxy in front of it, whatever its status
        raise Later(f"homeserver answered {status} {code}", _pause(said, retry_after))
    raise MatrixError(status, code, message, said)


def _pause(said: dict[str, Any], header: str | None) -> float | None:
    """Seconds we are asked to wait: `Retry-After` (RFC 9110, section 10.2.3), else the older `retry_after_ms`."""
    if header is not None and header.strip().isdecimal():
        return float(header)
    milliseconds = said.get("retry_after_ms")
    return milliseconds / 1000 if isinstance(milliseconds, int | float) and milliseconds >= 0 else None
