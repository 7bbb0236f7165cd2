"""Speaks to the homeserver: nio's client underneath, its errors as exceptions, and no retries below us."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import ClientError
from nio import AsyncClient, AsyncClientConfig

from bot.concurrency.retry import PermanentFailure, TemporaryFailure
from bot.errors import EX_NOPERM, Fatal

_PREFIX = "/_matrix/client/v3"
_MEDIA = "/_matrix/media/v3"
JSON_TYPE = "application/json"

#: nio must try everything once: it repeats requests that are not idempotent, and knows no end.
_ONCE = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, encryption_enabled=False, store_sync_tokens=False)

#: Seconds a request may take, besides the time a sync waits for news.
TIMEOUT_SECONDS = 30.0


_LOGGED_OUT = (
    "The homeserver no longer accepts our login: it was logged out or its token revoked. "
    "Give the account a new password or access token if it needs one, and start again."
)
_SOFTLY = (
    "The homeserver wants us to log in again, which an access token alone cannot do. Give the bot the account's "
    "password as well (password_file in config.yaml, or BYLAUG_PASSWORD), or a new access token, and start again."
)


class LoggedOut(Fatal):
    """The account's session is over. A password logs in anew at the next start; a token has to be replaced first.

    When it is so only `softly`, the device lives on, and whoever has the password may log in as it at once
    (client-server API, "Soft logout").
    """

    def __init__(self, *, softly: bool = False) -> None:
        super().__init__(_SOFTLY if softly else _LOGGED_OUT, EX_NOPERM)
        self.softly = softly


class MatrixError(PermanentFailure):
    """The homeserver said no. `code` is its errcode (client-server API, "Standard error response").

    `answer` is all it said, such as what it wants to know first ("User-interactive authentication").
    """

    def __init__(self, status: int, code: str, message: str, answer: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}" if message else f"{code} (HTTP {status})")
        self.status = status
        self.code = code
        self.answer = answer or {}


class Client:
    """One account on one homeserver. `renew`, where there is one, gives it a new access token after a soft log-out."""

    #: Seconds a request may take, besides the time a sync waits for news.
    timeout = TIMEOUT_SECONDS

    def __init__(self, homeserver: str, account: str, device_id: str = "", access_token: str = "") -> None:
        self.nio = AsyncClient(homeserver, account, device_id=device_id, config=_ONCE)
        self.nio.user_id = account
        self.nio.access_token = access_token
        self.account = account
        self.log_in_again: Callable[[], Awaitable[None]] | None = None
        self._renewing = asyncio.Lock()

    async def call(
        self,
        method: str,
        *path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # it becomes aiohttp's own, which also closes the connection
    ) -> dict[str, Any]:
        """One request; the path's parts are quoted. After a soft log-out it is made again, as soon as we are back.

        Raises `Later` when it may go through another time, `MatrixError` when it will not, and `LoggedOut` when
        the account has been.
        """
        return await self._call(method, _url(path, query), _json(body), JSON_TYPE, timeout)

    async def upload(self, data: bytes, mimetype: str, name: str = "") -> str:
        """Put a file into the media repository; its `mxc://` address (client-server API, "Content repository").

        Raises like `call`. Made again it is one more file, which hurts nobody.
        """
        url = _url(("upload",), {"filename": name} if name else None, _MEDIA)
        answer = await self._call("POST", url, data, mimetype, None)
        return str(answer["content_uri"])

    async def _call(
        self, method: str, url: str, data: str | bytes | None, mimetype: str, seconds: float | None
    ) -> dict[str, Any]:
        token = self.nio.access_token
        try:
            return await self._request(method, url, data, mimetype, token, seconds)
        except LoggedOut as out:
            if not out.softly or self.log_in_again is None:
                raise
        await self._renew(token)
        try:
            return await self._request(method, url, data, mimetype, self.nio.access_token, seconds)
        except LoggedOut as out:
            if not out.softly:
                raise
            raise TemporaryFailure("homeserver let us log in, and then did not accept it") from out

    async def call_without_token(self, method: str, *path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One request without an access token; raises like `call`."""
        return await self._request(method, _url(path, None), _json(body), JSON_TYPE, "", None)

    async def _renew(self, token: str) -> None:
        """Log in again; of many requests that were refused with the same token, the first one does."""
        assert self.log_in_again is not None
        async with self._renewing:
            if self.nio.access_token == token:
                await self.log_in_again()

    async def _request(
        self, method: str, url: str, data: str | bytes | None, mimetype: str, token: str, seconds: float | None
    ) -> dict[str, Any]:
        headers = {"Content-Type": mimetype, **({"Authorization": f"Bearer {token}"} if token else {})}
        seconds = self.timeout if seconds is None else seconds
        try:
            response = await self.nio.send(method, url, data, headers, timeout=seconds)
            try:
                content = await response.read()
            finally:
                response.release()
        except (TimeoutError, ClientError, OSError) as error:
            raise TemporaryFailure(f"homeserver not reached ({type(error).__name__}: {error})") from error
        return _judged(response.status, content, response.headers)

    async def close(self) -> None:
        """Close the connections."""
        await self.nio.close()


def _json(body: dict[str, Any] | None) -> str | None:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False) if body is not None else None


def _url(path: tuple[str, ...], query: dict[str, str] | None, prefix: str = _PREFIX) -> str:
    url = "/".join((prefix, *(quote(part, safe="") for part in path)))
    return url + "?" + urlencode(query) if query else url


def _judged(status: int, content: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if status == 200 and isinstance(answer, dict):
        return answer
    said = answer if isinstance(answer, dict) else {}
    code, message = str(said.get("errcode", "M_UNKNOWN")), str(said.get("error", ""))
    if code == "M_UNKNOWN_TOKEN":
        raise LoggedOut(softly=said.get("soft_logout") is True)
    if status == 429 or status >= 500 or status < 400 or not said:
        # an answer that is not Matrix comes from a proxy in front of it, whatever its status
        raise TemporaryFailure(f"homeserver answered {status} {code}", _pause(said, headers))
    raise MatrixError(status, code, message, said)


def _pause(said: dict[str, Any], headers: Mapping[str, str]) -> float | None:
    """Seconds we are asked to wait: `Retry-After`, else the older `retry_after_ms`."""
    asked = _retry_after(headers)
    if asked is not None:
        return asked
    milliseconds = said.get("retry_after_ms")
    return milliseconds / 1000 if isinstance(milliseconds, int | float) and milliseconds >= 0 else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """A number of seconds, or a moment by the clock of whoever says so (RFC 9110, sections 10.2.3 and 6.6.1)."""
    header = headers.get("Retry-After", "").strip()
    if header.isdecimal():
        return float(header)
    try:
        pause = parsedate_to_datetime(header) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return pause.total_seconds() if pause.total_seconds() >= 0 else None
