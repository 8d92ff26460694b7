"""The nouns: a duel, its sides, its answers. No I/O, no clock."""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import NewType

from bot.rules import ANY_RULES, Rules

DuelId = NewType("DuelId", str)
ContenderId = NewType("ContenderId", str)
Pair = tuple[ContenderId, ContenderId]
_DATE = re.compile(r"-[0-9]{4}(-?[0-9]{2}){0,2}")
Place = NewType("Place", str)
"""Where something is shown. Opaque here: only the stage can read it."""
SHORTEST_VOTE = timedelta(seconds=1)
LONGEST_VOTE = timedelta(days=30)


class Side(StrEnum):
    """Which of the two answers, for as long as their authors are unnamed."""

    A = "a"
    B = "b"

    @property
    def other(self) -> "Side":
        return Side.B if self is Side.A else Side.A


class State(StrEnum):
    """How far a duel has come; it only ever moves down this list."""

    ASKED = "asked"
    """Written down; the contenders are at it."""
    OPEN = "open"
    """Both answers are shown; people vote."""
    CLOSED = "closed"
    """Its vote has closed, or it has none; the names wait until every round that is blind with it is over."""
    REVEALED = "revealed"
    """The end of a duel that was voted on."""
    VOID = "void"
    """The end of a duel that cannot count for preference; `void_reason` says why."""

    @property
    def ended(self) -> bool:
        return self in (State.REVEALED, State.VOID)

    @property
    def over(self) -> bool:
        """Whether nobody's vote changes anything any more, though the names may not be out."""
        return self is State.CLOSED or self.ended


class Outcome(StrEnum):
    """What became of a contender's answer. Only `OK` is a clean success."""

    OK = "ok"
    CUT_OFF = "cut_off"
    EMPTY = "empty"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    OVERLOADED = "overloaded"
    RATE_LIMITED = "rate_limited"
    OUT_OF_CREDIT = "out_of_credit"
    AUTHENTICATION = "authentication"
    CONFIGURATION = "configuration"
    BAD_RESPONSE = "bad_response"

    @property
    def votable(self) -> bool:
        """Whether people can judge the text: it is whole, or cut only by the limit both were given."""
        return self in (Outcome.OK, Outcome.CUT_OFF)


class CloseReason(StrEnum):
    """Why a vote ended."""

    TIME = "time"
    QUORUM = "quorum"
    ASKER = "asker"
    """A person's button: the asker's, or anybody's where that is allowed."""
    IMPORTED = "imported"
    """It was voted on elsewhere, or in another database."""


class Topic(StrEnum):
    """What a prompt is about."""

    CODING = "coding"
    MATHS = "maths"
    WRITING = "writing"
    SERVICE = "service"
    TRANSLATION = "translation"
    FACTS = "facts"
    SAFETY = "safety"
    OTHER = "other"


class TopicBy(StrEnum):
    """Who said what a prompt is about."""

    PERSON = "person"
    CLASSIFIER = "classifier"


@dataclass(frozen=True)
class Person:
    """Somebody, known only together with their team."""

    team: str
    user: str


