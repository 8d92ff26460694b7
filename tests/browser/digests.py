"""The pictures of digests and standings: a past written down, then the app itself in the playground."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from playwright.async_api import Browser

from tests.browser.page import visitor
from tests.worlds.history import Held, hold, weeks_of
from tests.worlds.provider import says
from tests.worlds.story import Story, story

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
QWEN, DEEPSEEK = "qwen-max", "deepseek-pro"
LABELS = {QWEN: "Qwen3.8 Max", DEEPSEEK: "DeepSeek V4.1 Pro"}
TOPICS = ("coding", "writing", "maths", "facts")
PROMPTS = (
    "Why does this query take four seconds? SELECT …",
    "A friendlier version of our reply to late payers",
    "How many ways are there to seat 5 people at a round table?",
    "¿Cuál es la capital de Australia?",
    "Rename these columns in pandas without a copy",
    "Was ist der Unterschied zwischen scheinbar und anscheinend?",
    "Sum up this incident for our status page",
)


def _past(weeks: int, share: float, rng: Random) -> list[Held]:
    """Duels of which the left one wins about that share."""
    past = weeks_of(MONDAY, weeks, [""] * 11)
    return [
        Held(
            at=held.at,
            votes=_votes(share, rng),
            first_voter=held.first_voter,
            left_at=held.left_at,
            topic=TOPICS[number % 4],
            language=("en", "en", "de", "en", "es")[number % 5],
            prompt=PROMPTS[number % len(PROMPTS)],
            seconds=(rng.lognormvariate(1.9, 0.4), rng.lognormvariate(1.5, 0.4)),
            cost=(f"{rng.uniform(0.003, 0.009):.5f}", f"{rng.uniform(0.0006, 0.0018):.5f}"),
            failed=number % 23 == 22,
            names=(QWEN, DEEPSEEK),
        )
        for number, held in enumerate(past)
    ]


def _votes(share: float, rng: Random) -> str:
    better = "l" if rng.random() < share else "r"
    return "".join(rng.choices([better, "l", "r", "t", "x"], [70, 8, 8, 10, 4], k=rng.randint(1, 5)))


@asynccontextmanager
async def _world(weeks: int, share: float, seed: int) -> AsyncIterator[Story]:
    """The app in a workspace with that past, a message for each duel of its last week."""
    with tempfile.TemporaryDirectory(prefix="duel-pictures-") as folder:
        async with story(f"sqlite:///{Path(folder) / 'duel.db'}") as world:
            past = _past(weeks, share, Random(seed))
            ana = world.slack.person("ana")
            shown = [await world.slack.say(ana, world.general, held.prompt) for held in past[-11:]]
            newest = [
                replace(held, shown_at=f"{world.general}/{ts}")
                for held, ts in zip(past[-11:], shown, strict=True)
            ]
            await hold(world.database_url, world.slack.team_id, world.general, [*past[:-11], *newest])
            async with world.app(**_contenders(world)):
                yield world


def _contenders(world: Story) -> dict[str, Any]:
    left, right = world.settings()["contenders"].values()
    both = {QWEN: {**left, "label": LABELS[QWEN]}, DEEPSEEK: {**right, "label": LABELS[DEEPSEEK]}}
    return {"contenders": both, "duel_pair": tuple(both)}


ANSWER = """The standard library does it, in place:

```go
slices.Reverse(names)
```

To keep the original, clone it first: `turned := slices.Clone(names)`, then reverse that."""


async def ask(browser: Browser, folder: Path) -> None:
    """A question, answered by whom the votes support."""
    async with _world(9, 0.84, 4) as world:
        world.left.will(says(ANSWER, tokens=46, model=f"model-of-{QWEN}"))
        await world.question("ana", "as:coding reverse a slice of strings in Go")
        async with visitor(browser, world.slack.url, width=1000, height=620) as page:
            await page.messages().last.get_by_text("decided duels").first.wait_for()
            await page.shoot(folder / "ask.png")


async def shoot(browser: Browser, folder: Path) -> None:
    """A digest with a verdict, one without, stats, and a question that one contender answers."""
    async with _world(9, 0.84, 4) as world:
        await world.tick()
        async with visitor(browser, world.slack.url, width=1000, height=1530) as page:
            await page.messages().last.get_by_text("Duel digest").first.wait_for()
            await page.shoot(folder / "digest-verdict.png")
    async with _world(9, 0.84, 4) as world:
        await world.slack.levers.refuse_blocks("data_visualization")
        await world.tick()
        (picture,) = [at["files"][0]["id"] for at in world.messages if at.get("files")]
        (folder / "digest-chart.png").write_bytes(world.slack.file(picture))
    async with _world(9, 0.84, 4) as world:
        await world.ask("ana", "stats 30d")
        async with visitor(browser, world.slack.url, width=1000, height=970) as page:
            await page.become("Ana")
            await page.messages().last.get_by_text("Standings").first.wait_for()
            await page.shoot(folder / "stats.png")
    await ask(browser, folder)
    async with _world(9, 0.84, 4) as world:
        await world.duel("ana", "Write a haiku about Mondays.")
        async with visitor(browser, world.slack.url, width=1000, height=1210) as page:
            await page.become("Ana")
            await page.page.get_by_test_id("home").first.click()
            await page.page.locator("#home").get_by_text("open until").first.wait_for()
            await page.shoot(folder / "home.png")
    async with _world(2, 0.55, 7) as world:
        await world.tick()
        async with visitor(browser, world.slack.url, width=1000, height=1500) as page:
            await page.messages().last.get_by_text("Duel digest").first.wait_for()
            await page.shoot(folder / "digest-no-verdict.png")
