"""What is on its way while somebody is forgotten, or comes after it: none of it brings them back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.duel import Person
from bot.jobs import Lease
from bot.privacy import FORGET_JOB, forget_job
from storage.database import Database
from storage.jobs import JobTable
from tests.test_channels import form, settle
from tests.test_privacy import everything, forget
from tests.worlds.forms import filled
from tests.worlds.story import Story


async def forget_beside(world: Story, person: str) -> bool:
    """A process beside this one runs the job that forgets them, and leaves the rest of it to this one.

    Gives whether there is a rest.
    """
    async with _beside(world) as queue:
        who = Person(world.slack.team_id, world.slack.person(person))
        await queue.put(forget_job(who, "beside"), FORGET_JOB)
        (job,) = await queue.claim("beside", 1)
        again = await world.privacy.run_forget(Lease(queue, job))
        if again is None:
            await queue.finish(job)
        else:
            await queue.put_off(job, again)
        return again is not None


@asynccontextmanager
async def _beside(world: Story) -> AsyncIterator[JobTable]:
    database = Database(world.database_url, now=world.clock.now)
    yield JobTable(database, timedelta(minutes=1))
    await database.close()


async def nobody(world: Story, person: str) -> None:
    """Let the rest be done; then there is nothing of them, and nothing of their secret."""
    for _ in range(3):
        await world.later(minutes=1)
    await world.privacy.tick()
    kept = await everything(world)
    assert world.slack.person(person) not in kept
    assert f"secret of {person.title()}" not in kept


async def test_a_letter_that_is_being_read_while_they_are_forgotten_is_waited_for(slack: Story) -> None:
    ben = slack.slack.person("ben")
    stop = await slack.slack.levers.stop_at("users.info")  # in which language to answer them there
    await slack.slack.say(ben, slack.slack.im(ben), "the secret of Ben?")
    await slack.delivered()
    await stop.reached.wait()
    waits = await forget_beside(slack, "ben")
    stop.release()
    await slack.settled()
    assert waits
    assert await slack.stored("SELECT prompt FROM duel") == [("the secret of Ben?",)]
    await nobody(slack, "ben")


@pytest.mark.parametrize("share", [0, 1])
async def test_a_question_that_is_being_answered_while_they_are_forgotten_is_waited_for(
    world: Story, share: float
) -> None:
    async with world.app(ask_duel_share=share):
        stop = await world.slack.levers.stop_at("chat.postMessage", saying="secret of Ben")
        await world.ask("ben", "the secret of Ben?", command="/ask")
        await stop.reached.wait()
        waits = await forget_beside(world, "ben")
        stop.release()
        await world.settled()
        assert waits
        await nobody(world, "ben")


async def test_whoever_was_forgotten_takes_off_an_emoji_and_is_not_written_down_for_it(slack: Story) -> None:
    duel = await slack.duel("ana", "the secret of Ana?")
    await slack.react("ben", duel, "a")
    await slack.reveal("ana", duel)
    await forget(slack, "ben")
    await slack.unreact("ben", duel, "a")
    await nobody(slack, "ben")
    assert "1 to 0" in slack.text(duel)


async def test_an_emoji_of_a_vote_that_has_closed_is_no_news_of_whoever_was_forgotten(slack: Story) -> None:
    duel = await slack.duel("ana", "the secret of Ana?")
    await slack.slack.levers.hold_events()
    await slack.react("ben", duel, "a")
    await slack.later(minutes=1)
    await slack.reveal("ana", duel)
    assert "1 to 0" in slack.text(duel)
    await forget(slack, "ben")
    await slack.slack.levers.release_events()
    await slack.settled()
    assert "does not count" not in slack.told("ben")
    await nobody(slack, "ben")


@pytest.mark.parametrize("is_guest", [False, True])
async def test_whether_a_vote_counts_is_decided_when_its_voter_is_forgotten(
    slack: Story, is_guest: bool
) -> None:
    await settle(slack, voters="members")
    if is_guest:
        await slack.slack.become_guest(slack.slack.person("ben"))
    duel = await slack.duel("ana", "the secret of Ana?")
    await slack.secretly("ben", duel, "b")
    await forget(slack, "ben")
    await slack.secretly("ben", duel, "a")
    await slack.later(hours=24)
    await slack.later(minutes=2)
    assert ("1 to 0" in slack.text(duel)) is not is_guest
    await nobody(slack, "ben")


async def test_where_only_they_started_duels_what_the_operator_says_holds_again(slack: Story) -> None:
    await settle(slack, starters="named", named=[slack.slack.person("ben")])
    before = await form(slack)
    await forget(slack, "ben")
    await slack.duel("ana", "the secret of Ana?")
    await slack.slack.submit(slack.slack.person("ana"), before["id"], filled(before))  # it names Ben still
    await nobody(slack, "ben")
