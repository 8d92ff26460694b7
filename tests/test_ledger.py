"""What is remembered, and how jobs change hands."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.duel import (
    Answer,
    Bill,
    CloseReason,
    ContenderId,
    Outcome,
    Place,
    Side,
    State,
    Timing,
    Usage,
    duel_id,
)
from bot.errors import LeaseLost, SchemaError, SettingsError
from bot.votes import Choice, Mark
from storage.database import Database
from tests.worlds.books import ANA, Books


async def test_the_same_request_delivered_twice_is_one_duel_with_its_first_seats(books: Books) -> None:
    assert await books.ledger.ask(books.duel(coin=True))
    assert not await books.ledger.ask(books.duel(coin=False))
    assert (await books.ledger.duel(duel_id("T1:1"))).seats[Side.A] == "left"
    assert len(await books.jobs.claim("one", 10)) == 1


async def test_a_duel_comes_back_as_it_was_written(books: Books) -> None:
    await books.ledger.ask(books.duel())
    assert await books.ledger.duel(duel_id("T1:1")) == books.duel()


async def test_an_answer_comes_back_to_the_last_digit_and_the_first_one_stays(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()
    answer = Answer(
        contender=ContenderId("left"),
        text="Blue.\x00",
        outcome=Outcome.OK,
        finish_reason="stop",
        timing=Timing(0.1, 0.2, 0.3),
        usage=Usage(1, None, 2, 0),
        bill=Bill(Decimal("0.00000123456789"), "2026-01-01"),
        reported_model="m",
    )
    id_ = duel_id("T1:1")
    await books.ledger.keep_answer(lease, id_, Side.A, answer)
    await books.ledger.keep_answer(lease, id_, Side.A, Answer(ContenderId("left"), "Red.", Outcome.OK))
    (kept,) = (await books.ledger.answers(id_)).values()
    assert kept.text == "Blue.\ufffd"
    assert kept.bill == answer.bill
    assert kept.usage == answer.usage
    assert kept.timing == answer.timing


async def test_a_job_belongs_to_one_process_until_its_lease_runs_out(books: Books) -> None:
    await books.ledger.ask(books.duel())
    first = await books.taken("one")
    assert await books.jobs.claim("two", 10) == []
    books.clock.advance(20)
    assert await books.jobs.renew("one", [first.job.id]) == {first.job.id}
    books.clock.advance(20)
    assert await books.jobs.claim("two", 10) == []
    books.clock.advance(11)
    second = await books.taken("two")
    assert second.taken_over
    with pytest.raises(LeaseLost):
        await first.check()
    with pytest.raises(LeaseLost):
        await books.ledger.announced(first, duel_id("T1:1"), Place("C1/1"))
    with pytest.raises(LeaseLost):
        await books.jobs.finish(first.job)
    await books.ledger.announced(second, duel_id("T1:1"), Place("C1/2"))
    assert (await books.ledger.duel(duel_id("T1:1"))).shown_at == "C1/2"


async def test_a_lease_that_has_run_out_sends_nothing_even_if_nobody_took_it_over(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()
    books.clock.advance(31)
    with pytest.raises(LeaseLost):
        await lease.check()


async def test_a_job_that_its_process_has_given_up_is_not_kept_by_its_heartbeat(books: Books) -> None:
    await books.ledger.ask(books.duel())
    await books.taken("one")
    books.clock.advance(20)
    assert await books.jobs.renew("one", []) == set()
    books.clock.advance(11)
    assert (await books.taken("one")).taken_over


async def test_a_step_is_done_once(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()
    done: list[int] = []

    async def step() -> str:
        done.append(1)
        return "result"

    assert [await lease.once("post", step), await lease.once("post", step)] == ["result", "result"]
    assert done == [1]


async def test_a_vote_ended_while_its_job_runs_is_due_again_at_once(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()
    later = books.clock.now() + timedelta(hours=1)
    await books.ledger.open_vote(lease, duel_id("T1:1"), later)
    assert await books.ledger.end_vote(duel_id("T1:1"), CloseReason.ASKER)
    await books.jobs.put_off(lease.job, later)
    assert (await books.taken()).job.id == duel_id("T1:1")


async def test_a_put_off_job_waits_and_a_call_wakes_it(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease = await books.taken()
    later = books.clock.now() + timedelta(hours=1)
    await books.ledger.open_vote(lease, duel_id("T1:1"), later)
    await books.jobs.put_off(lease.job, later)
    assert await books.jobs.claim("one", 10) == []
    await books.ledger.end_vote(duel_id("T1:1"), CloseReason.QUORUM)
    assert (await books.taken()).job.attempts == 0


async def test_a_process_that_stops_hands_its_jobs_over_at_once(books: Books) -> None:
    await books.ledger.ask(books.duel())
    await books.taken("one")
    await books.jobs.release("one")
    assert (await books.taken("two")).taken_over


async def test_settling_freezes_the_votes_that_count_and_forgets_the_way_to_the_asker(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease, id_ = await books.taken(), duel_id("T1:1")
    await books.ledger.move(id_, [Mark(ANA, Choice.A, on=True, at=1)])
    await books.ledger.settle(lease, id_, counted={ANA: Choice.A})
    await books.ledger.move(id_, [Mark(ANA, Choice.B, on=True, at=2)])
    assert await books.ledger.counted(id_) == {ANA: Choice.A}
    duel = await books.ledger.duel(id_)
    assert duel.state is State.REVEALED
    assert duel.reply_to is None


async def test_text_of_any_kind_is_kept_as_far_as_a_database_can(books: Books) -> None:
    await books.ledger.ask(books.duel())
    lease, id_ = await books.taken(), duel_id("T1:1")
    answer = Answer(ContenderId("left"), "a\x00b\ud800c🅰", Outcome.OK, "\x00" * 999, reported_model="m" * 999)
    await books.ledger.keep_answer(lease, id_, Side.A, answer)
    kept = (await books.ledger.answers(id_))[Side.A]
    assert (kept.text, kept.finish_reason, kept.reported_model) == ("a\ufffdb?c🅰", "\ufffd" * 64, "m" * 128)


async def test_finished_jobs_are_forgotten_in_time_and_open_ones_never(books: Books) -> None:
    for key in ("T1:done", "T1:open"):
        await books.ledger.ask(books.duel(key))
    done, waiting = await books.jobs.claim("one", 2)
    await books.jobs.remember(done, "post", "1.0")
    await books.jobs.finish(done)
    await books.jobs.put_off(waiting, books.clock.now())
    books.clock.advance(10 * 86400)
    assert await books.jobs.purge(timedelta(days=30)) == 0
    books.clock.advance(21 * 86400)
    assert await books.jobs.purge(timedelta(days=30)) == 1
    assert (await books.taken()).job.id == waiting.id


async def test_a_database_of_another_version_is_refused_with_what_to_do(books: Books) -> None:
    async with books.database.write() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from the future'")
    with pytest.raises(SchemaError, match="install the newer Duel"):
        await books.database.check()


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:secret@h/x"])
def test_an_address_of_no_database_that_we_know_names_the_setting_and_no_password(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        Database(url)
    assert "secret" not in str(caught.value)
