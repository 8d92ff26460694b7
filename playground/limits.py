"""Slack's rate limit on posting: about one message a second a channel, with some patience for a burst."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.errors import SlackError

BURST = 5


@dataclass(slots=True)
class PostLimit:
    """A bucket for each channel. `per_second` None switches the limit off."""

    now: Callable[[], float]
    per_second: float | None
    burst: int = BURST
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, channel: str) -> None:
        """Count one message. Raises SlackError ratelimited, with `retry_after` in whole seconds."""
        if self.per_second is None:
            return
        now = self.now()
        level, since = self._buckets.get(channel, (float(self.burst), now))
        level = min(float(self.burst), level + (now - since) * self.per_second)
        if level < 1:
            self._buckets[channel] = (level, now)
            raise SlackError("ratelimited", retry_after=max(1, math.ceil((1 - level) / self.per_second)))
        self._buckets[channel] = (level - 1, now)
