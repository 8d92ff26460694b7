"""A Slack that sends votes over Socket Mode as fast as they are acknowledged: a process of its own.

It prints its address, and ends when its standard input does.
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import Any

from aiohttp import WSMsgType, web

TEAM, ROOM, TS = "T1", "C1", "1.000000"
_ME = {"ok": True, "user_id": "U0", "bot_id": "B0", "team_id": TEAM, "team": "bench", "user": "duel"}


def vote(number: int) -> dict[str, Any]:
    """`reaction_added` as Slack sends it, by somebody else for each number."""
    event = {
        "type": "reaction_added",
        "user": f"U{number}",
        "reaction": "a",
        "item": {"type": "message", "channel": ROOM, "ts": TS},
        "item_user": "U0",
        "event_ts": f"{1_700_000_000 + number}.000100",
    }
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A1",
        "event_id": f"Ev{number}",
        "event": event,
    }


class Sockets:
    """One socket for each app, by the token that it came with."""

    def __init__(self) -> None:
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._acknowledged = asyncio.Semaphore(0)

    async def api(self, request: web.Request) -> web.Response:
        if request.match_info["method"] != "apps.connections.open":
            return web.json_response(_ME)
        token = request.headers["Authorization"].removeprefix("Bearer ")
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link/{token}"})

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets[request.match_info["token"]] = socket
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._acknowledged.release()
        return socket

    async def turn(self, request: web.Request) -> web.Response:
        """Send that many votes, so many of them at once, and say how many seconds that took."""
        asked = await request.json()
        socket = self._sockets[asked["token"]]
        numbers = range(asked["first"], asked["first"] + asked["events"])
        envelopes = [
            json.dumps({"envelope_id": str(number), "type": "events_api", "payload": vote(number)})
            for number in numbers
        ]
        began = perf_counter()
        for sent, envelope in enumerate(envelopes):
            if sent >= asked["at_once"]:
                await self._acknowledged.acquire()
            await socket.send_str(envelope)
        for _ in range(min(asked["at_once"], len(envelopes))):
            await self._acknowledged.acquire()
        return web.json_response(perf_counter() - began)


async def main() -> None:
    sockets, app = Sockets(), web.Application()
    app.router.add_post("/api/{method}", sockets.api)
    app.router.add_get("/link/{token}", sockets.link)
    app.router.add_post("/turn", sockets.turn)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
