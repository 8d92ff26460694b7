"""Steps that had better be left out than done twice."""

from contextlib import suppress

import pytest

from bot.errors import FateUnknown, LeaseLost, StageError
from tests.worlds.books import LEASE, Books


async def test_such_a_step_is_done_once_and_what_it_came_to_is_known_ever_after(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()
    done: list[str] = []

    async def do() -> str:
        done.append("")
        return "done"

    assert await lease.at_most_once("send", do) == "done"
    books.clock.advance(LEASE.total_seconds() + 1)
    assert await (await books.taken("another")).at_most_once("send", do) == "done"
    assert len(done) == 1


@pytest.mark.parametrize("error", [FateUnknown("lost"), KeyboardInterrupt()])
async def test_once_begun_and_not_ended_its_fate_is_unknown_and_it_is_not_done_again(
    books: Books, error: BaseException
) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()

    async def do() -> str:
        raise error

    with suppress(KeyboardInterrupt):  # as dead as can be had in here
        assert await lease.at_most_once("send", do) is None
    books.clock.advance(LEASE.total_seconds() + 1)
    assert await (await books.taken("another")).at_most_once("send", _never) is None


async def test_what_was_refused_is_tried_again(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()

    async def refused() -> str:
        raise StageError("no")

    async def taken() -> str:
        return "taken"

    with pytest.raises(StageError):
        await lease.at_most_once("send", refused)
    assert await lease.at_most_once("send", taken) == "taken"


async def test_it_is_not_begun_once_the_lease_is_lost(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()
    books.clock.advance(LEASE.total_seconds() + 1)
    await books.taken("another")
    with pytest.raises(LeaseLost):
        await lease.at_most_once("send", _never)


async def _never() -> str:
    raise AssertionError
