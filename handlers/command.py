"""What people type after `/duel`: words first, then the prompt."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from bot.duel import LONGEST_VOTE, SHORTEST_VOTE, Topic
from bot.durations import parse_duration, say_duration
from bot.errors import UsageError
from bot.topics import topic_named
from bot.words import noted, say

_END = re.compile(r"(?:--|—)\s+")
"""Ends the options, as it is or as some keyboards correct it."""
_OPTION = re.compile(r"(?:for:(?P<for>\S*)|as:(?P<as>\S*)|with:(?P<with>[^\s,]*(?:\s*,\s*[^\s,]*)*))\s*")


HELP_TOPICS: Mapping[str, str] = {
    "ask": noted("what can be asked, of whom, for how long"),
    "rounds": noted("asking both on, in the thread of a duel"),
    "votes": noted("which emoji says what, and when the names appear"),
    "stats": noted("how things stand, and how a duel was counted"),
    "digest": noted("the channel's week, posted each week"),
    "settings": noted("what a channel can settle for itself"),
    "limits": noted("how much may be asked and spent"),
    "export": noted("the votes as a file"),
    "privacy": noted("what leaves Slack, and what is stored"),
}


@dataclass(frozen=True)
class Help:
    """They want to know how it goes."""

    topic: str = ""
    """One of `HELP_TOPICS`; empty: all of it, in short."""


@dataclass(frozen=True)
class Votes:
    """They want the votes of this channel as a file."""


@dataclass(frozen=True)
class Settle:
    """They want to see, and perhaps change, what holds in this channel."""


@dataclass(frozen=True)
class ForgetMe:
    """They want to be forgotten."""


@dataclass(frozen=True)
class Mine:
    """They want what is stored of them."""


@dataclass(frozen=True)
class Ask:
    """They want a duel."""

    prompt: str
    vote_for: timedelta | None = None
    pair: tuple[str, ...] | None = None
    """Names as they were typed: whether there are such contenders is not known here."""
    topic: Topic | None = None


def parse(text: str) -> Help | Votes | Settle | ForgetMe | Mine | Ask:
    """Read the words after the command. Raises `UsageError` where an option makes no sense.

    Slack sends `&`, `<` and `>` as entities; the models get what was typed.
    """
    text = text.strip()
    if text.lower() in ("help", "?"):
        return Help()
    if (topic := _help(text)) is not None:
        return Help(topic)
    if text.lower() == "export":
        return Votes()
    if text.lower() == "settings":
        return Settle()
    if (words := " ".join(text.lower().split())) in ("forget me", "export me"):
        return ForgetMe() if words == "forget me" else Mine()
    return wanted(text)


def wanted(text: str) -> Ask:
    """Read options and prompt: what comes after `--` is prompt, whatever it looks like.

    Raises `UsageError` where an option makes no sense.
    """
    vote_for = pair = topic = None
    while option := _OPTION.match(text):
        try:
            if option["for"] is not None:
                vote_for = vote_length(option["for"], "`for:10m`")
            elif option["as"] is not None:
                topic = topic_named(option["as"])
            else:
                pair = names(option["with"])
        except UsageError as error:
            raise UsageError(
                say("{error} If it is part of the prompt, put `--` before it.", error=error)
            ) from None
        text = text[option.end() :]
    if end := _END.match(text):
        text = text[end.end() :]
    return Ask(unescape(text), vote_for, pair, topic)


def _help(text: str) -> str | None:
    """The topic in `help votes`; `None`: it is a prompt. Raises `UsageError` where it is misspelt."""
    word, _, topic = text.lower().partition(" ")
    topic = topic.strip()
    if word != "help" or topic in HELP_TOPICS:
        return topic if word == "help" else None
    if near := get_close_matches(topic, HELP_TOPICS, 1, 0.75):
        raise UsageError(
            say("Did you mean `/duel help {topic}`? If it was a prompt, put it another way.", topic=near[0])
        )
    return None


def names(value: str) -> tuple[str, ...]:
    """The names in a list with commas, as people write it."""
    return tuple(name for part in value.split(",") if (name := part.strip()))


def unescape(text: str) -> str:
    """Undo the three entities that Slack puts into text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def vote_length(value: str, example: str) -> timedelta:
    """How long a vote is to stay open. Raises `UsageError`, which shows how that is written."""
    try:
        length = parse_duration(value)
    except ValueError as error:
        raise UsageError(
            say("{error}. For a vote, for example {example}.", error=error, example=example)
        ) from None
    if not SHORTEST_VOTE <= length <= LONGEST_VOTE:
        shortest, longest = say_duration(SHORTEST_VOTE), say_duration(LONGEST_VOTE)
        raise UsageError(
            say(
                "A vote can stay open from {shortest} to {longest}: write for example {example}.",
                shortest=shortest,
                longest=longest,
                example=example,
            )
        )
    return length
