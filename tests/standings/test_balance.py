"""A balance says of duels what they say themselves, however they were added up, whatever is changed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import Update, delete, event, select, update
from sqlalchemy.engine import Engine

from bot.duel import Answer, ContenderId, Outcome, Person, Place, Side, Topic, duel_id
from bot.exchange.commands import bring_in
from bot.standings import Balance, Facet, Record, Standings, standings, together, weigh
from bot.votes import Choice
from storage import balances, tables
from storage.archive import DuelArchive
from storage.standings import SETTLED, StandingsTable
from storage.summaries import EPOCH
from tests.standings.test_properties import duels
from tests.standings.test_table import LETTERS
from tests.worlds.books import Books
from tests.worlds.records import Past, record

ROOM = Place("C1")
BY = (Facet.TOPIC, Facet.LANGUAGE)
WEEK = timedelta(weeks=1)


def claims(found: Standings) -> object:
    """All of it that does not depend on each single duel."""
    pairs = [(at.pair, at.duels, at.preference, at.categories, at.side_a) for at in found.pairs]
    each = [(at.series, at.answers, at.outcomes, at.retried, at.cost) for at in found.contenders]
    figures = (found.duels, found.counting, found.votes, found.voters, found.spent, found.comparisons)
    return pairs, each, figures, found.ratings, found.side_a


@settings(max_examples=25, deadline=None, derandomize=True)
@given(duels(), some.lists(some.floats(0, 40), max_size=3))
def test_added_up_in_any_pieces_it_is_the_same_to_the_last_digit(
    past: Sequence[Past], cuts: Sequence[float]
) -> None:
    edges = [-1.0, *sorted(cuts), 41.0]
    pieces = [weigh(record([at for at in past if low <= at.day < high])) for low, high in pairwise(edges)]
    whole = record(past)
    balance = reduce(together, pieces, Balance())
    assert claims(standings(whole, by=BY, balance=balance)) == claims(standings(whole, by=BY))


@given(duels())
@settings(max_examples=10, deadline=None, derandomize=True)
def test_packed_and_unpacked_it_is_the_same(past: Sequence[Past]) -> None:
    whole, balance = record(past), weigh(record(past))
    again = balances.unpack(balances.pack(balance))
    assert again is not None
    assert claims(standings(whole, by=BY, balance=again)) == claims(standings(whole, by=BY))
    assert balances.unpack(balances.pack(Balance())) is not None


# ── as it is kept ──


async def held(books: Books, key: str, votes: str, *, model: str | None, topic: Topic | None = None) -> str:
    """A duel of left and right that ends now; without a model, the left one's call timed out."""
    duel = replace(books.duel(key, coin=len(key) % 2 == 0), topic=topic)
    await books.ledger.ask(duel)
    lease = await books.taken()
    for side in Side:
        name = duel.seats[side]
        told = "r1" if name == "right" else model
        outcome = Outcome.OK if told else Outcome.TIMEOUT
        answer = Answer(ContenderId(name), "Blue.", outcome, reported_model=told)
        await books.ledger.keep_answer(lease, duel.id, side, answer)
    counted = {Person("T1", f"U{(at + len(key)) % 5}"): LETTERS[letter] for at, letter in enumerate(votes)}
    void = None if model else "Only one of the two answered."
    await books.ledger.settle(lease, duel.id, void=void, counted=counted)
    await books.jobs.finish(lease.job)
    return duel.id


async def half_a_year(books: Books, weeks: int = 10) -> list[str]:
    """A duel each half a week; the model behind the left one changes, and time-outs stand at every edge."""
    ids = []
    for number in range(weeks * 2):
        model = None if number in (0, 8, 9, 13) else "l1" if number < 8 else "l2"
        votes = "" if model is None else ("aab", "ab", "bbt", "x", "aaa")[number % 5]
        topic = (None, Topic.CODING, Topic.FACTS)[number % 3]
        ids.append(await held(books, "x" * (number + 1), votes, model=model, topic=topic))
        books.clock.advance(WEEK.total_seconds() / 2)
    return ids


async def agree(books: Books, until: datetime) -> tuple[Record, Balance]:
    """What is kept says the same as all the duels."""
    table = StandingsTable(books.database)
    balance, newest = await table.so_far("T1", ROOM, until)
    whole = await table.record("T1", room=ROOM, until=until)
    assert claims(standings(newest, by=BY, balance=balance)) == claims(standings(whole, by=BY))
    return whole, balance


async def kept(books: Books) -> balances.Kept:
    return await balances.kept(books.database, "T1", ROOM)


