"""App Home: opened, chosen on, shown. `bot.home.Front` in Slack."""

import json
from decimal import Decimal
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.duel import Person, Place, Topic
from bot.home import Home, Page, View
from bot.jobs import Lease
from bot.words import speak
from handlers.cards import home as cards
from handlers.cards.duel import Labels
from handlers.cards.published import Figures
from handlers.form import Forms
from handlers.languages import Languages
from handlers.settings import SettingsDesk
from handlers.workspaces import Workspaces, whose


class SlackFront:
    """Publishes pages."""

    def __init__(
        self, workspaces: Workspaces, languages: Languages, labels: Labels, published: Figures
    ) -> None:
        """`published` is what others have published of the contenders."""
        self._workspaces = workspaces
        self._languages = languages
        self._labels = labels
        self._published = published

    async def show(self, lease: Lease, page: Page) -> None:
        speak(await self._languages.of_person(page.person))
        await lease.check()
        slack = await self._workspaces.slack(page.person.team)
        await slack.publish_home(page.person.user, cards.home(page, self._labels, self._published))

    async def link(self, team: str, place: Place) -> str | None:
        channel, _, ts = place.partition("/")
        return await (await self._workspaces.slack(team)).permalink(channel, ts)


async def opened(event: dict[str, Any], context: AsyncBoltContext, *, home: Home) -> None:
    """`app_home_opened`: made anew, with what was chosen the last time."""
    if event.get("tab", "home") == "home":
        view = _seen(event.get("view") or {})
        await home.open(Person(whose(context), event["user"]), view, _micros(event["event_ts"]))


async def chosen(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, home: Home) -> None:
    """Another window or topic; the other of the two stays."""
    seen, value = _seen(body["view"]), action["selected_option"]["value"]
    if action["action_id"] == cards.WINDOW:
        view = View(value, seen.topic)
    else:
        view = View(seen.window, None if value == cards.ALL_TOPICS else Topic(value))
    await home.open(Person(body["team"]["id"], body["user"]["id"]), view, _micros(action["action_ts"]))
    await ack()


async def settle(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, desk: SettingsDesk) -> None:
    """A channel was chosen: its settings, or why they are not for this person."""
    person, room = Person(body["team"]["id"], body["user"]["id"]), Place(action["selected_conversation"])
    await desk.offer(person, room, body["trigger_id"])
    await ack()


async def try_one(ack: AsyncAck, body: dict[str, Any], *, forms: Forms) -> None:
    """*Try a duel*: the form."""
    await forms.open(body["team"]["id"], body["trigger_id"])
    await ack()


def _seen(view: dict[str, Any]) -> View:
    """What the page showed when it was acted on."""
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
        return View(kept.get("window", "all"), Topic(kept["topic"]) if kept.get("topic") else None)
    except ValueError:
        return View()


def _micros(ts: str) -> int:
    return int(Decimal(ts) * 1_000_000)
