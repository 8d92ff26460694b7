"""Lengths of time as people write them: 90s, 10m, 24h, 2d, 1h30m."""

import re
from datetime import timedelta

from bot.words import say, say_many

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> timedelta:
    """Read a length of time. Raises `ValueError` whose text shows how it is written."""
    if not re.fullmatch(r"(\d{1,6}[smhd])+", text.strip().lower()):
        raise ValueError(say("“{text}” is no length of time: write it like 10m, 24h or 1h30m", text=text))
    parts = re.findall(r"(\d+)([smhd])", text.strip().lower())
    return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in parts))


def say_duration(length: timedelta) -> str:
    """Write a length of time the way it is read, e.g. `1h30m`."""
    return "".join(f"{number}{unit}" for unit, number in _parts(length)) or "0s"


def spell_duration(length: timedelta) -> str:
    """The same in words, for a sentence, e.g. `24 hours`."""
    spelt = {
        "d": lambda many: say_many("{count} day", "{count} days", many),
        "h": lambda many: say_many("{count} hour", "{count} hours", many),
        "m": lambda many: say_many("{count} minute", "{count} minutes", many),
        "s": lambda many: say_many("{count} second", "{count} seconds", many),
    }
    return " ".join(spelt[unit](number) for unit, number in _parts(length) or [("s", 0)])


def _parts(length: timedelta) -> list[tuple[str, int]]:
    """How many of which unit; a single day is hours, as people say it."""
    left = int(length.total_seconds())
    parts = []
    for unit in "dhms" if length >= timedelta(days=2) else "hms":
        number, left = divmod(left, _UNITS[unit])
        if number:
            parts.append((unit, number))
    return parts
