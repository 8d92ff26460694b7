"""Slack-shaped identifiers: a prefix and nine capitals or digits, never the same twice in a workspace."""

from __future__ import annotations

import itertools

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STRIDE = 999_999_000_001  # a prime, so coprime to 36: the ids look shuffled and never collide


class Ids:
    """Draws identifiers: the same ones in the same order in every workspace, so failures read alike."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def next(self, kind: str) -> str:
        """A fresh identifier: `kind` (Slack's prefix: U, C, Ev …), a zero, and eight base-36 digits."""
        number = next(self._count) * _STRIDE % 36**8
        digits = ""
        for _ in range(8):
            number, digit = divmod(number, 36)
            digits = _DIGITS[digit] + digits
        return f"{kind}0{digits}"
