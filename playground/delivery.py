"""Brings envelopes to the app: each to one connection, and an event again until it is acknowledged."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.disorder import Disorder
from playground.errors import NotAcknowledged, NotConnected
from playground.events import Event, subscription
from playground.feed import Feed
from playground.ids import Ids
from playground.installed import InstalledApp
from playground.request_url import RequestUrl

Envelope = dict[str, Any]

RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Seconds before Slack sends an unacknowledged event again: at once, after a minute, after five."""


class Connection:
    """One socket of the app, as the delivery sees it: a box of what to send and the answers still due."""

    def __init__(self) -> None:
        self.outbox: asyncio.Queue[Envelope | None] = asyncio.Queue()
        self.due: dict[str, asyncio.Future[dict[str, Any]]] = {}

    def send(self, envelope: Envelope) -> asyncio.Future[dict[str, Any]]:
        """Put an envelope in the box; the future is the acknowledgement's payload ({} for a bare one)."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.due[envelope["envelope_id"]] = answer
        self.outbox.put_nowait(envelope)
        return answer

    def acknowledged(self, envelope_id: str, payload: dict[str, Any]) -> None:
        answer = self.due.pop(envelope_id, None)
        if answer is not None and not answer.done():
            answer.set_result(payload)

    def lost(self) -> None:
        """The socket is gone: nobody will answer what is still due."""
        for answer in self.due.values():
            if not answer.done():
                answer.set_exception(NotAcknowledged("the socket closed"))
        self.due.clear()
        self.outbox.put_nowait(None)


@dataclass(slots=True)
class Delivery:
    """The way from the workspace to the app.

    `ack_timeout` and `retry_delays` are seconds of real time. An event that found no socket waits for one, at
    most as long as Slack would have tried, by the clock of the workspace (`now`).
    """

    app: InstalledApp
    ids: Ids
    feed: Feed
    now: Callable[[], float]
    ack_timeout: float = 3.0
    retry_delays: Sequence[float] = RETRY_DELAYS
    twice: bool = False
    losing: int = 0
    """How many of the next answers to commands and interactions are lost on their way."""
    disorder: Disorder | None = None
    """Brings events late, shuffled and again; None: as they happen."""
    host: str | None = None
    """The team that has made the channels, where that is another one: an event names it first."""
    held: list[Envelope] | None = None
    """The event payloads held back, or None while events flow."""
    connections: list[Connection] = field(default_factory=list)
    http: RequestUrl | None = None
    """Where the app takes what is sent to it; None: over its sockets."""
    acknowledged: dict[str, float] = field(default_factory=dict)
    """When each event was first acknowledged, by its id and the clock of the workspace."""
    sent: list[Envelope] = field(default_factory=list)
    """The payload of every event that the app was to be told, in the order in which things happened."""
    answers: list[Envelope] = field(default_factory=list)
    """What the app has put into its acknowledgements of commands and interactions, where it put something."""
    _turn: int = 0
    _waiting: list[Envelope] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def connect(self, connection: Connection) -> None:
        self.connections.append(connection)
        waiting, self._waiting = self._waiting, []
        for payload in waiting:
            if self.now() - payload["event_time"] <= sum(self.retry_delays):
                self._start(payload, first_attempt=1, reason="connection_failed")
        self._tell_connected()

    def disconnect(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
            self._tell_connected()
        connection.lost()

    async def ask(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send what Slack sends once, a slash command or an interaction; the answer is the app's.

        Raises:
            NotConnected: no socket.
            NotAcknowledged: none in `ack_timeout` seconds, or none that arrived.
        """
        answer = await self._try(kind, payload)
        if self.losing:
            self.losing -= 1
            raise NotAcknowledged("the answer was lost on the way")
        return answer

    def event(self, event: Event) -> None:
        """Tell the app of an event, if it subscribes to its kind."""
        if subscription(event) not in self.app.manifest.events:
            return
        payload = self._wrap(event)
        self.sent.append(payload)
        if self.held is None:
            self._deliver(payload)
        else:
            self.held.append(payload)

    def release(self, order: Sequence[int]) -> None:
        """Deliver the held events in this order of their indexes, and hold no more."""
        held, self.held = self.held or [], None
        for index in order:
            self._deliver(held[index])

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self.connections):
            self.disconnect(connection)

    @property
    def idle(self) -> bool:
        """Whether no event is under way or waits for a socket."""
        return not (self._tasks or self._waiting or (self.disorder and self.disorder.holds))

    def hurry(self) -> None:
        """Bring what disorder has kept back."""
        for payload, again in self.disorder.let_go() if self.disorder else ():
            self._start(payload, first_attempt=int(again), reason="timeout" if again else "")

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.feed.touch()

    def _deliver(self, payload: Envelope) -> None:
        if self.disorder is None:
            self._start(payload)
        else:
            self.disorder.take(payload)
        if self.twice:
            self._start(payload, first_attempt=1, reason="timeout")

    def _start(self, payload: Envelope, *, first_attempt: int = 0, reason: str = "") -> None:
        task = asyncio.get_running_loop().create_task(self._insist(payload, first_attempt, reason))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _insist(self, payload: Envelope, attempt: int, reason: str) -> None:
        """Send an event until it is acknowledged, as often as Slack does."""
        while True:
            try:
                await self._try("events_api", payload, attempt=attempt, reason=reason)
            except NotConnected:
                self._waiting.append(payload)
                return
            except NotAcknowledged as failure:
                if attempt >= len(self.retry_delays) or failure.final:
                    return
                await asyncio.sleep(self.retry_delays[attempt])
                attempt, reason = attempt + 1, failure.reason
            else:
                self.acknowledged.setdefault(payload["event_id"], self.now())
                return

    async def _try(
        self, kind: str, payload: Envelope, *, attempt: int = 0, reason: str = ""
    ) -> dict[str, Any]:
        if self.http is not None:
            try:
                answered = await self.http.ask(
                    kind, payload, timeout=self.ack_timeout, attempt=attempt, reason=reason
                )
                if answered:
                    self.answers.append(answered)
                return answered
            finally:
                self.feed.touch()
        if not self.connections:
            raise NotConnected("no socket of the app is connected")
        self._turn += 1
        connection = self.connections[self._turn % len(self.connections)]
        envelope_id = str(uuid.uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        answer = connection.send(envelope)
        try:
            async with asyncio.timeout(self.ack_timeout):
                answered = await answer
            if answered:
                self.answers.append(answered)
            return answered
        except TimeoutError:
            raise NotAcknowledged(f"no acknowledgement in {self.ack_timeout:g} s") from None
        finally:
            connection.due.pop(envelope_id, None)
            self.feed.touch()

    def _wrap(self, event: Event) -> Envelope:
        return {
            "token": self.app.verification_token,
            "team_id": self.host or self.app.team_id,
            "context_team_id": self.app.team_id,
            "context_enterprise_id": None,
            "api_app_id": self.app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self.ids.next("Ev"),
            "event_time": int(self.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.app.team_id,
                    "user_id": self.app.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": self.host is not None,
            "event_context": f"4-{self.ids.next('')}",
        }

    def _tell_connected(self) -> None:
        self.feed.publish({"kind": "connected", "connected": bool(self.connections)})
