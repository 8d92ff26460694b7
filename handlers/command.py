"""What people type after `/duel`: words first, then the prompt."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.duel import LONGEST_VOTE, SHORTEST_VOTE, Topic
from bot.durations import parse_duration, say_duration
from bot.errors import UsageError
from bot.topics import topic_named

_OPTION = re.compile(r"(?:for:(?P<for>\S*)|as:(?P<as>\S*)|with:(?P<with>[^\s,]*(?:\s*,\s*[^\s,]*)*))\s*")


@dataclass(frozen=True)
class Help:
    """They want to know how it goes."""


@dataclass(frozen=True)
class Votes:
    """They want the votes of this channel as a file."""


@dataclass(frozen=True)
class Ask:
    """They want a duel."""

    prompt: str
    vote_for: timedelta | None = None
    pair: tuple[str, ...] | None = None
    """Names as they were typed: whether there are such contenders is not known here."""
    topic: Topic | None = None


def parse(text: str) -> Help | Votes | Ask:
    """Read the words after the command. Raises `UsageError` where an option makes no sense.

    Slack sends `&`, `<` and `>` as entities; the models get what was typed.
    """
    text = text.strip()
    if text.lower() in ("help", "?"):
        return Help()
    if text.lower() == "export":
        return Votes()
    return wanted(text)


def wanted(text: str) -> Ask:
    """Read options and prompt. Raises `UsageError` where an option makes no sense."""
    vote_for = pair = topic = None
    while option := _OPTION.match(text):
        if option["for"] is not None:
            try:
                vote_for = vote_length(option["for"])
            except UsageError as error:
                raise UsageError(f"`for:` takes a length of time. {error}") from None
        elif option["as"] is not None:
            topic = topic_named(option["as"])
        else:
            pair = names(option["with"])
        text = text[option.end() :]
    return Ask(unescape(text), vote_for, pair, topic)


def names(value: str) -> tuple[str, ...]:
    """The names in a list with commas, as people write it."""
    return tuple(name for part in value.split(",") if (name := part.strip()))


def unescape(text: str) -> str:
    """Undo the three entities that Slack puts into text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def vote_length(value: str) -> timedelta:
    """How long a vote is to stay open. Raises `UsageError`."""
    try:
        length = parse_duration(value)
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    if not SHORTEST_VOTE <= length <= LONGEST_VOTE:
        shortest, longest = say_duration(SHORTEST_VOTE), say_duration(LONGEST_VOTE)
        raise UsageError(f"A vote can stay open from {shortest} to {longest}: write for example 10m.")
    return length