@dataclass(frozen=True)
class Usage:
    """Tokens as the provider billed them; reasoning is a part of output. `None` is unknown, never 0."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True)
class Timing:
    """Seconds since the request was sent, by a monotonic clock; `None` where it never came to that."""

    ttft_s: float | None = None
    """To the first non-empty reasoning or content."""
    ttfa_s: float | None = None
    """To the first content."""
    total_s: float | None = None
    """To the last content, or to the failure."""

    def visible_speed(self, usage: Usage) -> float | None:
        """Tokens of visible text a second: (output − reasoning) / (total − TTFA).

        Unknown where it thought before its first word and nobody counted that: self-hosted servers and
        Bedrock bill thinking as output, and do not tell it apart.
        """
        if self.ttfa_s is None or self.total_s is None or usage.output_tokens is None:
            return None
        if usage.reasoning_tokens is None and self.ttft_s != self.ttfa_s:
            return None
        seconds = self.total_s - self.ttfa_s
        visible = usage.output_tokens - (usage.reasoning_tokens or 0)
        return visible / seconds if seconds > 0 and visible > 0 else None


@dataclass(frozen=True)
class Bill:
    """What an answer cost, with the unit prices it was billed at, so that no later price can rewrite it."""

    usd: Decimal | None = None
    """`None` where the price or the usage is unknown."""
    price_id: str | None = None
    """List, date and window of the price, e.g. `deepseek-flash@2026-09-10/peak`."""
    input_price: Decimal | None = None
    """US dollars a million tokens, as are the next two; `None` where the price is unknown."""
    cache_hit_price: Decimal | None = None
    output_price: Decimal | None = None


@dataclass(frozen=True)
class Answer:
    """One contender's answer as a fact, a failure included."""

    contender: ContenderId
    text: str
    outcome: Outcome
    finish_reason: str | None = None
    detail: str = ""
    """Why it failed, in words a person can act on; empty for a success."""
    timing: Timing = field(default_factory=Timing)
    usage: Usage = field(default_factory=Usage)
    bill: Bill = field(default_factory=Bill)
    attempts: int = 1
    """Calls made; an answer that took more than one is left out of the speed figures."""
    asked_model: str | None = None
    """The model id that was asked for."""
    reported_model: str | None = None
    """The model id that the provider says has answered."""
    reasoning: str = ""

    @property
    def other_model(self) -> str | None:
        """The model that answered, where it is not the one that was asked for, nor a dated name of it."""
        if not self.asked_model or not self.reported_model:
            return None
        asked, reported = self.asked_model.casefold(), self.reported_model.casefold()
        more = reported.removeprefix(asked)
        same = not more or (more != reported and _DATE.fullmatch(more))
        return None if same else self.reported_model


@dataclass(frozen=True)
class Duel:
    """One prompt put to two contenders, and what has become of it."""

    id: DuelId
    asker: Person
    room: Place
    """Where it was asked, and where it is to be shown."""
    prompt: str
    seats: Mapping[Side, ContenderId]
    asked_at: datetime
    vote_for: timedelta
    """How long the vote stays open once both answers are shown."""
    state: State = State.ASKED
    shown_at: Place | None = None
    """The message that carries the duel, once there is one."""
    closes_at: datetime | None = None
    close_reason: CloseReason | None = None
    closed_by: Person | None = None
    """Who pressed the button, where somebody did."""
    void_reason: str | None = None
    within: Place | None = None
    """The message under which it is to be shown; `None`: in the room itself."""
    reply_to: str | None = None
    """A way to tell the asker alone something; opaque, short-lived and secret."""
    topic: Topic | None = None
    """`None` is unclassified: nobody said it, and nothing that could tell was asked."""
    topic_by: TopicBy | None = None
    language: str | None = None
    """Of the prompt, as an ISO 639-1 code."""
    rules: Rules = ANY_RULES
    """What was settled when it was asked."""
    introduces: bool = False
    """Whether it tells its room where prompts go: the first duel there does."""
    excluded: str | None = None
    """Why its votes do not count for preference though it was voted on, e.g. an answer named its author."""

    is_cancelled: bool = False
    """Its asker has taken it back while the contenders were at it."""
    round: int = 1
    """Where it stands in its conversation."""
    after: DuelId | None = None
    """The round that it goes on from."""
    chain: DuelId | None = None
    """The first of the rounds that it is blind together with; `None`: it is the first itself."""

    def __repr__(self) -> str:
        return f"Duel({self.id!r}, {self.state})"


def duel_id(key: str) -> DuelId:
    """Name a duel by its natural key, so that the same request delivered twice is one duel.

    Ten letters of SHA-256 in base32: short enough to type, and it tells nothing of the sides.
    """
    return DuelId(b32encode(hashlib.sha256(key.encode()).digest())[:10].decode().lower())


ANONYMOUS, BARRED = "anon-", "barred-"
"""How the names begin of those who are not named: a pseudonym that is met in an import is kept, and never
hashed again. The second are of those who were forgotten in an open duel that does not count their votes."""


def pseudonym(person: Person, secret: bytes) -> str:
    """A lasting name for somebody that tells a provider nothing: 32 hexadecimal digits of HMAC-SHA-256.

    `secret` is one that no provider knows, for ids are few enough to be tried out against a plain hash.
    """
    return hmac.new(secret, f"{person.team}:{person.user}".encode(), hashlib.sha256).hexdigest()[:32]


def seat(pair: Pair, rng: Random) -> dict[Side, ContenderId]:
    """Deal the two contenders to sides A and B by a fair coin, so that position betrays nobody."""
    first, second = pair if rng.random() < 0.5 else (pair[1], pair[0])
    return {Side.A: first, Side.B: second}
