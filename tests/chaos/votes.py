"""What people did with their reactions under one duel, read plainly, beside what was counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.votes import UNTOLD, Choice
from handlers.emoji import Emoji
from playground import Playground

EMOJI = Emoji(("a", "b", "handshake", "thumbsdown"))


@dataclass(frozen=True)
class Ended:
    """The vote on a duel that is over, as Slack has it."""

    slack: Playground
    message: dict[str, Any]
    closes: datetime
    """When it was over."""
    counted: datetime
    """When it was counted."""

    def on(self, user: str) -> set[str]:
        """The reactions that somebody has on."""
        return {one["name"] for one in self.message.get("reactions", []) if user in one["users"]}

    def did(self, user: str) -> list[dict[str, Any]]:
        """The events of what somebody did, in order, whether we were told of them or not."""
        return [
            payload
            for payload in self.slack.levers.delivery.sent
            if payload["event"]["type"] in ("reaction_added", "reaction_removed")
            and payload["event"]["user"] == user
            and payload["event"]["item"]["ts"] == self.message["ts"]
        ]

    def cast(self, user: str) -> list[Choice | None]:
        """Their newest choice that was still on when the vote was over, and what they made of it until it was
        counted.
        """
        order: list[Choice | None] = []
        read: list[Choice | None] = [None]
        for payload in self.did(user):
            at = float(payload["event"]["event_ts"])
            if at > self.counted.timestamp():
                break
            choice = EMOJI.choice(payload["event"]["reaction"])
            if payload["event"]["type"] == "reaction_added":
                order.append(choice)
            else:
                order.remove(choice)
            newest = order[-1] if order else None
            read = [newest] if at <= self.closes.timestamp() else [*read, newest]
        return read

    def is_unknowable(self, user: str, vote: Choice | None) -> bool:
        """Whether another choice than the newest had to be counted: several are on, and that one of them was
        put on is an event that had not come when it had been waited for long enough.
        """
        on, acknowledged = self.on(user), self.slack.levers.delivery.acknowledged
        if len(on) < 2 or vote not in {EMOJI.choice(name) for name in on} or self.waited < UNTOLD:
            return False
        newest = {
            payload["event"]["reaction"]: payload["event_id"]
            for payload in self.did(user)
            if payload["event"]["type"] == "reaction_added"
        }
        end = self.counted.timestamp()
        return any(acknowledged.get(newest[name], end) >= end for name in on)

    @property
    def waited(self) -> timedelta:
        """From its end to its count."""
        return self.counted - self.closes

    def told(self, user: str) -> str:
        """What they did, and when we acknowledged it, in seconds after the vote was over."""
        acknowledged, closes = self.slack.levers.delivery.acknowledged, self.closes.timestamp()
        acts = [
            f"{payload['event']['reaction']} {payload['event']['type'][9:]} "
            f"{float(payload['event']['event_ts']) - closes:.1f} "
            f"told {acknowledged.get(payload['event_id'], float('nan')) - closes:.1f}"
            for payload in self.did(user)
        ]
        return f"{', '.join(acts)}; counted {self.waited.total_seconds():.1f}"
