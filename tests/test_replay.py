"""A file of prompts as duels: spaced, within the limits, gone on with after any stop, nothing asked twice."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rich.console import Console

from bot.clock import Alarm
from bot.duel import Place
from bot.errors import UsageError
from bot.replay.commands import Display
from bot.replay.prompts import read
from bot.replay.replay import Hold, Order, Outcome, Replay, Standing
from bot.serve import replaying
from bot.settings import load
from tests.worlds.program import kill, programs
from tests.worlds.story import Story

PROMPTS = [{"prompt": "why?", "topic": "code", "language": "de"}, {"prompt": "how?"}, {"prompt": "why?"}]


class StoryTime:
    """The story's clock, to which whoever sleeps lets the world go on. It may be killed in its sleep."""

    def __init__(self, world: Story, sleeps: int | None = None) -> None:
        self._world = world
        self._left = sleeps

    def now(self) -> datetime:
        return self._world.clock.now()

    def monotonic(self) -> float:
        return self._world.clock.monotonic()

    def alarm(self, at: float, ring: Any) -> Alarm:
        return self._world.clock.alarm(at, ring)

    async def sleep(self, seconds: float) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise asyncio.CancelledError
        await self._world.later(seconds=seconds)


class Told:
    """What was shown of a replay."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def __call__(self, standing: Standing, hold: Hold | None) -> None:
        if hold is not None and hold.why is not None and hold.why not in self.reasons:
            self.reasons.append(hold.why)


def write(folder: Path, rows: Sequence[object], name: str = "prompts.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return file


@asynccontextmanager
async def made(
    world: Story,
    file: Path,
    *,
    told: Told | None = None,
    sleeps: int | None = None,
    channel: str | None = None,
    **changes: Any,
) -> AsyncIterator[Replay]:
    own = {name: changes.pop(name) for name in ("pair", "run", "patient", "vote_for") if name in changes}
    settings = load(**world.settings(**changes))
    order = Order(
        read(file, settings.max_prompt), Place(channel or world.general), timedelta(minutes=10), **own
    )
    clock = StoryTime(world, sleeps)
    async with replaying(
        settings, order, None, told or Told(), clock=clock, rng=Random(1), now=world.clock.now
    ) as replay:
        yield replay


async def go(world: Story, file: Path, **how: Any) -> Outcome:
    async with made(world, file, **how) as replay:
        return await replay.go()


async def asked_at(world: Story) -> list[datetime]:
    rows = await world.stored("SELECT asked_at FROM duel ORDER BY asked_at")
    return [at if isinstance(at, datetime) else datetime.fromisoformat(at) for (at,) in rows]


async def test_a_whole_file_is_asked_one_after_the_other_by_the_app_itself(
    world: Story, tmp_path: Path
) -> None:
    async with world.app(duels_per_person_a_day=1):
        outcome = await go(world, write(tmp_path, PROMPTS), duels_per_person_a_day=1)
        await world.later(minutes=1)
        assert (outcome.stopped, outcome.before, len(outcome.standing.asked)) == (None, 0, 3)
        one, two, three = await asked_at(world)
        assert two - one >= timedelta(minutes=10)
        assert three - two >= timedelta(minutes=10)
        assert len([m for m in world.messages if "🅰" in str(m) or "A*" in str(m)]) == 3
        assert len(world.left.requests) == len(world.right.requests) == 3
        assert ("coding", "person", "de") in await world.stored("SELECT topic, topic_by, language FROM duel")
        await world.duel("ana", "and why?")  # nobody's own limit was used up


async def test_what_was_stopped_in_the_middle_goes_on_where_it_was(world: Story, tmp_path: Path) -> None:
    file = write(tmp_path, PROMPTS)
    async with world.app():
        with pytest.raises(asyncio.CancelledError):
            await go(world, file, sleeps=2)
        assert len(await asked_at(world)) == 2
        outcome = await go(world, write(tmp_path, [*PROMPTS, {"prompt": "when?"}]))  # the file has grown
        assert (outcome.stopped, outcome.before, len(outcome.standing.asked)) == (None, 2, 4)
        outcome = await go(world, file)
        assert (outcome.before, outcome.standing.left) == (4, [])
        await world.later(minutes=1)
        assert len(world.left.requests) == 4


async def test_two_at_once_ask_each_prompt_once(world: Story, tmp_path: Path) -> None:
    file = write(tmp_path, PROMPTS)
    async with world.app():
        outcomes = await asyncio.gather(go(world, file), go(world, file))
        await world.later(minutes=1)
        assert [len(outcome.standing.asked) for outcome in outcomes] == [3, 3]
        assert len(world.left.requests) == len(await asked_at(world)) == 3


async def test_a_limit_in_the_middle_is_waited_for(world: Story, tmp_path: Path) -> None:
    told = Told()
    async with world.app():
        outcome = await go(world, write(tmp_path, PROMPTS), told=told, duels_per_channel_a_day=2)
        assert outcome.stopped is None
        first, _, third = await asked_at(world)
        assert (first.day, third.day) == (24, 25)
        assert "This channel has had 2 duels today; the limit is 2. It resets at" in told.reasons[0]


async def test_or_it_stops_there_and_loses_nothing(world: Story, tmp_path: Path) -> None:
    file = write(tmp_path, PROMPTS)
    async with world.app():
        outcome = await go(world, file, patient=False, duels_per_channel_a_day=2)
        assert outcome.stopped is not None
        assert "the limit is 2. It resets at 2026-11-25 00:00 UTC" in outcome.stopped
        assert len(outcome.standing.left) == 1
        assert (await go(world, file)).standing.left == []


async def test_a_limit_that_holds_no_duel_at_all_stops_it(world: Story, tmp_path: Path) -> None:
    async with world.app():
        outcome = await go(world, write(tmp_path, PROMPTS), usd_per_channel_a_day=Decimal("0.001"))
        assert outcome.stopped is not None
        assert "and this duel may cost up to" in outcome.stopped
        assert await asked_at(world) == []


async def test_where_no_program_runs_it_says_so_and_asks_no_further(world: Story, tmp_path: Path) -> None:
    file = write(tmp_path, PROMPTS)
    outcome = await go(world, file, patient=False)
    assert outcome.stopped is not None
    assert "start `python -m bot run`" in outcome.stopped
    assert len(await asked_at(world)) == 1
    async with world.app():
        await world.later(minutes=10)
        assert len((await go(world, file)).standing.asked) == 3


async def test_where_it_was_not_invited_it_stops_and_asks_that_prompt_again(
    world: Story, tmp_path: Path
) -> None:
    elsewhere = await world.slack.add_channel("elsewhere", members=[world.slack.person("ana")])
    file = write(tmp_path, PROMPTS)
    async with world.app():
        outcome = await go(world, file, channel=elsewhere)
        assert outcome.stopped == "Duel is not a member of the channel."
        assert (len(outcome.standing.asked), len(outcome.standing.left)) == (0, 3)
        assert len((await go(world, file)).standing.asked) == 3
        assert len((await go(world, file, run="once more")).standing.asked) == 3
        assert len(await asked_at(world)) == 7


async def test_what_is_left_may_cost(world: Story, tmp_path: Path) -> None:
    async with world.app():
        async with made(world, write(tmp_path, PROMPTS)) as replay:
            cost = replay.cost(await replay.look())
        assert (cost.at_most, cost.unknown) == (3 * Decimal("0.00704"), ())
        assert await asked_at(world) == []
        with pytest.raises(UsageError, match="There is no contender “nobody”"):
            await go(world, write(tmp_path, PROMPTS), pair=("left-id", "nobody"))


BROKEN = {
    "no JSON": ("why?", "this is no JSON"),
    "no object": ("[1]", "this is no object"),
    "no prompt": ({"text": "why?"}, "prompt is missing"),
    "an empty prompt": ({"prompt": " "}, "Give them something to answer"),
    "too long a prompt": ({"prompt": "w" * 9}, "the limit is 8"),
    "a number": ({"prompt": 1}, "prompt is no text"),
    "a topic": ({"prompt": "why?", "topic": "cats"}, "There is no topic “cats”"),
    "a language": ({"prompt": "why?", "language": "German"}, "language: “German” is no code like de or en"),
    "an id": ({"prompt": "why?", "id": [1]}, "id is neither a text nor a whole number"),
    "an id that is taken": ({"prompt": "why?", "id": 1}, "the id “1” stands in line 1 already"),
}


@pytest.mark.parametrize(("row", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_line_is_named_before_anything_is_asked(tmp_path: Path, row: object, said: str) -> None:
    file = write(tmp_path, [{"prompt": "why?", "id": 1}, "", row])
    with pytest.raises(UsageError) as caught:
        read(file, 8)
    assert str(caught.value).startswith(f"line 3: {said}") or said in str(caught.value)
    assert "Nothing was asked" in str(caught.value)


def test_a_file_in_no_utf_8_or_without_a_prompt_says_so(tmp_path: Path) -> None:
    file = tmp_path / "prompts.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"prompt": "why?"}\n{"prompt": "\xff"}\n')
    with pytest.raises(UsageError, match="line 2: this is not in UTF-8"):
        read(file, 100)
    file.write_text("\n\n")
    with pytest.raises(UsageError, match="holds no prompt"):
        read(file, 100)


def test_its_progress_is_a_line_for_each_change_where_there_is_no_terminal() -> None:
    out = StringIO()
    with Display(Console(file=out, width=100)) as display:
        for hold in (None, Hold(datetime(2026, 11, 24).astimezone()), None):
            display.show(Standing([], []), hold)
        display.show(Standing([], []), Hold(datetime(2026, 11, 24).astimezone(), "The limit is 2."))
    assert out.getvalue().split("\n") == ["0 of 0 asked.", "The limit is 2.", ""]


@pytest.mark.slow
async def test_the_program_killed_in_the_middle_asks_nothing_twice(tmp_path: Path, loaded: str) -> None:
    write(tmp_path, [{"prompt": f"question {number}?"} for number in range(4)])
    async with programs(tmp_path, loaded) as world:
        running = await world.start()
        command = ("replay", "prompts.jsonl", "--channel", world.general, "--every", "0s", "--json")
        first = await world.run(*command)
        await world.slack.until(lambda: len(world.showing("question 1?")) == 1, timeout=60)
        await kill(first)
        second = await world.run(*command, stdout=asyncio.subprocess.PIPE)
        out, _ = await second.communicate()
        told = json.loads(out)
        assert second.returncode == 0
        assert (told["prompts"], told["asked"], told["left"], told["stopped"]) == (4, 4, 0, None)
        await world.slack.until(lambda: len(world.showing("question 3?")) == 1, timeout=60)
        assert [len(world.showing(f"question {number}?")) for number in range(4)] == [1] * 4
        await kill(running)
