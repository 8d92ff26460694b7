"""What people type after `/duel` that is no prompt: `digest …`, `stats …`, `why <duel>`.

What only begins like one of these stays a prompt: “stats are boring, why?” is for the models.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.digest import HOW, Slot, is_weekday, parse_slot
from bot.duel import DuelId, Place, Topic
from bot.errors import UsageError
from bot.words import noted, say

WINDOWS = {"7d": timedelta(days=7), "30d": timedelta(days=30), "all": None}
_DUEL = re.compile(r"[a-z2-7]{10}")
_LINK = re.compile(r"<?https?://\S+/archives/([A-Z0-9]+)/p(\d{10})(\d{6})\S*")
_ROOT = re.compile(r"[?&]thread_ts=(\d{10}\.\d{6})")
DIGEST_HOW = noted(
    "`/duel digest on mon 09:00 Europe/Berlin`, `/duel digest off`, `/duel digest now` or "
    "`/duel digest preview`"
)
STATS_HOW = noted("`/duel stats`, `/duel stats 30d coding` or `/duel stats all here de`")


class When(StrEnum):
    """What is to become of the channel's digest."""

    OFF = "off"
    NOW = "now"
    PREVIEW = "preview"


@dataclass(frozen=True)
class DigestOn:
    """They want a digest each week; without a slot, at the usual one."""

    slot: Slot | None


@dataclass(frozen=True)
class DigestTo:
    """They want none, or one now, or to see what it would say."""

    what: When


@dataclass(frozen=True)
class Stats:
    """They want to know how things stand."""

    window: timedelta | None = None
    """`None`: all of it."""
    topic: Topic | None = None
    language: str | None = None
    here: bool = False
    """In this channel only, not in all of the workspace."""


@dataclass(frozen=True)
class Why:
    """They want to know how one duel was counted."""

    duel: DuelId | Place


Aside = DigestOn | DigestTo | Stats | Why


def aside(text: str, zone: ZoneInfo) -> Aside | None:
    """Read it; `None`: it is a prompt. `zone` is that of an hour without one. Raises `UsageError`."""
    word, *rest = text.split() or [""]
    reading = {"digest": _digest, "stats": _stats, "why": _why}.get(word.lower())
    if reading is None:
        return None
    return reading(rest, zone)


def linked(text: str) -> Place | None:
    """The message that a link leads to, or `None` if it is no such link."""
    link = _LINK.match(text)
    return Place(f"{link[1]}/{link[2]}.{link[3]}") if link else None


def thread_linked(text: str) -> Place | None:
    """The message whose thread a link leads to; a link to a reply names it."""
    place, root = linked(text), _ROOT.search(text)
    return place if place is None or root is None else Place(f"{place.partition('/')[0]}/{root[1]}")


def _digest(words: list[str], zone: ZoneInfo) -> Aside | None:
    if not words:
        raise UsageError(say("What about the digest? {how}.", how=say(DIGEST_HOW)))
    first, *rest = (word.lower() for word in words)
    if first in tuple(When) and not rest:
        return DigestTo(When(first))
    if first != "on" or len(rest) > 3:
        return None
    if not rest:
        return DigestOn(None)
    if not (is_weekday(rest[0]) or rest[0][0].isdigit()) or (len(rest) > 1 and not _like_time(rest[1])):
        return None
    try:
        return DigestOn(parse_slot(" ".join(words[1:]), zone))
    except ValueError as error:
        raise UsageError(
            say("{error}.", error=error)
            if say(HOW) in str(error)
            else say("{error}: {how}.", error=error, how=say(DIGEST_HOW))
        ) from None


def _like_time(word: str) -> bool:
    return word[0].isdigit() or is_weekday(word)


def _stats(words: list[str], _: ZoneInfo) -> Aside | None:
    if len(words) > 4:
        return None
    kinds = [_kind(word.lower()) for word in words]
    unknown = [word for word, kind in zip(words, kinds, strict=True) if kind is None]
    if unknown:
        near = get_close_matches(unknown[0].lower(), [*WINDOWS, *Topic, "here"], 1, 0.75)
        if len(unknown) > 1 or not (near or re.fullmatch(r"\d+[a-z]", unknown[0].lower())):
            return None
        guess = say("Did you mean “{word}”?", word=near[0]) if near else say("Windows are 7d, 30d and all.")
        raise UsageError(
            say(
                "“{word}” is no window, topic or language. {guess} For example {how}.",
                word=unknown[0],
                guess=guess,
                how=say(STATS_HOW),
            )
        )
    if len(set(kinds)) < len(kinds):
        raise UsageError(
            say("One window, one topic and one language at the most: {how}.", how=say(STATS_HOW))
        )
    found = {kind: word.lower() for kind, word in zip(kinds, words, strict=True)}
    return Stats(
        window=WINDOWS[found.get("window", "all")],
        topic=Topic(found["topic"]) if "topic" in found else None,
        language=found.get("language"),
        here="here" in found,
    )


def _kind(word: str) -> str | None:
    if word in WINDOWS:
        return "window"
    if word in tuple(Topic):
        return "topic"
    if word == "here":
        return "here"
    return "language" if re.fullmatch(r"[a-z]{2}", word) else None


def _why(words: list[str], _: ZoneInfo) -> Aside | None:
    if not words:
        raise UsageError("Why what? Copy the link of a duel's message, then: `/duel why <link>`.")
    if len(words) > 1:
        return None
    if place := linked(words[0]):
        return Why(place)
    return Why(DuelId(words[0])) if _DUEL.fullmatch(words[0]) else None
