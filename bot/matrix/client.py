"""Makes requests to the homeserver. Errors become exceptions; no request is tried again."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.concurrency.retry import PermanentFailure, RateLimited, TemporaryFailure
from bot.errors import EX_NOPERM, Fatal

_CLIENT_PREFIX = "/_matrix/client/v3"
_MEDIA_PREFIX = "/_matrix/media/v3"
_SYNC_URL = f"{_CLIENT_PREFIX}/sync"
_JSON_TYPE = "application/json"

#: Seconds for a request, without the time for which a sync is kept open.
REQUEST_TIMEOUT_SECONDS = 30.0

#: The errcode of a rate limit (client-server API, "Rate limiting").
_LIMIT_EXCEEDED = "M_LIMIT_EXCEEDED"

_LOGGED_OUT = (
    "The homeserver no longer accepts our login: it was logged out or its token revoked. "
    "Give the account a new password or access token if it needs one, and start again."
)
_SOFTLY_LOGGED_OUT = (
    "The homeserver wants us to log in again, which an access token alone cannot do. Give the bot the account's "
    "password as well (password_file in config.yaml, or BYLAUG_PASSWORD), or a new access token, and start again."
)


class LoggedOut(Fatal):
    """The access token is no longer valid.

    With a password the next start logs in again; an access token in the configuration has to be replaced by the
    administrator. After a soft logout the device still exists, and the bot may log in as that device at once with the
    password (client-server API, "Soft logout").
    """

    def __init__(self, *, is_soft: bool = False) -> None:
        super().__init__(_SOFTLY_LOGGED_OUT if is_soft else _LOGGED_OUT, EX_NOPERM)
        self.is_soft = is_soft


class MatrixError(PermanentFailure):
    """The homeserver refused a request.

    `code` is its errcode (client-server API, "Standard error response"). `body` is the whole answer, which may name the
    login stages that the homeserver requires ("User-interactive authentication").
    """

    def __init__(self, status: int, code: str, message: str, body: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}" if message else f"{code} (HTTP {status})")
        self.status = status
        self.code = code
        self.body = body or {}


class AccountRateLimited(RateLimited):
    """The homeserver itself, and not a proxy in front of it, limits the account (M_LIMIT_EXCEEDED)."""


class RequestObserver(Protocol):
    """Is told of every request. `kind` is "sync", or "request" for every other one. HomeserverWatch implements it."""

    def begin_request(self, kind: str) -> None:
        """Note that an answer is expected."""

    def record_answer(self, kind: str) -> None:
        """Note that the homeserver has answered, with success or a refusal."""

    def record_failure(self, kind: str, reason: str) -> None:
        """Note that no answer came, or only one of a proxy in front of the homeserver."""

    def record_rate_limit(self) -> None:
        """Note that the homeserver has refused a request because the account makes too many."""


class Client:
    """One account on one homeserver. `renew_login`, if it is set, gets a new access token after a soft logout.

    `observer`, if there is one, is told of every request.
    """

    #: Seconds for a request, without the time for which a sync is kept open.
    timeout_seconds = REQUEST_TIMEOUT_SECONDS

    def __init__(
        self,
        homeserver: str,
        account: str,
        device_id: str = "",
        access_token: str = "",
        observer: RequestObserver | None = None,
    ) -> None:
        self.homeserver, self.account = homeserver, account
        self.device_id, self.access_token = device_id, access_token
        self._session: ClientSession | None = None
        self._observer = observer
        self.renew_login: Callable[[], Awaitable[None]] | None = None
        self._renew_lock = asyncio.Lock()

    async def call(
        self,
        method: str,
        *path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # it becomes aiohttp's own, which also closes the connection
    ) -> dict[str, Any]:
        """Make one request and return the answer; the parts of the path are quoted.

        After a soft logout the request is made again as soon as the bot is logged in. Raises `TemporaryFailure` when
        the request may succeed later, `MatrixError` when it will not, and `LoggedOut`.
        """
        return await self._call(method, _url(path, query), _encode_json(body), _JSON_TYPE, timeout)

    async def upload(self, data: bytes, mimetype: str, name: str = "") -> str:
        """Upload a file to the media repository and return its `mxc://` URI (client-server API, "Content repository").

        Raises like `call`. A file that is uploaded twice only becomes two files.
        """
        url = _url(("upload",), {"filename": name} if name else None, _MEDIA_PREFIX)
        answer = await self._call("POST", url, data, mimetype, None)
        return str(answer["content_uri"])

    async def call_without_token(self, method: str, *path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make one request without an access token; raises like `call`."""
        return await self._request(method, _url(path, None), _encode_json(body), _JSON_TYPE, "", None)

    async def close(self) -> None:
        """Close the connections to the homeserver."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    @property
    def session(self) -> ClientSession:
        """The connections to the homeserver, which are opened when they are needed."""
        if self._session is None:
            self._session = ClientSession()
        return self._session

    async def _call(
        self, method: str, url: str, data: bytes | None, mimetype: str, seconds: float | None
    ) -> dict[str, Any]:
        token = self.access_token
        try:
            return await self._request(method, url, data, mimetype, token, seconds)
        except LoggedOut as error:
            if not error.is_soft or self.renew_login is None:
                raise
        await self._renew_once(token)
        try:
            return await self._request(method, url, data, mimetype, self.access_token, seconds)
        except LoggedOut as error:
            if not error.is_soft:
                raise
            raise TemporaryFailure("homeserver let us log in, and then did not accept it") from error

    async def _renew_once(self, refused_token: str) -> None:
        """Log in again, once for all requests that were refused with the same token."""
        assert self.renew_login is not None
        async with self._renew_lock:
            if self.access_token == refused_token:
                await self.renew_login()

    async def _request(
        self, method: str, url: str, data: bytes | None, mimetype: str, token: str, seconds: float | None
    ) -> dict[str, Any]:
        headers = {"Content-Type": mimetype, **({"Authorization": f"Bearer {token}"} if token else {})}
        seconds = self.timeout_seconds if seconds is None else seconds
        if self._observer is None:
            return await self._exchange(method, url, data, headers, seconds)
        kind = "sync" if url.startswith(_SYNC_URL) else "request"
        self._observer.begin_request(kind)
        try:
            answer = await self._exchange(method, url, data, headers, seconds)
        except AccountRateLimited:
            self._observer.record_answer(kind)
            self._observer.record_rate_limit()
            raise
        except (MatrixError, LoggedOut):
            self._observer.record_answer(kind)
            raise
        except TemporaryFailure as failure:
            self._observer.record_failure(kind, str(failure))
            raise
        self._observer.record_answer(kind)
        return answer

    async def _exchange(
        self, method: str, url: str, data: bytes | None, headers: dict[str, str], seconds: float
    ) -> dict[str, Any]:
        try:
            timeout = ClientTimeout(total=seconds)
            url = self.homeserver + url
            async with self.session.request(method, url, data=data, headers=headers, timeout=timeout) as response:
                content = await response.read()
        except (TimeoutError, ClientError, OSError) as error:
            raise TemporaryFailure(f"homeserver not reached ({type(error).__name__}: {error})") from error
        return _check_answer(response.status, content, response.headers)


def _encode_json(body: dict[str, Any] | None) -> bytes | None:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode() if body is not None else None


def _url(path: tuple[str, ...], query: dict[str, str] | None, prefix: str = _CLIENT_PREFIX) -> str:
    url = "/".join((prefix, *(quote(part, safe="") for part in path)))
    return url + "?" + urlencode(query) if query else url


def _check_answer(status: int, content: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON object of a successful answer; raise like `Client.call` for any other answer."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if status == 200 and isinstance(answer, dict):
        return answer
    body = answer if isinstance(answer, dict) else {}
    code, message = str(body.get("errcode", "M_UNKNOWN")), str(body.get("error", ""))
    if code == "M_UNKNOWN_TOKEN":
        raise LoggedOut(is_soft=body.get("soft_logout") is True)
    if status == 429:
        kind = AccountRateLimited if code == _LIMIT_EXCEEDED else RateLimited
        raise kind(f"homeserver answered 429 {code}", _read_pause(body, headers))
    if status >= 500 or status < 400 or not body:
        # an answer without a Matrix error comes from a proxy in front of the homeserver, whatever its status
        raise TemporaryFailure(f"homeserver answered {status} {code}", _read_pause(body, headers))
    raise MatrixError(status, code, message, body)


def _read_pause(body: dict[str, Any], headers: Mapping[str, str]) -> float | None:
    """Return how many seconds to wait, None when the answer does not say.

    It says so in `Retry-After`, or in the older `retry_after_ms`.
    """
    seconds = _read_retry_after(headers)
    if seconds is not None:
        return seconds
    milliseconds = body.get("retry_after_ms")
    return milliseconds / 1000 if isinstance(milliseconds, int | float) and milliseconds >= 0 else None


def _read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return `Retry-After` in seconds.

    It is a number of seconds, or a time by the server's clock (RFC 9110, sections 10.2.3 and 6.6.1).
    """
    header = headers.get("Retry-After", "").strip()
    if header.isdecimal():
        return float(header)
    try:
        pause = parsedate_to_datetime(header) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return pause.total_seconds() if pause.total_seconds() >= 0 else None
