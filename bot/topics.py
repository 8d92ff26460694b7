"""What kind of prompt, in which language: the names of topics, and when a score is sure enough to be said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.duel import Topic
from bot.errors import UsageError
from bot.words import listed, say, sentences

SURE = 0.6
"""Probability from which a topic is said. `python -m training` prints how often it is right from there on."""
CLEAR = 2.5
"""Odds of a language over the next on the list from which it is said."""
FOREIGN = 1.5
"""Odds at which a language that is not on the list speaks against the best that is."""
LETTERS = 6
"""Bytes of letters, in UTF-8, that a text needs to have a language: two signs of Chinese, six of Latin."""

ALIASES: Mapping[str, Topic] = {
    "code": Topic.CODING,
    "programming": Topic.CODING,
    "math": Topic.MATHS,
    "reasoning": Topic.MATHS,
    "customer-service": Topic.SERVICE,
    "support": Topic.SERVICE,
    "language": Topic.TRANSLATION,
}
"""What people type besides the names themselves."""

_NOT_SPOKEN = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)

Scores = Sequence[tuple[str, float]]
"""Languages with their probabilities, the likeliest first."""


@dataclass(frozen=True)
class Label:
    """What was found out about a prompt. `None` is unknown: nothing here is a guess."""

    topic: Topic | None = None
    language: str | None = None
    """ISO 639-1 code."""


def topic_named(name: str) -> Topic:
    """The topic that somebody means. Raises `UsageError`, which lists them."""
    wanted = name.strip().lower()
    try:
        return ALIASES.get(wanted) or Topic(wanted)
    except ValueError:
        said = (
            say("There is no topic “{name}”.", name=name)
            if wanted
            else say("A topic goes right after `as:`.")
        )
        which = say("Write one of {topics}, for example `as:coding`.", topics=listed(Topic))
        raise UsageError(sentences(said, which)) from None


def spoken(text: str) -> str:
    """A text without its code and its links, which are in no language."""
    return _NOT_SPOKEN.sub(" ", text)


def sure_topic(probabilities: Mapping[Topic, float]) -> Topic | None:
    """The likeliest topic, where it is likely enough."""
    best = max(probabilities, key=lambda topic: probabilities[topic])
    return best if probabilities[best] >= SURE else None


def sure_language(text: str, listed: Scores, everything: Scores) -> str | None:
    """The language of a text, where the text is long enough and one language stands out.

    `listed` ranks the languages that are looked for, `everything` all that are known: a text in one that is
    not looked for has none, instead of the nearest that is.
    """
    if sum(len(sign.encode()) for sign in text if sign.isalpha()) < LETTERS:
        return None
    (best, probability), *others = listed
    names = {name for name, _ in listed}
    overall = dict(everything)
    foreign = max((odds for name, odds in everything if name not in names), default=0.0)
    clear = not others or probability >= CLEAR * others[0][1]
    return best if clear and foreign <= FOREIGN * overall[best] else None
