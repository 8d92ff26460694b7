"""People who ask and vote, by seed; they remember what they did."""

import asyncio
import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from playground import Playground

VOTE_S = 6
"""Seconds that each vote stays open."""
VOTERS = ("ben", "chloe", "dev")
EMOJI = ("a", "b", "handshake", "-1")


@dataclass
class Asked:
    """One prompt. `sure`: it was acknowledged without a word, so the duel must be there."""

    prompt: str
    sure: bool
    told: str = ""
    """Why there is no duel, where the asker was told."""
    deleted: bool = False
    """Whether its message was deleted by somebody."""


@dataclass
class People:
    """Those in the workspace."""

    slack: Playground
    rooms: list[str]
    rng: Random
    asked: dict[str, Asked] = field(default_factory=dict)
    messages_seen: dict[str, float] = field(default_factory=dict)

    async def ask(self, until: float) -> None:
        """One asks, again and again."""
        ana, loop = self.slack.person("ana"), asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(self.rng.uniform(0.3, 1.2))
            prompt = f"question {len(self.asked)} of the day"
            asked = self.asked[prompt] = Asked(prompt, sure=False)
            ack = await self.slack.command(
                ana, self.rng.choice(self.rooms), "/duel", f"for:{VOTE_S}s {prompt}"
            )
            asked.sure, asked.told = ack.ok and not ack.text, ack.text if ack.ok else ""

    async def vote(self, until: float) -> None:
        """Three vote, and change their minds, in the first half of a vote: later ones may come too late."""
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(self.rng.uniform(0.01, 0.15))
            choices = [
                (room, message)
                for room in self.rooms
                for message in self.slack.messages(room)
                if "Which one is better?" in str(message.get("blocks"))
                and self._early(message["ts"], loop.time())
            ]
            if not choices:
                continue
            room, message = self.rng.choice(choices)
            if self.rng.random() < 0.005:
                self.asked[prompt_of(message)].deleted = True
                await self.slack.delete_message(room, message["ts"])
                continue
            await self._move(self.slack.person(self.rng.choice(VOTERS)), room, message)

    async def _move(self, voter: str, room: str, message: dict[str, Any]) -> None:
        on = [r["name"] for r in message.get("reactions", []) if voter in r["users"]]
        if on and self.rng.random() < 0.7:
            await self.slack.unreact(voter, room, message["ts"], self.rng.choice(on))
        elif len(on) < len(EMOJI):
            name = self.rng.choice([name for name in EMOJI if name not in on])
            await self.slack.react(voter, room, message["ts"], name)

    def _early(self, ts: str, now: float) -> bool:
        return now - self.messages_seen.setdefault(ts, now) < VOTE_S / 2


def prompt_of(message: dict[str, Any]) -> str:
    """The prompt that a duel's message is about."""
    found = re.search(r"question \d+ of the day", str(message["blocks"][1]))
    assert found, message
    return found.group()
