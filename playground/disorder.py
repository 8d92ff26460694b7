"""Events as a bad day brings them: late, in another order, and more than once."""

from __future__ import annotations

from random import Random
from typing import Any

Envelope = dict[str, Any]


class Disorder:
    """Keeps events back until somebody waits for them, and lets them go as chance has it.

    Every event comes at least once. About half of them come again later, as the retry of a delivery whose
    acknowledgement went astray, after whatever has happened since.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._late: list[Envelope] = []
        self._again: list[Envelope] = []

    def take(self, payload: Envelope) -> None:
        self._late.append(payload)

    @property
    def holds(self) -> bool:
        """Whether an event has not come once yet."""
        return bool(self._late)

    def let_go(self) -> list[tuple[Envelope, bool]]:
        """What comes now, in this order, each with whether it has come before."""
        fresh, self._late = self._late, []
        if not fresh:
            return []
        repeats = [payload for payload in self._again if self._rng.random() < 0.5]
        self._again = [payload for payload in self._again if payload not in repeats]
        self._again += [payload for payload in fresh if self._rng.random() < 0.5]
        coming = [(payload, False) for payload in fresh] + [(payload, True) for payload in repeats]
        self._rng.shuffle(coming)
        return coming
