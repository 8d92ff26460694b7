"""One streamed answer, read event by event: text, reasoning, usage, the end. No I/O, no clock."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic_core import from_json

from bot.contenders import faults
from bot.contenders.complaint import Complaint, complaint
from bot.contenders.faults import Fault
from bot.contenders.pieces import Pieces, sound
from bot.contenders.sse import Event
from bot.contenders.thoughts import Thoughts
from bot.duel import Timing, Usage

MAX_CHARACTERS = 1_000_000
"""Of text and reasoning together; past that a stream is not an answer."""
_MAX_COUNT = (1 << 31) - 1


class Failure(Exception):
    """A call that failed: which fault it is, and what the provider said."""

    def __init__(
        self, fault: Fault, said: Complaint | None = None, *, retry_after: float | None = None
    ) -> None:
        super().__init__(fault.outcome)
        self.fault = fault
        self.said = said or Complaint()
        self.retry_after = retry_after


class Delta(NamedTuple):
    """A piece of an answer, as it came in."""

    text: str = ""
    reasoning: str = ""


@dataclass
class Reading:
    """What has come in so far. Times are monotonic seconds; `sent` is when the request left."""

    sent: float
    text: Pieces = field(default_factory=Pieces)
    reasoning: Pieces = field(default_factory=Pieces)
    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None
    reported_model: str | None = None
    done: bool = False
    """Whether the stream has said that it is over, which proves nothing."""
    first_token: float | None = None
    first_text: float | None = None
    last_text: float | None = None
    thoughts: Thoughts = field(default_factory=Thoughts)
    _characters: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing that matters can come any more, but usage."""
        return self.done or self.finish_reason is not None

    def take(self, event: Event, at: float) -> Delta | None:
        """Read one event that came in at that time. Raises `Failure` where it is an error or garbled."""
        data = event.data.strip()
        if not data:
            return None
        if data == b"[DONE]":
            self.done = True
            return None
        try:
            chunk = _load(data)
        except (ValueError, RecursionError):
            if event.name != "error":
                raise Failure(faults.GARBLED) from None
            chunk = {"message": data.decode("utf-8", "replace")}
        choices = chunk.get("choices") if isinstance(chunk, dict) else None
        if not choices or event.name == "error" or chunk.get("error"):
            self._listen(event.name, chunk)
        self._note(chunk)
        choice = choices[0] if isinstance(choices, list) and choices else None
        return self._choice(choice, at) if isinstance(choice, dict) else None

    def _listen(self, name: str, chunk: Any) -> None:
        """A chunk that may be an error: one with no choices, with an error in it, or announced as one."""
        said = complaint(chunk)
        if said is None and name == "error":
            said = Complaint(message=sound(chunk)) if isinstance(chunk, str) else Complaint()
        if said is not None:
            raise Failure(faults.classify(said), said)
        if not isinstance(chunk, dict):
            raise Failure(faults.GARBLED)

    def _note(self, chunk: dict[str, Any]) -> None:
        model = chunk.get("model")
        if model and isinstance(model, str):
            self.reported_model = model
        usage = chunk.get("usage")
        if usage and isinstance(usage, dict):
            self.usage = _usage(usage)

    def _choice(self, choice: dict[str, Any], at: float) -> Delta | None:
        finish_reason = choice.get("finish_reason")
        if finish_reason and isinstance(finish_reason, str):
            self.finish_reason = finish_reason
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return None
        text = _string(delta.get("content"))
        reasoning = _string(delta.get("reasoning_content") or delta.get("reasoning"))
        if not text and not reasoning:
            return None
        self._characters += len(text) + len(reasoning)
        if self._characters > MAX_CHARACTERS:
            raise Failure(faults.ENDLESS)
        if self.first_token is None:
            self.first_token = at
        if reasoning:
            self.thoughts.elsewhere()
        if text and not self.thoughts.over:
            thought, text = self.thoughts.part(text)
            reasoning += thought
        return self._add(text, reasoning, at)

    def _add(self, text: str, reasoning: str, at: float) -> Delta | None:
        if text:
            text = self.text.add(text)
            if self.first_text is None:  # blanks that were held back came with the first token
                thought = self.thoughts.any or str(self.reasoning)
                self.first_text = at if thought else self.first_token
            self.last_text = at
        if reasoning:
            reasoning = self.reasoning.add(reasoning)
        return Delta(text, reasoning) if text or reasoning else None

    def close(self) -> Delta | None:
        """Nothing more comes: give out what was held back, in case it was the beginning of a tag."""
        thought, text = self.thoughts.rest()
        return self._add(text, thought, self.sent if self.first_token is None else self.first_token)

    def verdict(self) -> Fault | None:
        """What is wrong with the answer as a whole, now that its stream has ended."""
        if self.finish_reason is None:
            return faults.UNFINISHED
        fault = faults.BY_FINISH.get(self.finish_reason, faults.ODD_END)
        if fault is None and not str(self.text).strip():
            return faults.THOUGHT_ONLY if str(self.reasoning) else faults.NO_TEXT
        return fault

    def timing(self, ended: float) -> Timing:
        """Seconds since the request was sent; a failure that brought no text lasts until it was noticed."""

        def since(at: float | None) -> float | None:
            return None if at is None else at - self.sent

        return Timing(
            ttft_s=since(self.first_token),
            ttfa_s=since(self.first_text),
            total_s=since(ended if self.last_text is None else self.last_text),
        )


def _load(data: bytes) -> Any:
    """Read JSON. pydantic's parser takes half the time; what it is too strict for is left to Python's."""
    try:
        return from_json(data, cache_strings="keys")
    except ValueError:
        return json.loads(data.decode("utf-8", "replace"))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return (
        value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_COUNT else None
    )


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
