"""The levers that a test pulls to make Slack behave at its worst."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal
from urllib.parse import urlencode

from playground.delivery import Delivery
from playground.disorder import Disorder
from playground.errors import DeliveryError, PersonError
from playground.installed import InstalledApp
from playground.request_url import RequestUrl
from playground.site import Site
from playground.socket_mode import SocketMode

Order = Literal["fifo", "lifo"] | Sequence[int]
When = Literal["before", "after"]
How = Literal["close", "abort", "refresh"]


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call is to fail: `error` in the body, seconds in Retry-After, and the HTTP status."""

    error: str
    retry_after: int | None
    http_status: int


class Stop:
    """A call that Slack holds, for as long as a test likes."""

    def __init__(self, when: When, nth: int, saying: str) -> None:
        self.when = when
        self.saying = saying
        self._left = nth
        self.reached = asyncio.Event()
        self._taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def counts(self) -> bool:
        """Count a call; whether it is the one to hold."""
        self._left -= 1
        return self._left == 0

    def release(self, *, take: bool = True) -> None:
        """Let the call go on; or, if it was held before it was taken, forget it and break its connection."""
        if not self._taken.done():
            self._taken.set_result(take)

    async def hold(self) -> bool:
        """Wait to be released; whether the call is to go on."""
        self.reached.set()
        return await self._taken


