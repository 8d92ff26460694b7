"""The one client for OpenAI-compatible chat: streams an answer, times it, prices it, and never raises."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from email.utils import parsedate_to_datetime
from random import Random
from types import TracebackType
from typing import Any, Self, cast

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from pydantic import SecretStr

from bot.clock import Clock
from bot.contenders import faults, reading
from bot.contenders.reading import Delta, Failure, Reading
from bot.contenders.roster import Contender
from bot.contenders.sse import EventTooLarge, Parser
from bot.duel import Answer, ContenderId, Outcome
from bot.prices import bill

MAX_RETRIES = 2
MAX_ERROR_BODY = 65_536  # bytes
OnDelta = Callable[[Delta], None]


def _ignore(_: Delta) -> None:
    pass


class Client:
    """Asks one contender. Long-lived: one for each contender, closed at the end (`async with`).

    The queue is our own semaphore, never the connection pool: waiting in the pool would be measured as the
    provider's time, and a bare httpx pool loses slots when calls are cancelled.
    """

    def __init__(
        self, id_: ContenderId, contender: Contender, key: SecretStr | None, *, clock: Clock, rng: Random
    ) -> None:
        self.id = id_
        self.contender = contender
        self._key = key
        self._clock = clock
        self._rng = rng
        limits = contender.limits
        self._slots = asyncio.Semaphore(limits.concurrency)
        pool = httpx.Limits(max_connections=limits.concurrency + 8, keepalive_expiry=60)
        headers = {"accept": "text/event-stream", "accept-encoding": "identity"}
        if key is not None:
            headers["authorization"] = f"Bearer {key.get_secret_value()}"
        self._http = httpx.AsyncClient(
            transport=AiohttpTransport(limits=pool),
            headers=headers,
            timeout=httpx.Timeout(None, connect=min(20.0, limits.first_token_s)),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def answer(self, prompt: str, on_delta: OnDelta = _ignore) -> Answer:
        """Stream one answer; `on_delta` sees each piece as it comes.

        A failure is an `Answer` as well, with what text there was. Only cancellation escapes, and frees the
        slot. The answer's time starts when its slot is taken.
        """
        async with self._slots:
            return await self._persist(prompt, on_delta)

    async def _persist(self, prompt: str, on_delta: OnDelta) -> Answer:
        """Try, and try again before the first token, at most twice and within the time allowed."""
        deadline = self._clock.monotonic() + self.contender.limits.total_s
        body = self._body(prompt)
        tries = 0
        while True:
            tries += 1
            asked_at = self._clock.now()
            read = Reading(sent=self._clock.monotonic())
            failure: Failure | None = None
            try:
                await self._stream(body, read, deadline, on_delta)
            except Failure as caught:
                failure = caught
            ended = self._clock.monotonic()
            if failure is not None and read.first_token is None and tries <= MAX_RETRIES:
                pause = self._pause(failure, tries, body)
                if pause is not None and ended + pause < deadline:
                    await self._clock.sleep(pause)
                    continue
            fault = failure.fault if failure and read.finish_reason is None else read.verdict()
            return Answer(
                contender=self.id,
                text="".join(read.text),
                outcome=_outcome(fault, read.finish_reason),
                finish_reason=read.finish_reason,
                detail=self._detail(fault, failure),
                timing=read.timing(ended),
                usage=read.usage,
                bill=bill(self.contender.prices, read.usage, asked_at),
                attempts=tries,
                reported_model=read.reported_model,
                reasoning="".join(read.reasoning),
            )

    def _body(self, prompt: str) -> dict[str, Any]:
        return {
            "model": self.contender.model,
            "messages": [{"role": "user", "content": prompt}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": self.contender.limits.max_tokens,
            **self.contender.extra_body,
        }

    def _pause(self, failure: Failure, tries: int, body: dict[str, Any]) -> float | None:
        """Seconds to wait before the next try, `None` if there is to be none. Drops a refused parameter."""
        if failure.fault is faults.REQUEST:
            optional = ("stream_options", *self.contender.extra_body)
            said = faults.Complaint(message=failure.said)
            refused = faults.refused_parameter(said, [name for name in optional if name in body])
            if refused is None:
                return None
            del body[refused]
            return 0.0
        if not failure.fault.retry:
            return None
        if failure.retry_after is not None:
            return failure.retry_after
        return self._rng.uniform(0.5, 1.0) * float(2 ** (tries - 1))

    async def _stream(self, body: dict[str, Any], read: Reading, deadline: float, on_delta: OnDelta) -> None:
        """One call. Raises `Failure`; what had come by then is in `read`."""
        timer = _Timer(self._clock, self.contender, deadline, read.sent)
        try:
            async with asyncio.timeout(timer.left()) as timeout:
                request = self._http.build_request(
                    "POST", f"{self.contender.base_url}/chat/completions", json=body
                )
                response = await self._http.send(request, stream=True)
                try:
                    await self._check(response)
                    async with aclosing(_raw(response)) as chunks:
                        parser = Parser()
                        async for chunk in chunks:
                            at = self._clock.monotonic()
                            for event in parser.feed(chunk):
                                if delta := read.take(event, at):
                                    on_delta(delta)
                                if read.done:
                                    return
                            timer.heard(at, token=read.first_token is not None)
                            timeout.reschedule(asyncio.get_running_loop().time() + timer.left())
                        for event in parser.close():
                            if delta := read.take(event, self._clock.monotonic()):
                                on_delta(delta)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise Failure(timer.fault()) from None
        except EventTooLarge:
            raise Failure(faults.ENDLESS) from None
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            fault = faults.UNREACHABLE if isinstance(error, httpx.ConnectError) else faults.CUT_LINE
            raise Failure(fault) from None

    async def _check(self, response: httpx.Response) -> None:
        """Raise `Failure` unless this is the beginning of a stream."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status_code == 200 and kind == "text/event-stream":
            return
        body = b""
        async with aclosing(_raw(response)) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > MAX_ERROR_BODY:
                    break
        said = reading.said_in(body)
        if response.status_code < 400:
            fault = faults.classify(said) if said != faults.Complaint() else faults.NO_STREAM
            raise Failure(faults.Fault(fault.outcome, fault.says), said.message)
        fault = faults.classify(said, response.status_code)
        raise Failure(fault, said.message, retry_after=self._retry_after(response))

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds of a Retry-After header, which may be a number or a date."""
        value = response.headers.get("retry-after", "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
            return float(value)
        try:
            return max((parsedate_to_datetime(value) - self._clock.now()).total_seconds(), 0.0)
        except (ValueError, TypeError):
            return None

    def _detail(self, fault: faults.Fault | None, failure: Failure | None) -> str:
        """Our words, then the provider's own, at most 300 characters of them and never the key."""
        if fault is None:
            return ""
        said = failure.said if failure and failure.fault is fault else ""
        if self._key is not None:
            said = said.replace(self._key.get_secret_value(), "…")
        said = re.sub(r"\bsk-[\w*.-]{4,}", "sk-…", " ".join(said.split()))[:300]
        return f"{fault.says} ({self.contender.label} said: {said})" if said else fault.says


