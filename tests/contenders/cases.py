"""What a row of the fault table looks like, and the bytes that many of them share."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.duel import Outcome
from tests.worlds.provider import DONE, Reply, Step, chunk, usage

COST = Decimal("0.00014")
"""Of `usage()`: 10 tokens in at 2 dollars a million, 20 out at 6."""
HELLO = chunk(content="Hello")
THOUGHT = chunk(reasoning_content="Hm.")
STOP = chunk(finish="stop")
END = (STOP, usage(), DONE)
HTML = b"<html><body>502 Bad Gateway</body></html>"


@dataclass(frozen=True)
class Case:
    """A fault, by its number and name; the replies that hold it, one a request; what must come of it."""

    name: str
    replies: tuple[Reply, ...]
    outcome: Outcome
    text: str = ""
    reasoning: str = ""
    finish: str | None = None
    detail: str = ""
    """Found in what people are told; empty: nothing is."""
    requests: int = 1
    cost: Decimal | None = None
    """`None`: unknown."""
    cached: int | None = None
    ttft_s: float | None = None
    """`None`: whatever."""


def fine(name: str, *replies: Reply, **expected: Any) -> Case:
    """The last reply says hello, and all is well."""
    hello = {"text": "Hello", "finish": "stop", "cost": COST, "requests": len(replies)}
    return Case(name, replies, Outcome.OK, **{**hello, **expected})


def failed(name: str, outcome: Outcome, detail: str, *replies: Reply, **expected: Any) -> Case:
    """It fails with these words."""
    return Case(name, replies, outcome, detail=detail, **expected)


def whole(*steps: Step, end: tuple[Step, ...] = END) -> Reply:
    """A stream that ends well."""
    return Reply((*steps, *end))


def part(*steps: Step, reset: bool = False, hang: bool = False) -> Reply:
    """A stream that does not."""
    return Reply(steps, reset=reset, hang=hang)


def error(code: str, message: str) -> dict[str, Any]:
    """An error's body in OpenAI's form."""
    return {"error": {"code": code, "message": message}}
