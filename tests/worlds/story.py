"""The whole app in a Slack on loopback, told in verbs: duel, react, reveal, let time pass."""

import json
import re
from base64 import urlsafe_b64encode as b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from copy import copy
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from random import Random
from typing import Any, cast

import httpx

from bot.app import Running, app
from bot.bulletin import Bulletin
from bot.jobs import Worker
from bot.privacy import Privacy
from bot.settings import load
from handlers.socket import Socket
from handlers.web import Web
from playground import Playground, Team
from playground.acts import Ack
from storage.database import Database
from tests.worlds import payloads
from tests.worlds.clock import ManualClock
from tests.worlds.provider import Provider, says

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
PATIENCE_S = 60.0
"""Real seconds that Slack waits for an acknowledgement here, instead of 3: a busy machine is no fault."""
KEYS = tuple(b64encode(bytes([at] * 32)).decode() for at in (1, 2))
"""For tokens at rest."""
LEFT, RIGHT = "Hidden Left 7B", "Hidden Right 9B"
"""Names that must not be seen before the reveal."""


@dataclass(frozen=True)
class Shown:
    """A duel's message, by where it is."""

    channel: str
    ts: str


class Story:
    """One workspace with the app in it."""

    def __init__(
        self, slack: Playground, clock: ManualClock, left: Provider, right: Provider, database_url: str
    ) -> None:
        self.slack = slack
        self.site = slack
        """All of Slack; `self.slack` is the one team that is looked at."""
        self.clock = clock
        self.left = left
        self.right = right
        self.database_url = database_url
        self.general = slack.channel("general")
        self.workers: list[Worker] = []
        """Of the apps that are running, the oldest first."""
        self.over_http = False
        """Whether Slack reaches the app by signed HTTP; else it is Socket Mode."""
        self.disorder: int | None = None
        """The seed by which events come late, shuffled and again; else they come as they happen."""
        self._addresses: list[Web] = []
        self.visited: tuple[str, dict[str, str]]
        """The last address of the last installation, and the cookie that goes with it."""
        self.socket: Socket
        self.privacy: Privacy
        self.web: Web
        self.bulletins: list[Bulletin] = []

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The settings of the app in this world."""

        def contender(label: str, provider: Provider) -> dict[str, Any]:
            price = {"since": "2026-01-01", "rates": {"input": "2", "output": "6"}}
            return {
                "label": label,
                "base_url": provider.base_url,
                "model": f"model-of-{label.split()[1].lower()}",
                "prices": [price],
                "limits": {"max_tokens": 500},
            }

        return {
            "slack_api_url": self.site.api_url,
            "slack_bot_token": self.slack.bot_token,
            "slack_app_token": self.site.app_token,
            "database_url": self.database_url,
            "contenders": {"left-id": contender(LEFT, self.left), "right-id": contender(RIGHT, self.right)},
            "duel_pair": ("left-id", "right-id"),
            "classify_topics": False,  # whether or not its extra is installed here
            "job_lease": "48h",  # a story's clock jumps, and no heartbeat keeps up with it
            **(self.http() if self.over_http else {}),
            **changes,
        }

    def oauth(self) -> dict[str, Any]:
        """What is set otherwise where workspaces install the app by themselves, over HTTP."""
        return {
            **self.http(),
            "slack_bot_token": None,
            "slack_client_id": self.site.client_id,
            "slack_client_secret": self.site.client_secret,
            "installation_keys": KEYS[0],
        }

    def http(self) -> dict[str, Any]:
        """What is set otherwise for signed HTTP."""
        return {
            "slack_app_token": None,
            "slack_signing_secret": self.site.signing_secret,
            "http_host": "127.0.0.1",
            "port": 0,
        }

    @asynccontextmanager
    async def app(self, *, seed: int = 1, **changes: Any) -> AsyncIterator[Worker]:
        """The app, running, with these settings changed; a second one beside it is a second process."""
        settings = load(**self.settings(**changes))
        async with app(settings, clock=self.clock, rng=Random(seed), now=self.clock.now) as running:
            self.workers.append(running.worker)
            self.bulletins.append(running.bulletin)
            self.privacy = running.privacy
            await self._meet(running)
            try:
                yield running.worker
                if self.disorder is not None:
                    await self.delivered()  # what is late is not lost
            finally:
                self.workers.remove(running.worker)
                self.bulletins.remove(running.bulletin)
                if running.web is not None:
                    await self._part(running.web)

    async def _meet(self, running: Running) -> None:
        """Let Slack and the app find each other."""
        if running.web is not None:
            self.web = running.web
            self._addresses.append(running.web)
            await self.site.levers.request_url(f"{running.web.url}/slack/events")
            self.site.levers.redirect_url(f"{running.web.url}/slack/oauth_redirect")
        if running.socket is not None:
            self.socket = running.socket
            await self.site.connected(len(self.workers))

    async def _part(self, web: Web) -> None:
        """Whoever stands before several programs sends to those that are there."""
        self._addresses.remove(web)
        if self._addresses:
            await self.site.levers.request_url(f"{self._addresses[-1].url}/slack/events")

    async def ask(self, asker: str, text: str, channel: str | None = None, command: str = "/duel") -> Ack:
        """Type `/duel …`, or another command."""
        return await self.slack.command(self.slack.person(asker), channel or self.general, command, text)

    async def question(self, asker: str, text: str) -> Shown:
        """Type `/ask …`, and wait for its answer."""
        before = {message["ts"] for message in self.slack.messages(self.general)}
        ack = await self.ask(asker, text, command="/ask")
        assert ack.ok, ack
        await self.settled()
        messages = self.slack.messages(self.general)
        (ts,) = [m["ts"] for m in messages if m["ts"] not in before and not _reply(m)]
        return Shown(self.general, ts)

    async def duel(self, asker: str, text: str) -> Shown:
        """Ask for a duel, and wait for its vote."""
        before = {message["ts"] for message in self.slack.messages(self.general)}
        ack = await self.ask(asker, text)
        assert ack.ok, ack
        await self.settled()
        (ts,) = [
            m["ts"] for m in self.slack.messages(self.general) if m["ts"] not in before and not _reply(m)
        ]
        return Shown(self.general, ts)

    async def say(self, person: str, text: str, channel: str | None = None, thread: str | None = None) -> str:
        """Write a message, and let the app do what it wants; its `ts`."""
        there = channel or self.general
        ts = await self.slack.say(self.slack.person(person), there, text, thread)
        await self.settled()
        return ts

    async def mention(self, person: str, text: str, thread: str | None = None) -> str:
        """`@Duel …` in #general; the message's `ts`."""
        return await self.say(person, f"<@{self.slack.bot_user_id}> {text}", thread=thread)

    def by_the_app(self, channel: str | None = None) -> list[Shown]:
        """What the app has posted in a channel, threads included, oldest first."""
        there = channel or self.general
        mine = [m for m in self.slack.messages(there) if m.get("user") == self.slack.bot_user_id]
        return [Shown(there, m["ts"]) for m in mine]

    async def react(self, person: str, duel: Shown, name: str) -> None:
        await self.slack.react(self.slack.person(person), duel.channel, duel.ts, name)
        await self._in_order()

    async def unreact(self, person: str, duel: Shown, name: str) -> None:
        await self.slack.unreact(self.slack.person(person), duel.channel, duel.ts, name)
        await self._in_order()

    async def reveal(self, person: str, duel: Shown) -> Ack:
        """Click *Reveal now*."""
        ack = await self.slack.click(self.slack.person(person), duel.channel, duel.ts, "reveal_duel")
        await self.settled()
        return ack

    async def booth(self, person: str, duel: Shown) -> dict[str, Any]:
        """Click *Vote secretly*; the paper that comes of it, once all events have come."""
        await self.delivered()
        ack = await self.slack.click(self.slack.person(person), duel.channel, duel.ts, "vote_secretly")
        assert ack.ok, ack
        await self.settled()
        return self.slack.ephemerals(self.slack.person(person))[-1]

    async def secretly(self, person: str, duel: Shown, choice: str) -> dict[str, Any]:
        """Vote in secret; the paper as it is then."""
        paper = await self.booth(person, duel)
        await self.mark(person, duel, paper, choice)
        return self.slack.ephemerals(self.slack.person(person))[-1]

    async def mark(self, person: str, duel: Shown, paper: dict[str, Any], choice: str) -> None:
        """Click on a paper that is there."""
        action = f"secret_vote_{choice}"
        ack = await self.slack.click(self.slack.person(person), duel.channel, paper["ts"], action)
        assert ack.ok, ack
        await self.settled()

    async def press(self, person: str, duel: Shown, action: str) -> None:
        """Click a button under a duel."""
        ack = await self.slack.click(self.slack.person(person), duel.channel, duel.ts, action)
        assert ack.ok, ack
        await self.settled()

    async def later(self, **length: float) -> None:
        """Let time pass, and what is due be done."""
        self.clock.advance(
            sum(value * {"hours": 3600, "minutes": 60, "seconds": 1}[unit] for unit, value in length.items())
        )
        for worker in self.workers:
            await worker.look()
        await self.settled()

    async def tick(self) -> None:
        """What the clock does once a minute: make what is due, and do it."""
        for bulletin in self.bulletins:
            await bulletin.tick()
        for worker in self.workers:
            await worker.look()
        await self.settled()

    async def delivered(self) -> None:
        """Wait until every event has been acknowledged."""
        await self.slack.levers.delivered()

    async def _in_order(self) -> None:
        """Wait for an event before the next, where they come in order at all."""
        if self.disorder is None:
            await self.delivered()

    async def settled(self) -> None:
        """Wait until the apps have nothing to do."""
        await self.delivered()
        for worker in self.workers:
            await worker.idle()

    async def stored(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        if self.workers:
            await self.delivered()
        database = Database(self.database_url)
        async with database.read() as connection:
            found = [tuple(row) for row in await connection.exec_driver_sql(query)]
        await database.close()
        return found

    def elsewhere(self, team: Team) -> "Story":
        """The same app as it is met in another team."""
        there = copy(self)
        there.slack = cast(Playground, team)  # every verb of a story is one that any team has
        there.general = team.channel("general")
        if self.disorder is not None:
            team.levers.disorder(self.disorder)
        return there

    async def install(self, team: Team) -> str:
        """Somebody of that team visits `/slack/install` and presses the buttons; what they read then."""
        async with httpx.AsyncClient() as browser:
            page = await browser.get(f"{self.web.url}/slack/install")
            (button,) = re.findall(r'href="(http[^"]+)"', page.text)
            state = page.cookies["slack-app-oauth-state"]
            consent = await browser.post(unescape(button), data={"answer": "allow", "team": team.team_id})
            self.visited = consent.headers["Location"], {"Cookie": f"slack-app-oauth-state={state}"}
            done = await browser.get(self.visited[0], headers=self.visited[1])
        if done.status_code == 200:
            await team.join(team.bot_user_id, team.channel("general"))
        return done.text

    def message(self, duel: Shown) -> dict[str, Any]:
        """The duel's message as it stands."""
        return next(m for m in self.slack.messages(duel.channel) if m["ts"] == duel.ts)

    def text(self, duel: Shown) -> str:
        """Everything that the duel's message says, as one string."""
        message = self.message(duel)
        return json.dumps([message["text"], message.get("blocks")], ensure_ascii=False)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Everything in #general, replies included."""
        return self.slack.messages(self.general)

    def thread(self, duel: Shown) -> list[dict[str, Any]]:
        return [m for m in self.slack.messages(duel.channel) if m.get("thread_ts") == duel.ts and _reply(m)]

    def told(self, person: str) -> str:
        """What this person alone was told, newest last."""
        return "\n".join(m["text"] for m in self.slack.ephemerals(self.slack.person(person)))

    @property
    def sent(self) -> list[str]:
        """Each payload that Slack has received, as a string."""
        return [f"{call.method} {json.dumps(call.args, ensure_ascii=False)}" for call in self.slack.calls]


def _reply(message: dict[str, Any]) -> bool:
    return bool(message.get("thread_ts")) and message["thread_ts"] != message["ts"]


@asynccontextmanager
async def story(
    database_url: str, *, over_http: bool = False, disorder: int | None = None
) -> AsyncIterator[Story]:
    """A workspace, two providers and a clock; the app itself is started by the story.

    Slack reaches the app by signed HTTP or in Socket Mode, and brings events as they happen, or in disorder.

    At its end everything that Slack has received is looked through.
    """
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(
            Playground(MANIFEST, now=lambda: clock.now().timestamp(), ack_timeout=PATIENCE_S)
        )
        left = await stack.enter_async_context(Provider(clock, says("Left says blue.")))
        right = await stack.enter_async_context(Provider(clock, says("Right says Rayleigh.", tokens=40)))
        told = Story(slack, clock, left, right, database_url)
        told.over_http, told.disorder = over_http, disorder
        if disorder is not None:
            slack.levers.disorder(disorder)
        yield told
        payloads.check(slack)
