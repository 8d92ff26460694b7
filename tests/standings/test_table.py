"""The record, as it is read from what is stored."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import delete, func, select, update

from bot.duel import Answer, Bill, DuelId, Outcome, Person, Side, Timing, Topic, Usage
from bot.standings import CHOICES, OUTCOMES, Record, standings
from bot.standings.record import PICO
from bot.votes import Choice
from storage import summaries, tables
from storage.standings import StandingsTable
from tests.worlds.books import Books

LETTERS = {"a": Choice.A, "b": Choice.B, "t": Choice.TIE, "x": Choice.BOTH_BAD}


async def ended(
    books: Books,
    key: str,
    votes: str = "",
    *,
    coin: bool = True,
    model: str | None = "m1",
    void: str | None = None,
) -> DuelId:
    """A duel of left and right that ends now, with the votes of U0, U1 …, a letter each."""
    duel = books.duel(key, coin)
    await books.ledger.ask(duel)
    lease = await books.taken()
    for side in Side:
        answer = Answer(
            contender=duel.seats[side],
            text="Blue.",
            outcome=Outcome.OK if void is None else Outcome.OVERLOADED,
            timing=Timing(0.1, 0.2, 2.2),
            usage=Usage(output_tokens=30, reasoning_tokens=10),
            bill=Bill(Decimal("0.000000123456")),
            reported_model=model,
        )
        await books.ledger.keep_answer(lease, duel.id, side, answer)
    counted = {Person("T1", f"U{at}"): LETTERS[letter] for at, letter in enumerate(votes)}
    await books.ledger.settle(lease, duel.id, void=void, counted=counted)
    await books.jobs.finish(lease.job)
    return duel.id


async def read(books: Books, **window: object) -> Record:
    return await StandingsTable(books.database).record("T1", **window)  # type: ignore[arg-type] # as told


async def test_a_duel_comes_back_with_its_votes_its_clock_and_its_bill(books: Books) -> None:
    id_ = await ended(books, "1", "aabtx")
    record = await read(books)
    assert record.id.tolist() == [id_.encode()]
    assert [CHOICES[at] for at in record.choice.tolist()].count(Choice.A) == 2
    assert record.counts.tolist() == [[2, 1, 1, 1]]
    assert sorted(record.voter.tolist()) == [0, 1, 2, 3, 4]
    assert [OUTCOMES[at] for at in record.outcome[0].tolist()] == [Outcome.OK] * 2
    assert record.visible[0].tolist() == [10, 10]
    assert Decimal(int(record.pico_usd[0, 0])) / PICO == Decimal("0.000000123456")
    assert [record.series[at].contender for at in record.seat[0]] == ["left", "right"]


async def test_nothing_at_all_is_a_record_too(books: Books) -> None:
    record = await read(books)
    assert (record.duels, record.ballots) == (0, 0)
    found = standings(record)
    assert found.pairs == ()
    assert found.side_a is None


async def test_the_one_who_sat_at_b_gets_the_votes_for_b(books: Books) -> None:
    await ended(books, "1", "aab", coin=True)
    await ended(books, "2", "bba", coin=False)
    (pair,) = standings(await read(books)).pairs
    assert pair.pair[0].contender == "left"
    assert (pair.preference.counts.won, pair.preference.counts.lost) == (4, 2)
    assert pair.side_a is not None
    assert pair.side_a.estimate.value == 0.5


async def test_the_window_goes_by_the_end_and_excludes_its_own_end(books: Books) -> None:
    await ended(books, "1", "a")
    middle = books.clock.now() + timedelta(hours=1)
    books.clock.advance(3600)
    await ended(books, "2", "b")
    assert (await read(books, until=middle)).counts.tolist() == [[1, 0, 0, 0]]
    assert (await read(books, since=middle)).counts.tolist() == [[0, 1, 0, 0]]
    assert (await read(books)).duels == 2


async def test_topic_language_and_room_narrow_it_down(books: Books) -> None:
    one, _ = await ended(books, "1", "a"), await ended(books, "2", "b")
    async with books.database.write() as connection:
        change = update(tables.duel).where(tables.duel.c.id == one)
        await connection.execute(change.values(topic=Topic.CODING, language="de", room="C9"))
    for asked in ({"topic": Topic.CODING}, {"language": "de"}, {"room": "C9"}):
        assert (await read(books, **asked)).id.tolist() == [one.encode()]
    assert (await read(books, language="en")).duels == 0
    assert "coding" in (await read(books)).topics


async def test_another_model_behind_the_name_begins_a_new_series(books: Books) -> None:
    for number, model in enumerate(["m1", None, "m2", None]):
        await ended(books, str(number), "a", model=model)
        books.clock.advance(60)
    record = await read(books)
    left = [record.series[at].model for at in record.seat[record.ended_at.argsort(), 0]]
    assert left == ["m1", "m1", "m2", "m2"]
    assert len(standings(record).pairs) == 2


async def test_a_void_duel_counts_for_reliability_and_is_listed_with_its_reason(books: Books) -> None:
    await ended(books, "1", void="Neither of the two answered.")
    await ended(books, "2", "a")
    found = standings(await read(books))
    assert (found.duels, found.counting) == (2, 1)
    assert all(contender.failed == 1 for contender in found.contenders)
    assert [(x.reason, x.count) for x in found.exclusions if x.of == "preference"] == [
        ("Neither of the two answered.", 1)
    ]
    assert [(x.reason, x.count) for x in found.exclusions if x.of == "speed"] == [("failed: overloaded", 2)]


async def test_what_has_no_summary_is_summarised_when_it_is_first_read(books: Books) -> None:
    for number in range(3):
        await ended(books, str(number), "aab")
    before = await read(books)
    async with books.database.write() as connection:
        await connection.execute(delete(tables.summary))
    after = await read(books)
    assert sorted(after.id.tolist()) == sorted(before.id.tolist())
    assert after.counts.tolist() == before.counts.tolist()
    async with books.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(tables.summary)) == 3


def test_every_outcome_and_choice_has_a_number_of_its_own() -> None:
    assert sorted(summaries.CODES) == sorted(Outcome)
    assert sorted(summaries.CHOICE_CODES) == sorted(Choice)
