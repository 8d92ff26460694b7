"""Lengths of time as people write them: 90s, 10m, 24h, 2d, 1h30m."""

import re
from datetime import timedelta

from bot.words import say

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> timedelta:
    """Read a length of time. Raises `ValueError` whose text shows how it is written."""
    if not re.fullmatch(r"(\d{1,6}[smhd])+", text.strip().lower()):
        raise ValueError(say("“{text}” is no length of time: write it like 10m, 24h or 1h30m", text=text))
    parts = re.findall(r"(\d+)([smhd])", text.strip().lower())
    return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in parts))


def say_duration(length: timedelta) -> str:
    """Write a length of time the way it is read, e.g. `1h30m`."""
    left = int(length.total_seconds())
    words = []
    for unit in "dhms":
        number, left = divmod(left, _UNITS[unit])
        if number:
            words.append(f"{number}{unit}")
    return "".join(words) or "0s"
