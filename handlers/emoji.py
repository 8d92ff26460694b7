"""Which emoji means which choice."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.errors import SettingsError, UsageError
from bot.votes import Choice

_ALIASES = {"thumbsup": "+1", "thumbsdown": "-1"}
_NAME = re.compile(r"[\w+'-]{1,100}")


class Emoji:
    """The four emoji that vote, by Slack's names."""

    def __init__(self, names: Sequence[str]) -> None:
        """Four of them. Raises `SettingsError` where two are one and the same to Slack."""
        self._names: Mapping[Choice, str] = dict(
            zip((Choice.A, Choice.B, Choice.TIE, Choice.BOTH_BAD), names, strict=True)
        )
        self._choices = {_plain(name): choice for choice, name in self._names.items()}
        if len(self._choices) != len(self._names):
            raise SettingsError("VOTE_EMOJI: two of them are the same emoji. Name four different ones.")

    def name(self, choice: Choice) -> str:
        return self._names[choice]

    def code(self, choice: Choice) -> str:
        return f":{self._names[choice]}:"

    def choice(self, reaction: str) -> Choice | None:
        """What a reaction votes for, whatever its skin tone or alias; `None` if it is no vote."""
        return self._choices.get(_plain(reaction))

    @classmethod
    def read(cls, text: str) -> tuple[str, ...]:
        """Four names as people write them. Raises `UsageError` where they are not four different emoji."""
        names = tuple(name for name in re.split(r"[\s,:]+", re.sub(r"::skin-tone-\d", "", text)) if name)
        if len(names) != 4 or not all(_NAME.fullmatch(name) for name in names):
            raise UsageError(
                "Name four emoji, for A, B, a tie and both bad, like: a, b, handshake, thumbsdown"
            )
        if len({_plain(name) for name in names}) != 4:
            raise UsageError("Two of these are the same emoji. Name four different ones.")
        return names

    @property
    def all(self) -> tuple[str, ...]:
        """Their names, in the order in which they are offered."""
        return tuple(self._names.values())


@lru_cache(1024)
def spellings(reaction: str) -> frozenset[str]:
    """All the names that a reaction goes by, whatever its skin tone."""
    plain = _plain(reaction)
    return frozenset({plain, *(name for name, known in _ALIASES.items() if known == plain)})


@lru_cache(1024)
def _plain(name: str) -> str:
    name = re.sub(r"::skin-tone-\d$", "", name)
    return _ALIASES.get(name, name)