@dataclass(slots=True)
class Levers:
    site: Site
    app: InstalledApp
    delivery: Delivery
    sockets: SocketMode
    abort: Callable[[tuple[str, int]], None]
    """Breaks the TCP connection of that peer address."""
    settle: Callable[[Callable[[], object]], Awaitable[object]]
    """Waits until something holds."""
    _failures: defaultdict[str, deque[Failure]] = field(default_factory=lambda: defaultdict(deque))
    _stops: defaultdict[str, list[Stop]] = field(default_factory=lambda: defaultdict(list))
    _lost: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def fail_next(
        self,
        method: str,
        error: str,
        *,
        times: int = 1,
        retry_after: int | None = None,
        http_status: int | None = None,
    ) -> None:
        """Refuse the next `times` calls of this method (or "response_url") before they change anything.

        `ratelimited` comes as HTTP 429 with Retry-After: 1 by default; everything else as HTTP 200.
        """
        limited = error == "ratelimited"
        failure = Failure(
            error=error,
            retry_after=1 if limited and retry_after is None else retry_after,
            http_status=http_status or (429 if limited else 200),
        )
        self._failures[method].extend([failure] * times)

    def forget_failures(self) -> None:
        """Let every call through again, and its reply."""
        self._failures.clear()
        self._lost.clear()

    async def lose_reply(self, method: str, times: int = 1) -> None:
        """Take the next `times` calls, change the state, and break the connection instead of answering."""
        self._lost[method] += times

    async def stop_at(self, method: str, when: When = "before", *, nth: int = 1, saying: str = "") -> Stop:
        """Hold the nth call of this method (or "response_url") from now on: before it is taken, or after,
        with its reply unsent; as "acknowledgement", what the app sends back for an envelope.

        Only calls whose arguments say these words are counted.
        """
        stop = Stop(when, nth, saying)
        self._stops[method].append(stop)
        return stop

    async def made_by(self, team: str | None) -> None:
        """From now on have channels that another workspace made and shares with this one."""
        self.delivery.host = team

    async def ack_within(self, seconds: float) -> None:
        """Give the app this long, in real time, to acknowledge; Slack gives 3 s."""
        self.delivery.ack_timeout = seconds

    async def lose_acknowledgement(self, times: int = 1) -> None:
        """Hear nothing of how the app took the next `times` commands or interactions, though it did."""
        self.delivery.losing += times

    async def deliver_twice(self, on: bool = True) -> None:
        """Send each event a second time, as the retry of one whose acknowledgement went astray."""
        self.delivery.twice = on

    async def hold_events(self) -> None:
        """Keep events back, in order, until they are released. Commands and interactions still pass.

        What disorder has kept back until now comes first.
        """
        if self.delivery.disorder is not None:
            await self.delivered()
        self.delivery.held = self.delivery.held or []

    async def release_events(self, order: Order = "fifo") -> None:
        """Deliver what was held: as it came, backwards, or by indexes (left out or repeated as you like)."""
        held = range(len(self.delivery.held or []))
        match order:
            case "fifo":
                self.delivery.release(held)
            case "lifo":
                self.delivery.release(held[::-1])
            case _:
                self.delivery.release([int(index) for index in order])

    def disorder(self, seed: int) -> None:
        """From now on bring events late, in another order, and more than once, as this seed has it.

        They come when somebody waits: for `delivered`, or `until` something is so.
        """
        self.delivery.disorder = Disorder(Random(seed))  # noqa: S311 # disorder is no secret

    async def delivered(self) -> None:
        """Wait until every event that is not held back has been acknowledged, or given up."""
        await self.settle(lambda: self.delivery.idle)

    async def drop_socket(self, how: How = "close") -> None:
        """End every app socket: by a close frame, by breaking TCP, or by Slack's `disconnect` message.

        Slack's SDK comes back at once, except after "abort", which it notices at its next ping.
        """
        before = list(self.delivery.connections)
        if how == "abort":
            for peer in self.sockets.clients():
                self.abort(peer)
        else:
            await self.sockets.drop(reason="refresh_requested" if how == "refresh" else None)
        await self.settle(lambda: not set(before) & set(self.delivery.connections))

    async def request_url(self, url: str) -> None:
        """Enter the app's address, as its owner does: from now on Slack sends there, and to no socket.

        Raises:
            PersonError: nobody there gives the challenge back.
        """
        address = RequestUrl(url, self.app.signing_secret)
        try:
            verified = await address.verify(self.app.verification_token)
        except DeliveryError:
            verified = False
        if not verified:
            await address.close()
            raise PersonError("Your URL didn't respond with the value of the challenge parameter.")
        if self.site.request_url is not None:
            await self.site.request_url.close()
        self.site.request_url = address
        for world in self.site.worlds:
            world.delivery.http = address

    def redirect_url(self, url: str) -> None:
        """Enter one more address to which Slack may send people back."""
        self.site.redirect_urls.append(url)

    def signing(self, *, secret: str | None = None, age: float = 0.0) -> None:
        """Sign what is posted with another secret, or as something that left so many seconds ago."""
        assert self.site.request_url is not None
        self.site.request_url.secret = secret or self.app.signing_secret
        self.site.request_url.age = age

    async def check_ssl(self) -> int:
        """Slack's own look at the certificate of a command's address: the status that it meets."""
        assert self.site.request_url is not None
        body = urlencode({"token": self.app.verification_token, "ssl_check": "1"}).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, _ = await self.site.request_url.post(body, form)
        return status

    async def revoke_scope(self, *scopes: str) -> None:
        """Behave as if an administrator had not granted these (the manifest's optional ones, say)."""
        self.app.granted -= set(scopes)

    async def grant_scope(self, *scopes: str) -> None:
        self.app.granted |= set(scopes)

    async def refuse_blocks(self, *types: str) -> None:
        """From now on be a workspace that has not got these blocks (yet), in any message."""
        self.app.refused_blocks |= set(types)

    async def refuse_uploads(self, http_status: int | None) -> None:
        """From now on refuse the bytes of every file so; `None` takes them again."""
        self.app.upload_status = http_status

    def stop(self, method: str, args: Mapping[str, Any]) -> Stop | None:
        """The stop that this call is to meet; each call counts towards all that are planned."""
        said = json.dumps(args, ensure_ascii=False)
        return next((stop for stop in self._stops[method] if stop.saying in said and stop.counts()), None)

    async def hears(self, acknowledgement: Mapping[str, Any]) -> bool:
        """Whether Slack hears this acknowledgement; it may have to wait until a test says so."""
        stop = self.stop("acknowledgement", acknowledgement)
        return stop is None or await stop.hold()

    def failure(self, method: str) -> Failure | None:
        """The failure that this call is to meet, used up by asking."""
        planned = self._failures[method]
        return planned.popleft() if planned else None

    def loses(self, method: str) -> bool:
        """Whether the answer to this call is to be lost, used up by asking."""
        if not self._lost[method]:
            return False
        self._lost[method] -= 1
        return True
