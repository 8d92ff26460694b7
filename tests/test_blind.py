"""Before the reveal nothing that Slack receives tells who is who."""

import asyncio
import re
from pathlib import Path

from tests.worlds.provider import DONE, Reply, chunk, fails, says, usage
from tests.worlds.story import LEFT, RIGHT, Story, story

LONG = "A long answer. " * 300


def _hints(world: Story) -> list[str]:
    """Whatever could name or number a contender."""
    return [
        LEFT,
        RIGHT,
        "left-id",
        "right-id",
        "model-of",
        "test-model",
        "secret-model",
        world.left.base_url,
        "$",
        "tokens",
    ]


async def test_no_payload_before_the_reveal_holds_a_name_an_id_a_price_or_a_count(world: Story) -> None:
    world.left.will(says(LONG, tokens=1234, model="secret-model"))
    async with world.app():
        duel = await world.duel("ana", "why?")
        await world.react("ben", duel, "a")
        await world.later(minutes=5)
        before = list(world.sent)
        await world.reveal("ana", duel)
    assert len(before) > 8
    for payload in before:
        assert not [hint for hint in _hints(world) if hint in payload], payload
        assert "1234" not in payload
        assert "1,234" not in payload
    assert any(LEFT in payload for payload in world.sent)


async def _payloads(
    folder: Path, *, seed: int, first: str, second: str, rounds: bool = False
) -> tuple[bool, list[str]]:
    """Everything sent before a reveal, where the left contender answers at once and the right one later.

    With `rounds` it is gone on with twice, and the last time the left one fails.
    """
    gate = asyncio.Event()

    def reply(text: str, *waits: asyncio.Event) -> Reply:
        return Reply((*waits, chunk(content=text), chunk(finish="stop"), usage(), DONE))

    async with story(f"sqlite:///{folder / 'duel.db'}") as world:
        world.left.will(reply(first))
        world.right.will(reply(second, gate))
        async with world.app(seed=seed):
            await world.ask("ana", "why?")
            await world.slack.until(lambda: any("One answer is in" in payload for payload in world.sent))
            gate.set()
            await world.settled()
            if rounds:
                root = world.by_the_app()[0].ts
                await world.mention("ana", "and now?", root)
                world.left.will(fails(400, {"error": {"message": "Content Exists Risk"}}))
                await world.mention("ana", "and again?", root)
            sent = list(world.sent)
            (message,) = [m for m in world.messages if "thread_ts" not in m or m["thread_ts"] == m["ts"]]
            ids = {
                call.args["metadata"]["event_payload"]["duel_id"]
                for call in world.slack.calls
                if "metadata" in call.args
            }
            await world.slack.click(world.slack.person("ana"), world.general, message["ts"], "reveal_duel")
            await world.settled()
            (message,) = [m for m in world.messages if m["ts"] == message["ts"]]
            left_is_a = str(message["blocks"]).index(LEFT) < str(message["blocks"]).index(RIGHT)
    for number, id_ in enumerate(sorted(ids)):
        sent = [payload.replace(id_, f"duel{number}") for payload in sent]
    known = {
        world.slack.bot_user_id: "BOT",
        world.general: "ROOM",
        world.slack.person("ana"): "ANA",
        message["ts"]: "TS",
    }
    for value, name in known.items():
        sent = [payload.replace(value, name) for payload in sent]
    return left_is_a, [re.sub(r"\d{10}\.\d{6}", "TS", payload) for payload in sent]


async def test_every_payload_is_the_same_whoever_sits_where(tmp_path: Path) -> None:
    """The quick one on side A and the quick one on side B: with the same two texts, Slack cannot tell."""
    seen = await _either_way(tmp_path)
    assert seen[True] == seen[False]


async def test_every_payload_of_a_conversation_is_the_same_whoever_sits_where(tmp_path: Path) -> None:
    """Over rounds that follow, one of which fails, Slack cannot tell either."""
    seen = await _either_way(tmp_path, rounds=True)
    assert any("*Round 2*" in payload for payload in seen[True])
    assert any("No vote on this round" in payload for payload in seen[True])
    assert seen[True] == seen[False]


async def _either_way(tmp_path: Path, *, rounds: bool = False) -> dict[bool, list[str]]:
    seen: dict[bool, list[str]] = {}
    for seed in range(20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        text = "X" * 2500
        left_is_a, sent = await _payloads(folder, seed=seed, first=text, second=text, rounds=rounds)
        seen.setdefault(left_is_a, sent)
        if len(seen) == 2:
            break
    return seen
