"""A model's service on loopback that answers with the very bytes that a story tells it to."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import TracebackType
from typing import Any, Self

from tests.worlds.clock import ManualClock

Step = bytes | float | asyncio.Event
"""Bytes to send as one chunk, seconds that go by on the story's clock, or an event to wait for."""


@dataclass(frozen=True)
class Reply:
    """One HTTP answer, chunk by chunk."""

    steps: tuple[Step, ...] = ()
    status: int = 200
    content_type: str | None = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    """What happens before the first byte of it is sent; bytes here go out as they are, ahead of the head."""
    head: bool = True
    """Whether to send status and headers at all."""
    reset: bool = False
    """Tear the connection down at the end, instead of ending the body."""
    hang: bool = False
    """Keep the connection open at the end, until the client leaves."""


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]
    body: Any


def sse(chunk: Any) -> bytes:
    """One event, as every provider frames it."""
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def chunk(model: str = "test-model", finish: str | None = None, **delta: Any) -> bytes:
    """One `chat.completion.chunk`."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return sse(
        {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [choice]}
    )


def usage(input_: int = 10, output: int = 20, model: str = "test-model", **more: Any) -> bytes:
    """The last chunk, with what is billed."""
    counted = {"prompt_tokens": input_, "completion_tokens": output, "total_tokens": input_ + output, **more}
    return sse(
        {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": model,
            "choices": [],
            "usage": counted,
        }
    )


DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b": keep-alive\n\n"


def cut(raw: bytes, *at: int) -> tuple[bytes, ...]:
    """The bytes in parts, cut at these places; at none of them: at every one."""
    edges = [0, *(at or range(1, len(raw))), len(raw)]
    return tuple(raw[start:end] for start, end in pairwise(edges))


def says(
    text: str,
    *,
    after_s: float = 0.5,
    for_s: float = 1.0,
    finish: str = "stop",
    tokens: int = 20,
    model: str = "test-model",
    wait_for: asyncio.Event | None = None,
) -> Reply:
    """A whole answer: the first half after `after_s`, the second `for_s` later, by the story's clock."""
    half = len(text) // 2
    steps: list[Step] = [chunk(model, role="assistant"), after_s, chunk(model, content=text[:half]), for_s]
    if wait_for is not None:
        steps.append(wait_for)
    steps += [
        chunk(model, content=text[half:]),
        chunk(model, finish=finish),
        usage(output=tokens, model=model),
        DONE,
    ]
    return Reply(tuple(steps))


def fails(status: int, body: Any = b"", content_type: str = "application/json", **headers: str) -> Reply:
    """An answer that is an error."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply((raw,) if raw else (), status, content_type, named)


class Provider:
    """Gives the replies it was told to, in order; the last one again and again."""

    def __init__(self, clock: ManualClock, *replies: Reply) -> None:
        self._clock = clock
        self._replies = list(replies) or [says("An answer.")]
        self.requests: list[Request] = []
        self.open = 0
        """Requests that are being answered now."""
        self.connections = 0
        """Connections that are open, idle ones included."""
        self._changed = asyncio.Condition()

    def asked(self, prompt: str) -> list[Request]:
        """The requests that put this prompt."""
        return [at for at in self.requests if at.body["messages"] == [{"role": "user", "content": prompt}]]

    def will(self, *replies: Reply) -> None:
        """From now on answer with these."""
        self._replies = list(replies)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks)

    async def until(self, true: Callable[[], bool], timeout: float = 10) -> None:
        """Wait for a request to come or to end such that this holds."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(true)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        await self._count(connections=1)
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            await self._count(connections=-1)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append(Request(head[0].split()[1], headers, json.loads(body) if body else None))
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        await self._count(requests=1)
        try:
            return await self._answer(reply, reader, writer)
        finally:
            await self._count(requests=-1)

    async def _answer(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        for step in reply.before:
            await self._take(step, reader, writer)
        if reply.head:
            lines = [f"HTTP/1.1 {reply.status} Reply", "transfer-encoding: chunked"]
            lines += [f"content-type: {reply.content_type}"] if reply.content_type else []
            lines += [f"{name}: {value}" for name, value in reply.headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode())
        for step in reply.steps:
            if not isinstance(step, bytes):
                await self._take(step, reader, writer)
            elif step:
                await self._take(f"{len(step):x}\r\n".encode() + step + b"\r\n", reader, writer)
        if reply.hang:
            await reader.read(1)
            return False
        if reply.reset:
            await _let_it_be_read(writer)
            wire: socket.socket = writer.get_extra_info("socket")
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST, not FIN
            writer.transport.abort()
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _take(self, step: Step, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
            await asyncio.sleep(0)
        elif isinstance(step, asyncio.Event):
            await _either(step.wait(), reader.read(1))
        else:
            await _let_it_be_read(writer)
            self._clock.advance(step)
            await asyncio.sleep(0)

    async def _count(self, *, requests: int = 0, connections: int = 0) -> None:
        self.open += requests
        self.connections += connections
        async with self._changed:
            self._changed.notify_all()


async def _let_it_be_read(writer: asyncio.StreamWriter) -> None:
    """Let whoever shares this loop read what has been sent, before time passes or the connection breaks."""
    await writer.drain()
    for _ in range(20):
        await asyncio.sleep(0)


async def _either(*waits: Awaitable[Any]) -> None:
    tasks: Iterable[asyncio.Future[Any]] = [asyncio.ensure_future(wait) for wait in waits]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    if not all(task.result() for task in done):
        raise ConnectionError("the client has left")
