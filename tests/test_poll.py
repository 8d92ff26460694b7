"""The one writer of votes: in groups, each told after its commit, and a bad one failing alone."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.duel import Person, Place, State
from bot.errors import Stopping
from bot.votes import Choice, Mark, ballots
from storage.database import Database
from storage.votes import Poll
from tests.test_votes import BEN, CHLOE, Act, acts, marks_of, plainly
from tests.worlds.books import Books

TEAM = "T1"
HERE = Place("C1/1.0")


def by(user: str, choice: Choice = Choice.A, *, on: bool = True, at: int = 1) -> Mark:
    return Mark(Person(TEAM, user), choice, on=on, at=at)


async def put(poll: Poll, marks: Iterable[Mark], place: Place = HERE) -> list[bool | BaseException]:
    """Everybody at once."""
    return await asyncio.gather(*(poll.put(TEAM, place, mark) for mark in marks), return_exceptions=True)


def _log(database: Database) -> bytes:
    """SQLite's log of what was written."""
    return Path(f"{database.engine.url.database}-wal").read_bytes()


async def commits(books: Books) -> int:
    """Transactions that have written anything so far, as the database itself has them.

    SQLite: the frames in its log that end one, and say how large the database is then. PostgreSQL: each has a
    number.
    """
    if not books.database.is_sqlite:
        async with books.database.read() as connection:
            return int(await connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")))
    log = _log(books.database)
    page = int.from_bytes(log[8:12])
    frames = range(32, len(log), 24 + page)
    return sum(log[at + 8 : at + 16] == log[16:24] and any(log[at + 4 : at + 8]) for at in frames)


async def test_many_votes_are_one_commit(books: Books) -> None:
    id_ = await books.open_duel("T1:1", HERE)
    poll = Poll(books.database)
    before = await commits(books)
    await put(poll, [by(f"U{n}") for n in range(100)])
    assert await commits(books) == before + 1
    for number in range(3):
        await poll.put(TEAM, HERE, by(f"V{number}"))
    assert await commits(books) == before + 4
    assert len(await books.ledger.registers(id_)) == 103


async def test_a_vote_is_told_after_its_commit(books: Books) -> None:
    id_ = await books.open_duel("T1:1", HERE)
    poll = Poll(books.database)
    for number in range(5):
        await poll.put(TEAM, HERE, by(f"U{number}"))
        assert len(await books.ledger.registers(id_)) == number + 1


async def test_marks_of_one_group_are_merged_and_the_newest_wins(books: Books) -> None:
    id_ = await books.open_duel("T1:1", HERE)
    await put(
        Poll(books.database), [by("U1", at=3), by("U1", at=5, on=False), by("U1", at=5), by("U1", at=4)]
    )
    assert ballots(await books.ledger.registers(id_)) == {}


async def test_votes_for_several_duels_and_for_none_go_together(books: Books) -> None:
    first = await books.open_duel("T1:1", HERE)
    second = await books.open_duel("T1:2", "C1/2.0")
    poll = Poll(books.database)
    told = await asyncio.gather(
        poll.put(TEAM, HERE, by("U1")),
        poll.put(TEAM, Place("C1/2.0"), by("U1")),
        poll.put(TEAM, Place("C1/no duel"), by("U1")),
        poll.put("T2", HERE, by("U1")),
    )
    assert not any(told)
    assert len(await books.ledger.registers(first)) == len(await books.ledger.registers(second)) == 1


async def test_a_message_that_was_no_duel_may_become_one(books: Books) -> None:
    poll = Poll(books.database)
    await poll.put(TEAM, HERE, by("U1"))
    id_ = await books.open_duel("T1:1", HERE)
    await poll.put(TEAM, HERE, by("U1"))
    assert len(await books.ledger.registers(id_)) == 1


async def test_one_bad_mark_fails_alone(books: Books) -> None:
    id_ = await books.open_duel("T1:1", HERE)
    poll = Poll(books.database)
    told = await put(poll, [by("U1"), by("U2", at=2**70), by("U3")])
    assert [isinstance(one, Exception) for one in told] == [False, True, False]
    assert {person.user for person, _ in await books.ledger.registers(id_)} == {"U1", "U3"}
    await poll.put(TEAM, HERE, by("U4"))


async def test_at_the_end_what_waits_is_written_and_what_comes_is_refused(books: Books) -> None:
    id_ = await books.open_duel("T1:1", HERE)
    poll = Poll(books.database)
    waiting = asyncio.gather(*(poll.put(TEAM, HERE, by(f"U{n}")) for n in range(700)))
    await asyncio.sleep(0)
    await poll.close()
    assert await waiting == [False] * 700
    assert len(await books.ledger.registers(id_)) == 700
    with pytest.raises(Stopping):
        await poll.put(TEAM, HERE, by("U1"))


async def test_whoever_leaves_while_waiting_disturbs_nobody(books: Books) -> None:
    id_ = await books.open_duel("T1:1", HERE)
    poll = Poll(books.database)
    leaving = asyncio.create_task(poll.put(TEAM, HERE, by("U1")))
    staying = asyncio.create_task(poll.put(TEAM, HERE, by("U2")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying is False
    assert ("U2", Choice.A) in {(who.user, choice) for who, choice in await books.ledger.registers(id_)}


async def test_a_writer_that_is_cancelled_leaves_nobody_hanging(books: Books) -> None:
    await books.open_duel("T1:1", HERE)
    poll = Poll(books.database)
    waiting = [asyncio.create_task(poll.put(TEAM, HERE, by(f"U{n}"))) for n in range(3)]
    await asyncio.sleep(0)
    assert poll.writing is not None
    poll.writing.cancel()
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, Stopping) for one in told)


async def test_the_vote_that_may_make_the_quorum_has_the_duel_looked_at(books: Books) -> None:
    id_ = await books.open_duel("T1:1", HERE)
    poll = Poll(books.database, quorum=3)
    assert await put(poll, [by("U1"), by("U2"), by("U2", Choice.B, at=2)]) == [False] * 3
    assert await put(poll, [by("U3"), by("U4")]) == [True, True]
    duel = await books.ledger.duel(id_)
    assert (duel.state, duel.close_reason) == (State.OPEN, None)  # its job tells people from bots
    assert (await books.taken()).job.id == id_


async def test_a_vote_taken_back_is_none_for_the_quorum(books: Books) -> None:
    await books.open_duel("T1:1", HERE)
    poll = Poll(books.database, quorum=2)
    await put(poll, [by("U1"), by("U1", on=False, at=2), by("U2")])
    assert await books.jobs.claim("one", 1) == []


async def test_two_writers_move_the_same_registers_and_neither_undoes_the_other(books: Books) -> None:
    id_ = await books.open_duel("T1:1", HERE)
    one, two = Poll(books.database), Poll(books.database)
    people = [f"U{n}" for n in range(50)]
    for at in range(1, 6):
        older = [by(user, on=False, at=2 * at) for user in people]
        newer = [by(user, at=2 * at + 1) for user in people]
        await asyncio.gather(put(one, reversed(newer)), put(two, older))
    assert len(ballots(await books.ledger.registers(id_))) == 50


def _as_delivered(data: st.DataObject, bens: list[Act], chloes: list[Act]) -> list[list[Mark]]:
    """What two people did, doubled and shuffled, in groups as they may come in at once."""
    marks = marks_of(BEN, bens) + marks_of(CHLOE, chloes, first=1)
    doubled = marks + (data.draw(st.lists(st.sampled_from(marks), max_size=6)) if marks else [])
    groups: list[list[Mark]] = [[]]
    for mark in data.draw(st.permutations(doubled)):
        groups[-1].append(mark)
        if data.draw(st.booleans()):
            groups.append([])
    return groups


async def _check_any_delivery(books: Books, data: st.DataObject, bens: list[Act], chloes: list[Act]) -> None:
    place = Place(f"C1/{id(data)}.{books.clock.monotonic()}")
    books.clock.advance(1)
    id_ = await books.open_duel(place, place)
    polls = [Poll(books.database), Poll(books.database)]
    for group in _as_delivered(data, bens, chloes):
        split = data.draw(st.integers(0, len(group)))
        await asyncio.gather(put(polls[0], group[:split], place), put(polls[1], group[split:], place))
    expected = {BEN: plainly(bens), CHLOE: plainly(chloes)}
    votes = ballots(await books.ledger.registers(id_))
    assert votes == {person: choice for person, choice in expected.items() if choice}


SAME_DATABASE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]  # each example has its own duel


@settings(max_examples=25, deadline=None, suppress_health_check=SAME_DATABASE)
@given(st.data(), acts, acts)
async def test_any_order_doubling_and_grouping_of_events_gives_the_vote_that_people_cast(
    books: Books, data: st.DataObject, bens: list[Act], chloes: list[Act]
) -> None:
    await _check_any_delivery(books, data, bens, chloes)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=SAME_DATABASE)
@given(st.data(), acts, acts)
async def test_any_delivery_of_events_at_length(
    books: Books, data: st.DataObject, bens: list[Act], chloes: list[Act]
) -> None:
    await _check_any_delivery(books, data, bens, chloes)
