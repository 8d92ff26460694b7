"""Ten thousand texts through splitting and cards: nothing is refused, lost, reordered or live."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from markdown_it import MarkdownIt

from bot.bulletin import Account, Counted
from bot.duel import Answer, ContenderId, Duel, DuelId, Outcome, Person, Place, Side, State
from bot.votes import Tally
from handlers.cards import Message
from handlers.cards import duel as cards
from handlers.cards.markdown import safe
from handlers.cards.stats import why
from handlers.cards.text import clean
from handlers.emoji import Emoji
from tests.worlds.payloads import faults
from tests.worlds.texts import text

pytestmark = pytest.mark.slow

SEED = 20261124
SHARES = 4
"""Parts that may be told at once."""
TRIPLES = 10_000 // 3 // SHARES + 1
EMOJI = Emoji(("a", "b", "handshake", "thumbsdown"))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
SEATS = {Side.A: ContenderId("q"), Side.B: ContenderId("d")}
NAMES = {SEATS[Side.A]: "Qwen", SEATS[Side.B]: "DeepSeek"}


@pytest.mark.parametrize("share", range(SHARES))
def test_no_text_breaks_a_card(share: int) -> None:
    random = Random(SEED + share)
    for _ in range(TRIPLES):
        three = [text(random) for _ in range(3)]
        for one in three:
            _whole(one)
        for card in _life(*three):
            _fit(card, three)


def _life(prompt: str, a: str, b: str) -> Iterator[Message]:
    """Every card that shows what others wrote, with these texts in it."""
    duel = Duel(DuelId("abcdefghij"), Person("T1", "U1"), Place("C1"), prompt, SEATS, NOW, timedelta(hours=1))
    answers = {Side.A: _answer(Side.A, a), Side.B: _answer(Side.B, b)}
    failed = {**answers, Side.B: replace(answers[Side.B], outcome=Outcome.TIMEOUT, detail=a[:300])}
    yield cards.waiting(duel, finished=1, elapsed_s=3)
    yield cards.vote(duel, answers, NOW, 3, EMOJI)
    yield from cards.question(duel)
    ended = replace(duel, state=State.REVEALED, excluded=a[:200])
    yield cards.reveal(ended, answers, Tally(1), NAMES, EMOJI)
    yield cards.reveal(replace(duel, state=State.VOID, void_reason=a[:200]), failed, Tally(), NAMES, EMOJI)
    rounds = [Counted(replace(ended, id=DuelId(f"r{at}"), round=at), {}) for at in range(1, 11)]
    yield why(Account(ended, {}, answers, 0, 0, 0, rounds), NAMES)


def _answer(side: Side, text: str) -> Answer:
    known = text[:100]
    return Answer(SEATS[side], text, Outcome.CUT_OFF, asked_model="m", reported_model=known)


def _fit(card: Message, texts: list[str]) -> None:
    wrong = list(faults("chat.update", card))
    assert not wrong, f"{wrong}\nof {texts!r}"
    for block in card["blocks"]:
        if block["type"] == "markdown":
            _no_picture(block["text"])


def _whole(text: str) -> None:
    """All of it stands in the parts, in order; and of a question in its parts."""
    parts = cards.parts(Side.A, _answer(Side.A, text), EMOJI)
    for part in parts:
        _fit(part, [text])
    _in_order(safe(text.strip()), [part["blocks"][1]["text"] for part in parts], text)
    duel = Duel(DuelId("abcdefghij"), Person("T1", "U1"), Place("C1"), text, SEATS, NOW, timedelta(hours=1))
    if pieces := cards.question(duel):
        _in_order(clean(text), [_quoted(piece) for piece in pieces], text)


def _quoted(card: Message) -> str:
    (block,) = card["blocks"]
    quote: Any = block["elements"][0]["elements"][0]["text"]
    return str(quote)


def _in_order(whole: str, pieces: Iterable[str], text: str) -> None:
    """Each letter of the whole comes after the one before it; heads of tables and fences may come again."""
    found = iter(re.sub(r"\s", "", "".join(pieces)))
    lost = next((number for number, sign in enumerate(re.sub(r"\s", "", whole)) if sign not in found), None)
    assert lost is None, f"lost from letter {lost} on: {text!r}"


def _no_picture(shown: str) -> None:
    if "![" not in shown:
        return
    for token in MARKDOWN.parse(shown):
        assert not [child for child in token.children or () if child.type == "image"], shown
