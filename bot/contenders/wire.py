"""The wire to one contender: a call sent, watched, and read as it streams in."""

import re
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from pydantic import SecretStr

from bot.clock import Clock
from bot.contenders import endpoint, faults
from bot.contenders.complaint import Complaint, complaint_in
from bot.contenders.faults import Fault
from bot.contenders.reading import Delta, Failure, Reading
from bot.contenders.roster import Contender
from bot.contenders.sse import EventTooLarge
from bot.contenders.thoughts import Thoughts
from bot.contenders.watch import Watch

MAX_STREAM = 1 << 26
"""Bytes of a whole stream; the longest thinking takes a fraction of it."""
MAX_ERROR_BODY = 1 << 16
"""Bytes of an error's body that are read."""
CONNECT_S = 20.0
BODY = "body"
_BROKEN = (httpx.HTTPError, aiohttp.ClientError, OSError)

OnDelta = Callable[[Delta], None]


@dataclass(frozen=True)
class Attempt:
    """One call, as it ended. `ended` is by the monotonic clock."""

    read: Reading
    failure: Failure | None
    asked_at: datetime
    ended: float

    @property
    def began(self) -> bool:
        """Whether a token came."""
        return self.read.first_token is not None


class _Transport(AiohttpTransport):
    """Keeps the body at hand as it is: httpx wraps a generator around it, which each chunk pays for."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        response.extensions[BODY] = response.stream
        return response


class Wire:
    """One long-lived HTTP client; closed at the end (`aclose`)."""

    def __init__(self, contender: Contender, key: SecretStr | None, clock: Clock) -> None:
        self._clock = clock
        self._limits = contender.limits
        self._thinks_first = contender.thinks_first
        self._dialect = endpoint.DIALECTS[contender.dialect]
        self._url = endpoint.url(contender)
        # More than the semaphore lets through: waiting in the pool would be measured as the provider's time.
        pool = httpx.Limits(max_connections=contender.limits.concurrency + 8, keepalive_expiry=60)
        self._http = httpx.AsyncClient(
            transport=_Transport(verify=_trusted(), limits=pool, proxy=_proxy(self._url)),
            trust_env=False,  # for a proxy httpx would bring its own pool, which loses slots
            headers=endpoint.headers(contender, key),
            timeout=httpx.Timeout(None, connect=min(CONNECT_S, contender.limits.first_token_s)),
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def call(self, body: Mapping[str, Any], deadline: float, on_delta: OnDelta) -> Attempt:
        """Send one request and read what comes. Only cancellation escapes."""
        asked_at = self._clock.now()
        thoughts = Thoughts(opened=self._thinks_first)
        read = Reading(self._clock.monotonic(), thoughts=thoughts)
        failure: Failure | None = None
        try:
            async with Watch(self._clock, self._limits, read, deadline) as watch:
                await self._stream(body, read, watch, on_delta)
        except Failure as caught:
            failure = caught
        if delta := read.close():
            on_delta(delta)
        if failure is None or read.over:
            verdict = read.verdict()
            failure = None if verdict is None else Failure(verdict)
        return Attempt(read, failure, asked_at, self._clock.monotonic())

    async def _stream(self, body: Mapping[str, Any], read: Reading, watch: Watch, on_delta: OnDelta) -> None:
        try:
            request = self._http.build_request("POST", self._url, json=body)
            response = await self._http.send(request, stream=True)
            try:
                await self._check(response)
                async with aclosing(_raw(response)) as chunks:
                    await self._read(chunks, read, watch, on_delta)
            finally:
                await response.aclose()
        except EventTooLarge:
            raise Failure(faults.ENDLESS) from None
        except _BROKEN as error:
            raise Failure(_what_broke(error, read)) from None

    async def _read(
        self, chunks: AsyncGenerator[bytes, None], read: Reading, watch: Watch, on_delta: OnDelta
    ) -> None:
        parser = self._dialect.parser()
        monotonic = self._clock.monotonic
        size = 0
        async for chunk in chunks:
            at = monotonic()
            watch.hear(at)
            size += len(chunk)
            if size > MAX_STREAM:
                raise Failure(faults.ENDLESS)
            if read.done:
                continue  # only so that the connection can be used again
            for event in parser.feed(chunk):
                if delta := read.take(event, at):
                    on_delta(delta)
            if read.over and not watch.hurried:
                watch.hurry()
        for event in parser.close():
            with suppress(Failure):  # an event cut in two is a truncated stream, which the verdict says
                if delta := read.take(event, monotonic()):
                    on_delta(delta)

    async def _check(self, response: httpx.Response) -> None:
        """Raise `Failure` unless this is the beginning of a stream."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        status = response.status_code
        if status == 200 and kind == self._dialect.media_type:
            return
        said = complaint_in(await _beginning(response))
        if status >= 400:
            fault = faults.classify(said, status)
            raise Failure(fault, said, retry_after=_retry_after(response, self._clock.now()))
        fault = faults.NO_STREAM if said == Complaint() else faults.classify(said)
        raise Failure(Fault(fault.outcome, fault.says), said)


async def _beginning(response: httpx.Response) -> bytes:
    """The body, as far as it comes and is worth reading: the status says enough without it."""
    body = bytearray()
    with suppress(*_BROKEN):
        async with aclosing(_raw(response)) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > MAX_ERROR_BODY:
                    break
    return bytes(body)


def _retry_after(response: httpx.Response, now: datetime) -> float | None:
    """Seconds of a Retry-After header, which may be a number or a date."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return float(value)
    try:
        return max((parsedate_to_datetime(value) - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _what_broke(error: Exception, read: Reading) -> Fault:
    """httpx-aiohttp calls every trouble of a connection a time-out; what it was is the cause."""
    if isinstance(error.__cause__, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return faults.UNREACHABLE
    if isinstance(error, aiohttp.ClientResponseError):  # what answered does not speak HTTP
        return faults.NO_STREAM
    return faults.DROPPED if read.first_token is None else faults.CUT_LINE


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that we trust, read once: they are the same for every client."""
    return httpx.create_ssl_context()


def _proxy(url: str) -> httpx.Proxy | None:
    """The proxy that the environment names for this address."""
    address = urlsplit(url)
    proxies = getproxies()
    found = proxies.get(address.scheme) or proxies.get("all")
    return None if not found or proxy_bypass(address.hostname or "") else httpx.Proxy(found)


def _raw(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body's bytes as they come; a generator, so that leaving it early closes it there and then."""
    return cast(AsyncGenerator[bytes, None], aiter(response.extensions[BODY]))
