"""One streamed answer, read event by event: text, reasoning, usage, the end. No I/O, no clock."""

import json
from dataclasses import dataclass, field
from typing import Any

from bot.contenders import faults
from bot.contenders.faults import Complaint, Fault
from bot.contenders.sse import Event
from bot.duel import Timing, Usage

MAX_CHARACTERS = 1_000_000
"""Of text and reasoning together; past that a stream is not an answer."""


class Failure(Exception):
    """A call that failed: which fault it is, and what the provider said."""

    def __init__(self, fault: Fault, said: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(fault.outcome)
        self.fault = fault
        self.said = said
        self.retry_after = retry_after


@dataclass(frozen=True)
class Delta:
    """A piece of an answer, as it came in."""

    text: str = ""
    reasoning: str = ""


@dataclass
class Reading:
    """What has come in so far. Times are monotonic seconds; `sent` is when the request left."""

    sent: float
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None
    reported_model: str | None = None
    done: bool = False
    first_token: float | None = None
    first_text: float | None = None
    last_text: float | None = None
    _characters: int = 0

    def take(self, event: Event, at: float) -> Delta | None:
        """Read one event that came in at that time. Raises `Failure` where it is an error or garbled."""
        if event.data.strip() == b"[DONE]":
            self.done = True
            return None
        if not event.data.strip():
            return None
        try:
            chunk = json.loads(event.data)
        except ValueError:
            raise Failure(faults.GARBLED) from None
        said = faults.complaint(chunk)
        if said is not None and (event.name == "error" or not chunk.get("choices")):
            raise Failure(faults.classify(said), said.message)
        if not isinstance(chunk, dict):
            raise Failure(faults.GARBLED)
        self._note(chunk)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        return self._choice(choice, at) if isinstance(choice, dict) else None

    def _note(self, chunk: dict[str, Any]) -> None:
        if isinstance(chunk.get("model"), str) and chunk["model"]:
            self.reported_model = chunk["model"]
        if isinstance(chunk.get("usage"), dict):
            self.usage = _usage(chunk["usage"])

    def _choice(self, choice: dict[str, Any], at: float) -> Delta | None:
        if isinstance(choice.get("finish_reason"), str) and choice["finish_reason"]:
            self.finish_reason = choice["finish_reason"]
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return None
        text = _string(delta.get("content"))
        reasoning = _string(delta.get("reasoning_content")) or _string(delta.get("reasoning"))
        if not text and not reasoning:
            return None
        self._characters += len(text) + len(reasoning)
        if self._characters > MAX_CHARACTERS:
            raise Failure(faults.ENDLESS)
        if self.first_token is None:
            self.first_token = at
        if text:
            self.text.append(text)
            self.first_text = at if self.first_text is None else self.first_text
            self.last_text = at
        if reasoning:
            self.reasoning.append(reasoning)
        return Delta(text, reasoning)

    def verdict(self) -> Fault | None:
        """What is wrong with the answer as a whole, now that its stream has ended."""
        if self.finish_reason is None:
            return faults.UNFINISHED
        fault = faults.BY_FINISH.get(self.finish_reason, faults.ODD_END)
        if fault is None and not "".join(self.text).strip():
            return faults.THOUGHT_ONLY if self.reasoning else faults.NO_TEXT
        return fault

    def timing(self, ended: float) -> Timing:
        """Seconds since the request was sent; a failure that brought no text lasts until it was noticed."""

        def since(at: float | None) -> float | None:
            return None if at is None else at - self.sent

        return Timing(
            ttft_s=since(self.first_token),
            ttfa_s=since(self.first_text),
            total_s=since(self.last_text or ended),
        )


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _usage(raw: dict[str, Any]) -> Usage:
    """Read usage in OpenAI's shape; DeepSeek's cache hits may come without the details object."""
    prompt = raw.get("prompt_tokens_details")
    completion = raw.get("completion_tokens_details")
    cached = _count(prompt.get("cached_tokens")) if isinstance(prompt, dict) else None
    if cached is None:
        cached = _count(raw.get("prompt_cache_hit_tokens"))
    return Usage(
        input_tokens=_count(raw.get("prompt_tokens")),
        cached_tokens=cached,
        output_tokens=_count(raw.get("completion_tokens")),
        reasoning_tokens=_count(completion.get("reasoning_tokens")) if isinstance(completion, dict) else None,
    )


def said_in(body: bytes) -> Complaint:
    """The provider's complaint in an error's body; nothing where the body is no JSON (an HTML page, say)."""
    try:
        return faults.complaint(json.loads(body)) or Complaint()
    except ValueError:
        return Complaint()