def _outcome(fault: faults.Fault | None, finish_reason: str | None) -> Outcome:
    if fault is not None:
        return fault.outcome
    return Outcome.CUT_OFF if finish_reason == "length" else Outcome.OK


def _raw(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body's bytes as they come; a generator, so that leaving it early closes it there and then."""
    return cast(AsyncGenerator[bytes, None], aiter(cast(httpx.AsyncByteStream, response.stream)))


class _Timer:
    """Which of the three clocks of a call runs out next: first token, silence, or the whole."""

    def __init__(self, clock: Clock, contender: Contender, deadline: float, sent: float) -> None:
        self._clock = clock
        self._limits = contender.limits
        whole = faults.TOO_LONG, self._limits.total_s
        first = faults.SILENT, self._limits.first_token_s
        self._ends = {whole: deadline, first: sent + self._limits.first_token_s}
        self._first = first

    def heard(self, at: float, *, token: bool) -> None:
        """Bytes came; keep-alive comments count against silence, but are no token."""
        self._ends[faults.STALLED, self._limits.idle_s] = at + self._limits.idle_s
        if token:
            self._ends.pop(self._first, None)

    def left(self) -> float:
        return max(min(self._ends.values()) - self._clock.monotonic(), 0.0)

    def fault(self) -> faults.Fault:
        fault, seconds = min(self._ends, key=lambda end: self._ends[end])
        return faults.Fault(fault.outcome, fault.says.format(seconds=seconds), fault.retry)
