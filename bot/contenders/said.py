"""What a contender is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One question, and what goes before it."""

    prompt: str
    system: str | None = None
    """The system prompt."""