async def test_week_after_week_it_is_the_same_as_reading_everything(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.standings.STEP", 3)
    start = books.clock.now()
    await half_a_year(books)
    for week in range(1, 11):
        await agree(books, start + week * WEEK)
    last = start + 10 * WEEK
    assert (await kept(books)).until_us == balances.microseconds(last - SETTLED)
    await agree(books, start + 3 * WEEK)  # an older one, asked for later, and nothing is lost by that
    assert (await kept(books)).until_us is not None
    await agree(books, last)


async def test_only_what_came_since_is_read(books: Books) -> None:
    await half_a_year(books)
    until = books.clock.now()
    await agree(books, until)
    async with books.database.write() as connection:
        old = select(tables.duel.c.id).where(tables.duel.c.ended_at < until - SETTLED)
        await connection.execute(delete(tables.summary).where(tables.summary.c.duel_id.in_(old)))
        await connection.execute(update(tables.duel).where(tables.duel.c.id.in_(old)).values(topic="other"))
    balance, _ = await StandingsTable(books.database).so_far("T1", ROOM, until + WEEK)
    assert balance.duels == 20
    assert "other" not in balance.topics  # changed behind its back: the old ones were not looked at again


async def test_a_topic_that_is_corrected_late_an_import_and_a_ballot_that_goes_are_in_it_at_once(
    books: Books, tmp_path: Path
) -> None:
    ids = await half_a_year(books)
    until = books.clock.now()
    await agree(books, until)
    await books.ledger.topic_said(duel_id("x" * 19), Topic.MATHS)  # a new one: nothing is forgotten
    assert (await kept(books)).until_us is not None
    await agree(books, until)

    await books.ledger.topic_said(duel_id("x" * 3), Topic.WRITING)
    assert (await kept(books)).until_us is None
    _, balance = await agree(books, until)
    assert "writing" in balance.topics

    file = tmp_path / "votes.jsonl"
    file.write_text(
        '{"duel": "old", "channel": "C1", "asked_at": "2026-11-30T12:00:00Z", "a_contender": "left",'
        ' "b_contender": "third", "voter": "ben", "choice": "a"}\n'
    )
    assert (await bring_in(DuelArchive(books.database), file, "T1", skip_bad=False))[1] == 1
    whole, _ = await agree(books, until)
    assert whole.duels == 21

    async with books.database.write() as connection:
        gone = delete(tables.ballot).where(tables.ballot.c.duel_id == ids[4])
        await connection.execute(gone)
        await balances.forget(books.database, connection, [ids[4]])
    assert (await agree(books, until))[0].ballots == whole.ballots - 3


class Died(Exception):
    """The process is no more."""


@contextmanager
def dying_at(keep: int) -> Iterator[None]:
    """Die when a balance is to be kept for that time."""
    kept = iter(range(1, keep))

    def look(_: Any, statement: Any, *__: Any) -> None:
        if isinstance(statement, Update) and statement.table is tables.balance and next(kept, None) is None:
            raise Died

    event.listen(Engine, "before_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_execute", look)


@pytest.mark.parametrize("number", [3, 16], ids=["of a duel that was read", "of one that was not"])
async def test_whoever_dies_over_a_long_history_has_read_it_up_to_the_last_step(
    books: Books, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr("storage.standings.STEP", 3)
    await half_a_year(books)
    until = books.clock.now()
    table = StandingsTable(books.database)
    with dying_at(keep=3), pytest.raises(Died):
        await table.so_far("T1", ROOM, until)
    half = await kept(books)
    assert half.until_us is not None
    assert 0 < half.balance.duels < 10
    await books.ledger.topic_said(duel_id("x" * number), Topic.MATHS)  # meanwhile
    assert (await kept(books)).balance.duels == (0 if number == 3 else half.balance.duels)
    if number == 16:  # what the next one reads of the old ones is not looked at again
        async with books.database.write() as connection:
            old = tables.duel.c.ended_at < half.balance.until * timedelta(microseconds=1) + EPOCH
            await connection.execute(update(tables.duel).where(old).values(topic="other"))
        assert "other" not in (await table.so_far("T1", ROOM, until))[0].topics
    else:
        await agree(books, until)


async def test_what_is_changed_while_it_is_added_up_is_not_kept(books: Books) -> None:
    ids = await half_a_year(books)
    until = books.clock.now()
    before = await kept(books)
    balance, _ = await StandingsTable(books.database).so_far("T1", ROOM, until)
    async with books.database.write() as connection:
        await balances.forget(books.database, connection, [ids[2]])
    outdated = balances.Kept(before.version, balances.microseconds(until), balance)
    await balances.keep(books.database, "T1", ROOM, outdated)
    assert (await kept(books)).until_us is None


async def test_a_balance_in_another_layout_is_none(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    await half_a_year(books, 3)
    await agree(books, books.clock.now())
    monkeypatch.setattr(balances, "LAYOUT", 2)
    assert (await kept(books)).until_us is None
    await agree(books, books.clock.now())


def test_a_vote_is_a_letter() -> None:
    assert set(LETTERS.values()) == set(Choice)
