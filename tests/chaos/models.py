"""Two models that answer after a moment, some at length, and fail at times; they count what they serve."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from aiohttp import web

LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 40 for number in range(12))


class Model:
    """One model's service. `asked` counts calls by prompt; `served` holds whole answers' output tokens."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.asked: Counter[str] = Counter()
        self.served: defaultdict[str, list[int]] = defaultdict(list)
        self.base_url = ""

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """`POST /v1/chat/completions`, streamed."""
        body = await request.json()
        prompt = body["messages"][0]["content"]
        self.asked[prompt] += 1
        if self._rng.random() < 0.05:
            return web.json_response({"error": {"message": "overloaded"}}, status=503)
        text = f"{LONG if self._rng.random() < 0.3 else 'Short.'} Answer to {prompt}"
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        try:
            return await self._stream(request, response, prompt, text)
        except ConnectionError:
            return response  # the program was killed in the middle of it

    async def _stream(
        self, request: web.Request, response: web.StreamResponse, prompt: str, text: str
    ) -> web.StreamResponse:
        await response.prepare(request)
        third = len(text) // 3 + 1
        for start in range(0, len(text), third):
            await asyncio.sleep(self._rng.uniform(0, 0.4))
            await response.write(_event({"content": text[start : start + third]}))
        await response.write(_event({}, finish="stop"))
        counted = {"prompt_tokens": 10, "completion_tokens": len(text) // 4}
        await response.write(b"data: " + json.dumps({"choices": [], "usage": counted}).encode() + b"\n\n")
        await response.write(b"data: [DONE]\n\n")
        self.served[prompt].append(len(text) // 4)
        return response


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"model": "m", "choices": [choice]}).encode() + b"\n\n"


@asynccontextmanager
async def serving(model: Model) -> AsyncIterator[Model]:
    """Serve it on a free port."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.chat)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    model.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield model
    finally:
        await runner.cleanup()
