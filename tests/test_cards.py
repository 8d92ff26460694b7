"""The cards, as a reviewer reads them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from syrupy.assertion import SnapshotAssertion

from bot.duel import (
    Answer,
    Bill,
    CloseReason,
    ContenderId,
    Duel,
    DuelId,
    Outcome,
    Person,
    Place,
    Side,
    State,
    Timing,
    Topic,
    Usage,
)
from bot.votes import Tally
from handlers.cards import duel as cards
from handlers.cards.figures import dollars, seconds
from handlers.emoji import Emoji

EMOJI = Emoji(("a", "b", "handshake", "thumbsdown"))
ASKED = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LABELS = {ContenderId("q"): "Qwen <Max>", ContenderId("d"): "DeepSeek"}


def _duel(**changes: object) -> Duel:
    seats = {Side.A: ContenderId("q"), Side.B: ContenderId("d")}
    made = {
        "id": DuelId("abc"),
        "asker": Person("T", "U1"),
        "room": Place("C"),
        "prompt": "Is <b> *bold*?",
        "seats": seats,
    }
    return Duel(**{**made, "asked_at": ASKED, "vote_for": timedelta(hours=1), **changes})  # type: ignore[arg-type]


def _answer(name: str, text: str = "Yes.", outcome: Outcome = Outcome.OK, **changes: object) -> Answer:
    known = {
        "timing": Timing(0.2, 0.4, 2.4),
        "usage": Usage(10, 0, 101, 0),
        "bill": Bill(Decimal("0.000628"), "p"),
    }
    return Answer(ContenderId(name), text, outcome, **{**known, **changes})  # type: ignore[arg-type]


BOTH = {Side.A: _answer("q"), Side.B: _answer("d", "No.")}


def test_waiting(snapshot: SnapshotAssertion) -> None:
    assert cards.waiting(_duel(), finished=1, elapsed_s=7.4) == snapshot


def test_vote(snapshot: SnapshotAssertion) -> None:
    assert cards.vote(_duel(), BOTH, ASKED + timedelta(hours=1), 3, EMOJI) == snapshot


def test_vote_where_the_topic_is_known(snapshot: SnapshotAssertion) -> None:
    assert cards.vote(_duel(topic=Topic.MATHS), BOTH, ASKED, None, EMOJI)["blocks"][-1] == snapshot


def test_reveal(snapshot: SnapshotAssertion) -> None:
    duel = _duel(state=State.REVEALED, close_reason=CloseReason.QUORUM)
    assert cards.reveal(duel, BOTH, Tally(2, 1, 1, 0), LABELS, EMOJI) == snapshot


def test_reveal_says_so_where_another_model_answered() -> None:
    other = _answer("q", asked_model="qwen-max", reported_model="qwen-<lite>")
    duel = _duel(state=State.REVEALED)
    shown = str(cards.reveal(duel, {**BOTH, Side.A: other}, Tally(1), LABELS, EMOJI))
    assert shown.count("asked for qwen-max, answered by qwen-&lt;lite&gt;") == 1
    assert "lite" not in str(cards.vote(_duel(), {**BOTH, Side.A: other}, ASKED, None, EMOJI))


def test_reveal_of_a_void_duel(snapshot: SnapshotAssertion) -> None:
    failed = _answer("d", "", Outcome.TIMEOUT, detail="no first token within 120 s: try again")
    duel = _duel(state=State.VOID, void_reason="Only one of the two answered, so there is no vote.")
    assert cards.reveal(duel, {Side.A: _answer("q"), Side.B: failed}, Tally(), LABELS, EMOJI) == snapshot


def test_what_is_unknown_is_said_to_be_unknown() -> None:
    unknown = _answer("q", timing=Timing(), usage=Usage(), bill=Bill())
    shown = str(cards.reveal(_duel(), {Side.A: unknown, Side.B: BOTH[Side.B]}, Tally(), LABELS, EMOJI))
    assert "tokens unknown" in shown
    assert "cost unknown" in shown


def test_small_sums_keep_three_digits() -> None:
    sums = ["0", "0.00000123", "0.000628", "0.0628", "1.5", "12"]
    assert [dollars(Decimal(sum_)) for sum_ in sums] == [
        "$0",
        "$0.00000123",
        "$0.000628",
        "$0.0628",
        "$1.50",
        "$12.00",
    ]
    assert [seconds(0.123), seconds(12.6), seconds(None)] == ["0.12 s", "13 s", "unknown"]


def test_a_very_long_prompt_is_cut_in_the_card_and_keeps_slacks_limits() -> None:
    shown = cards.vote(_duel(prompt="x" * 50_000), BOTH, ASKED, None, EMOJI)
    assert len(str(shown)) < 11_000
