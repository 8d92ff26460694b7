"""What a contender is told."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Exchange:
    """An earlier question of a conversation, and what this very contender answered: never its thinking."""

    prompt: str
    answer: str


@dataclass(frozen=True)
class Said:
    """One question, and what goes before it."""

    prompt: str
    system: str | None = None
    """The system prompt."""
    before: Sequence[Exchange] = ()
    """What was said before, the oldest first."""

    @property
    def turns(self) -> list[tuple[str, str]]:
        """Role and text of each message, the system prompt left out."""
        earlier = [turn for one in self.before for turn in (("user", one.prompt), ("assistant", one.answer))]
        return [*earlier, ("user", self.prompt)]

    @property
    def read(self) -> str:
        """Everything that the contender reads."""
        return (self.system or "") + "".join(text for _, text in self.turns)
