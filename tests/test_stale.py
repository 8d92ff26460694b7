"""A lease that is lost: whoever held it sends nothing and writes nothing, wherever it was just then."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.duel import Place
from bot.errors import LeaseLost
from bot.jobs import Kind, Lease, Worker
from bot.topics import Label
from bot.votes import Choice
from handlers.posting import Slack
from tests.worlds.books import ANA, LEASE, Books
from tests.worlds.provider import says
from tests.worlds.story import Story

CARD = {"text": "the card", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "card"}}]}


@pytest.fixture
async def posting(world: Story) -> AsyncIterator[Slack]:
    async with aiohttp.ClientSession() as session:
        yield Slack(world.slack.bot_token, world.slack.api_url, session)


async def _held(books: Books, owner: str = "one") -> Lease:
    """A job in hand; somebody held it before."""
    await books.ledger.ask(books.duel())
    await books.taken("the first")
    books.clock.advance(LEASE.total_seconds() + 1)
    return await books.taken(owner)


async def _lose(books: Books) -> Lease:
    """Somebody else has it now."""
    books.clock.advance(LEASE.total_seconds() + 1)
    return await books.taken("another")


async def test_a_step_is_not_begun_once_the_lease_is_lost(books: Books) -> None:
    lease = await _held(books)
    await _lose(books)
    done: list[str] = []

    async def do() -> str:
        done.append("")
        return ""

    with pytest.raises(LeaseLost):
        await lease.once("step", do)
    assert not done


async def test_a_lease_that_ran_out_is_lost_though_nobody_has_taken_over(books: Books) -> None:
    lease = await _held(books)
    await lease.check()
    books.clock.advance(LEASE.total_seconds())
    with pytest.raises(LeaseLost):
        await lease.check()


async def test_a_step_that_came_to_its_end_too_late_is_not_remembered(books: Books) -> None:
    lease = await _held(books)
    taken: list[Lease] = []

    async def do() -> str:
        taken.append(await _lose(books))
        return "too late"

    with pytest.raises(LeaseLost):
        await lease.once("step", do)
    assert await books.jobs.recall(taken[0].job, "step") is None


async def test_nothing_is_posted_by_whoever_loses_the_lease_after_looking_for_an_earlier_post(
    books: Books, posting: Slack, world: Story
) -> None:
    lease = await _held(books)
    stop = await world.slack.levers.stop_at("conversations.history", "after")
    sending = asyncio.create_task(
        posting.post(lease, CARD, part="duel", channel=world.general, since=books.clock.now())
    )
    await stop.reached.wait()
    await _lose(books)
    stop.release()
    with pytest.raises(LeaseLost):
        await sending
    assert not world.messages


async def test_nothing_is_updated_once_the_lease_is_lost(books: Books, posting: Slack, world: Story) -> None:
    lease = await _held(books)
    ts = await posting.post(lease, CARD, part="duel", channel=world.general, since=books.clock.now())
    await posting.update(lease, world.general, ts, CARD | {"text": "newer"})
    await _lose(books)
    with pytest.raises(LeaseLost):
        await posting.update(lease, world.general, ts, CARD | {"text": "stale"})
    with pytest.raises(LeaseLost):
        await posting.sign_of_life(lease, world.general, ts, CARD | {"text": "stale"})
    assert [message["text"] for message in world.messages] == ["newer"]


async def test_frozen_while_both_models_answer_it_shows_and_stores_nothing_of_what_it_hears_then(
    world: Story,
) -> None:
    gate = asyncio.Event()
    for provider in (world.left, world.right):
        provider.will(says("From the sleeper.", wait_for=gate), says("From the one awake."))
    async with world.app(job_lease="30s") as sleeper:
        await world.ask("ana", "why?")
        await world.left.until(lambda: world.left.open == 1)
        await world.right.until(lambda: world.right.open == 1)
        async with world.app(job_lease="30s") as awake:
            world.clock.advance(31)
            await awake.look()
            await awake.idle()
            shown = [call for call in world.slack.calls if call.method.startswith("chat.")]
            gate.set()
            await sleeper.idle()
            assert [call for call in world.slack.calls if call.method.startswith("chat.")] == shown
    (message,) = world.messages
    assert "From the one awake." in str(message)
    assert await world.stored("SELECT DISTINCT text FROM answer") == [("From the one awake.",)]


async def test_an_answer_that_comes_to_the_sleeper_first_is_not_kept(world: Story) -> None:
    late, early = asyncio.Event(), asyncio.Event()
    for provider in (world.left, world.right):
        provider.will(says("From the sleeper.", wait_for=early), says("From the one awake.", wait_for=late))
    async with world.app(job_lease="30s") as sleeper:
        await world.ask("ana", "why?")
        await world.left.until(lambda: world.left.open == 1)
        await world.right.until(lambda: world.right.open == 1)
        async with world.app(job_lease="30s") as awake:
            world.clock.advance(31)
            await awake.look()
            await world.left.until(lambda: world.left.open == 2)
            await world.right.until(lambda: world.right.open == 2)
            early.set()
            await sleeper.idle()
            assert await world.stored("SELECT * FROM answer") == []
            late.set()
            await awake.idle()
    assert await world.stored("SELECT DISTINCT text FROM answer") == [("From the one awake.",)]
    (message,) = world.messages
    assert "From the one awake." in str(message)


async def test_what_a_sleeper_has_seen_of_the_votes_moves_none_when_it_wakes(world: Story) -> None:
    async with world.app(job_lease="30s") as sleeper:
        duel = await world.duel("ana", "for:1h why?")
        await world.react("ben", duel, "a")
        await world.delivered()
        stop = await world.slack.levers.stop_at("reactions.get", "after")
        world.clock.advance(3600)
        await sleeper.look()
        await stop.reached.wait()
        await world.unreact("ben", duel, "a")
        await world.delivered()
        async with world.app(job_lease="30s") as awake:
            world.clock.advance(31)
            await awake.look()
            await awake.idle()
            assert "Nobody voted." in world.text(duel)
            stop.release()
            await sleeper.idle()
    assert [bool(on) for (on,) in await world.stored("SELECT is_on FROM register")] == [False]


async def test_nothing_of_a_duel_is_written_once_the_lease_is_lost(books: Books) -> None:
    lease = await _held(books)
    id_ = books.duel().id
    before = await books.ledger.duel(id_)
    await _lose(books)
    writes: list[Coroutine[Any, Any, object]] = [
        books.ledger.announced(lease, id_, Place("C1/1.0")),
        books.ledger.label(lease, id_, Label(None, None)),
        books.ledger.open_vote(lease, id_, books.clock.now()),
        books.ledger.settle(lease, id_, void="stale"),
        books.ledger.settle(lease, id_, counted={ANA: Choice.A}),
        books.jobs.forget(lease.job, "step"),
        books.jobs.put_off(lease.job, books.clock.now()),
        books.jobs.fail(lease.job, LEASE),
        books.jobs.finish(lease.job),
    ]
    for write in writes:
        with pytest.raises(LeaseLost):
            await write
    assert await books.ledger.duel(id_) == before


async def test_stopping_waits_for_what_runs_and_takes_nothing_new(books: Books) -> None:
    gate = asyncio.Event()
    finished: list[str] = []

    async def run(lease: Lease) -> None:
        await gate.wait()
        finished.append(lease.job.id)

    async def give_up(lease: Lease, why: str) -> None:
        raise AssertionError(why)

    worker = Worker(books.jobs, lease=LEASE, keep=timedelta(days=30), clock=books.clock)
    worker.serve("duel", Kind(run, give_up))
    running = books.duel("T1:1")
    await books.ledger.ask(running)
    await worker.look()
    await books.ledger.ask(books.duel("T1:2"))
    stopping = asyncio.create_task(worker.stop(25))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not stopping.done()
    await worker.look()
    gate.set()
    await stopping
    assert finished == [running.id]
    assert [job.id for job in await books.jobs.claim("another", 10)] == [books.duel("T1:2").id]


async def test_a_command_delivered_twice_is_one_duel(slack: Story) -> None:
    command = {
        "command": "/duel",
        "text": "why?",
        "team_id": "T1",
        "user_id": slack.slack.person("ana"),
        "channel_id": slack.general,
        "trigger_id": "1.2.abc",
        "response_url": "",
    }
    for _ in range(2):
        await slack.slack.levers.delivery.ask("slash_commands", command)
    await slack.settled()
    assert len(slack.messages) == 1
    assert await slack.stored("SELECT count(*) FROM duel") == [(1,)]
