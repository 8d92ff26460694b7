"""A model's service that streams paced answers and says in them when it sent what: a process of its own.

It prints its address, and ends when its standard input does. A bare protocol, lest it be the bottleneck.
"""

import asyncio
import json
import re
import sys
from random import Random
from time import perf_counter
from typing import cast

CHUNKS = 500
"""With text in them, of each answer."""
PACE_S = 0.02
"""Between two of them, on average: evenly spread from half of it to one and a half.

An argument changes it."""
FIRST_S = 0.2
"""From the request to the first of them."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _event(content: str | None, finish: str | None = None) -> bytes:
    """One event as DeepSeek sends it."""
    chunk = {
        "id": "930c60df-bf64-41c9-a88e-3ec75f81e00e",
        "object": "chat.completion.chunk",
        "created": 1_770_000_000,
        "model": "bench",
        "system_fingerprint": "fp_a49d71b8a1",
        "choices": [{"index": 0, "delta": {"content": content}, "logprobs": None, "finish_reason": finish}],
        "usage": None if finish is None else {"prompt_tokens": 10, "completion_tokens": CHUNKS},
    }
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


def _framed(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


_BEFORE, _AFTER = _event("{}").split(b"{}")
_END = _framed(_event("", "stop")) + _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n"


class Connection(asyncio.Protocol):
    """One connection; one request after the other."""

    pace_s = PACE_S

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._request = b""
        self._loop = asyncio.get_running_loop()
        self._random = Random(transport.get_extra_info("peername")[1])

    def data_received(self, data: bytes) -> None:
        self._request += data
        head, end, body = self._request.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and length and len(body) == int(length[1]):
            self._request = b""
            self._received = perf_counter()
            self._due = self._loop.time() + FIRST_S
            self._transport.write(_HEAD)
            self._loop.call_at(self._due, self._send, CHUNKS)

    def _send(self, left: int) -> None:
        if self._transport.is_closing():
            return
        first = b"%.6f " % self._received if left == CHUNKS else b""
        self._transport.write(_framed(b"%b%b%.6f %b" % (_BEFORE, first, perf_counter(), _AFTER)))
        if left == 1:
            self._transport.write(_END)
        else:
            self._due += self.pace_s * self._random.uniform(0.5, 1.5)
            self._loop.call_at(self._due, self._send, left - 1)


async def main() -> None:
    if sys.argv[1:]:
        Connection.pace_s = float(sys.argv[1])
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
