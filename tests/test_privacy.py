"""People's own data: forgotten, erased by age, given to them, and told of in time."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.duel import DuelId, Person, Side
from bot.standings import standings
from bot.votes import Choice, Mark
from storage.database import Database
from storage.flags import FlagTable
from storage.standings import StandingsTable
from storage.tables import metadata, register
from storage.votes import move
from tests.test_channels import settle
from tests.worlds.provider import says
from tests.worlds.story import LEFT, Shown, Story
from tests.worlds.warm import Bot


async def everything(world: Story) -> str:
    """All that the database holds, as one string."""
    found = [await world.stored(f"SELECT * FROM {table}") for table in sorted(metadata.tables)]
    return str(found)


async def forget(world: Story, person: str, *, clicks: int = 1) -> None:
    """Ask to be forgotten, and confirm it."""
    ack = await world.ask(person, "forget me")
    assert "cannot be undone" in ack.text
    user = world.slack.person(person)
    ts = world.slack.ephemerals(user)[-1]["ts"]
    await asyncio.gather(*(world.slack.click(user, world.general, ts, "forget_me") for _ in range(clicks)))
    await world.settled()


def direct(world: Story, person: str) -> list[dict[str, Any]]:
    return world.slack.messages(world.slack.im(world.slack.person(person)))


async def _figures(world: Story) -> tuple[object, ...]:
    database = Database(world.database_url)
    told = standings(await StandingsTable(database).record(world.slack.team_id))
    await database.close()
    return told.votes, told.voters, told.counting, told.pairs


async def _past(world: Story) -> list[Shown]:
    """Two duels that have ended: Ana asked one, Ben the other, and both voted on both."""
    duels = []
    for asker, text in (("ana", "the secret of Ana?"), ("ben", "the secret of Ben?")):
        duel = await world.duel(asker, text)
        await world.react("ana", duel, "a")
        await world.secretly("ben", duel, "b")
        await world.reveal(asker, duel)
        duels.append(duel)
    return duels


async def test_whoever_is_forgotten_is_nowhere_and_the_figures_stay(slack: Story) -> None:
    await _past(slack)
    before = await _figures(slack)
    await slack.slack.open_home(slack.slack.person("ben"))
    await slack.settled()
    await settle(slack, starters="named", named=[slack.slack.person(who) for who in ("ana", "ben")])
    await forget(slack, "ben", clicks=3)
    await slack.privacy.tick()
    kept = await everything(slack)
    assert slack.slack.person("ben") not in kept
    assert "secret of Ben" not in kept
    assert "secret of Ana" in kept
    assert await _figures(slack) == before
    assert len(set(await slack.stored("SELECT voter FROM ballot"))) == 2
    (said,) = direct(slack, "ben")
    assert "You are forgotten" in said["text"]
    assert not direct(slack, "ana")


async def test_questions_to_one_model_are_forgotten_as_well(slack: Story) -> None:
    await slack.slack.command(slack.slack.person("ben"), slack.general, "/ask", "the secret of Ben?")
    await slack.settled()
    assert "secret of Ben" in await everything(slack)
    await forget(slack, "ben")
    for _ in range(5):
        await slack.later(minutes=1)  # where it became a duel, that is ended first
    await slack.privacy.tick()
    kept = await everything(slack)
    assert "secret of Ben" not in kept
    assert slack.slack.person("ben") not in kept


async def test_without_the_button_nobody_is_forgotten(slack: Story) -> None:
    await _past(slack)
    await slack.ask("ben", "forget me")
    await slack.settled()
    assert "secret of Ben" in await everything(slack)


async def test_one_who_is_forgotten_during_a_vote_has_one_vote_and_no_name(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.react("chloe", duel, "b")
    await forget(slack, "ben")
    await slack.react("ben", duel, "handshake")
    paper = await slack.booth("ben", duel)
    assert "by your emoji, which everybody sees: Equally good" in paper["text"]
    await slack.later(hours=24)
    await slack.later(minutes=2)  # for events that may still be on their way
    assert "2 votes" in slack.text(duel)
    assert "equally good 1" in slack.text(duel)
    await slack.privacy.tick()
    assert slack.slack.person("ben") not in await everything(slack)
    assert await slack.stored("SELECT count(*) FROM alias") == [(0,)]


async def test_a_vote_on_its_way_while_they_are_forgotten_is_no_newer_for_it(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.delivered()
    ((id_, team, at),) = await slack.stored("SELECT duel_id, team, marked_at_us FROM register")
    await forget(slack, "ben")
    await slack.react("ben", duel, "handshake")
    await slack.delivered()
    database = Database(slack.database_url)
    async with database.write() as connection:  # as if the first came late, past the names
        await connection.execute(delete(register).where(register.c.choice == Choice.A))
    await move(
        database, {DuelId(id_): [Mark(Person(team, slack.slack.person("ben")), Choice.A, on=True, at=at)]}
    )
    await database.close()
    await slack.later(hours=24)
    await slack.later(minutes=2)
    assert "equally good 1" in slack.text(duel)


async def test_one_who_is_forgotten_flags_as_one_person_and_without_a_name(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    ben = slack.slack.person("ben")
    paper = await slack.booth("ben", duel)
    await slack.slack.click(ben, duel.channel, paper["ts"], "flag_answer_a")
    await slack.settled()
    await forget(slack, "ben")
    paper = await slack.booth("ben", duel)
    assert "You call answer A unsafe" in str(paper["blocks"])
    await slack.slack.click(ben, duel.channel, paper["ts"], "flag_answer_a")
    await slack.settled()
    paper = await slack.booth("ben", duel)
    assert "You call answer A unsafe" not in str(paper["blocks"])
    await slack.slack.click(ben, duel.channel, paper["ts"], "flag_answer_a")
    await slack.settled()
    await slack.privacy.tick()
    assert ben not in await everything(slack)
    await slack.reveal("ana", duel)
    assert "called unsafe by 1 person" in slack.text(duel)


async def test_a_flag_on_its_way_while_they_are_forgotten_leaves_no_name(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    ((id_, team),) = await slack.stored("SELECT id, team FROM duel")
    await slack.react("ben", duel, "a")
    await forget(slack, "ben")
    database = Database(slack.database_url)
    ben = Person(team, slack.slack.person("ben"))
    await FlagTable(database).put_secretly(DuelId(id_), Side.A, ben, on=True, at=1)  # as if past the names
    await database.close()
    await slack.later(hours=24)
    await slack.privacy.tick()
    assert ben.user not in await everything(slack)


async def test_an_open_duel_of_theirs_is_ended_first_and_then_erased(slack: Story) -> None:
    duel = await slack.duel("ben", "the secret of Ben?")
    await slack.react("ana", duel, "a")
    await forget(slack, "ben")
    assert "1 to 0" in slack.text(duel)
    await slack.later(minutes=1)
    await slack.privacy.tick()
    kept = await everything(slack)
    assert "secret of Ben" not in kept
    assert slack.slack.person("ben") not in kept
    assert await slack.stored("SELECT count(*) FROM ballot") == [(1,)]


async def test_a_request_that_a_crash_interrupted_is_carried_out_by_the_next_program(world: Story) -> None:
    async with world.app():
        await _past(world)
        await world.slack.levers.fail_next("chat.postMessage", "fatal_error")
        await forget(world, "ben")
    async with world.app():
        await world.later(minutes=1)
        assert [message["text"][:17] for message in direct(world, "ben")] == ["You are forgotten"]
        assert "secret of Ben" not in await everything(world)


async def test_texts_are_erased_by_age_and_votes_and_figures_stay(world: Story) -> None:
    async with world.app(keep_prompts_for="30d", vote_for="1h"):
        old, _ = await _past(world)
        before = await _figures(world)
        await world.later(hours=24 * 29)
        await world.privacy.tick()
        assert "secret of Ana" in await everything(world)
        await world.later(hours=24 * 2)
        new = await world.duel("ana", "a new one?")
        await world.privacy.tick()
        kept = await everything(world)
        assert "secret of" not in kept
        assert "a new one?" in kept
        assert await _figures(world) == before
        assert world.slack.person("ben") in kept
        await world.press("ben", old, "rematch_duel")
        assert "are erased" in world.told("ben")
        await world.press("ben", old, "why_duel")
        assert "“(erased)”" in world.told("ben")
        assert "a new one?" in world.text(new)


async def test_people_get_what_is_stored_of_them_and_nobody_elses(slack: Story) -> None:
    await _past(slack)
    open_ = await slack.duel("ana", "still open?")
    await slack.secretly("ben", open_, "tie")
    await slack.press("ben", open_, "vote_secretly")
    paper = slack.slack.ephemerals(slack.slack.person("ben"))[-1]
    await slack.slack.click(slack.slack.person("ben"), open_.channel, paper["ts"], "flag_answer_a")
    await slack.ask("ana", "the question of Ana?", command="/ask")
    ack = await slack.ask("ben", "export me")
    assert "direct message" in ack.text
    await slack.settled()
    _, sent = direct(slack, "ben")
    (file,) = sent["files"]
    found = json.loads(slack.slack.file(file["id"]))
    assert [duel["prompt"] for duel in found["duels"]] == ["the secret of Ben?"]
    on = [vote for vote in found["votes"] if vote["on"]]
    assert [(vote["choice"], vote["in_secret"], vote["counted"]) for vote in on] == [
        ("b", True, "b"),
        ("b", True, "b"),
        ("tie", True, None),
    ]
    assert [(one["unsafe"], one["on"]) for one in found["flags"]] == [("a", True)]
    assert not found["questions"]
    assert "Ana" not in str(found)
    assert LEFT not in str(found)
    assert "left-id" not in str(found)


async def test_what_they_asked_one_model_is_in_the_file_as_well(world: Story) -> None:
    async with world.app(ask_duel_share=0):
        await world.question("ben", "the question of Ben?")
        await world.ask("ben", "export me")
        await world.settled()
        (file,) = direct(world, "ben")[-1]["files"]
        (question,) = json.loads(world.slack.file(file["id"]))["questions"]
        assert (question["prompt"], question["answer"]) == ("the question of Ben?", "Left says blue.")


@pytest.mark.parametrize("which", ["export", "export me"])
async def test_nothing_lies_about_of_a_file_that_is_on_its_way(
    slack: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    await _past(slack)
    (tmp_path / "passing").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "passing"))
    stop = await slack.slack.levers.stop_at("files.getUploadURLExternal")
    await slack.ask("ben", which)
    await stop.reached.wait()
    left = list((tmp_path / "passing").rglob("*"))  # by somebody who kills us now
    stop.release()
    await slack.settled()
    assert not left
    assert direct(slack, "ben")[-1]["files"]


async def test_a_channel_is_told_once_where_its_prompts_go(slack: Story) -> None:
    elsewhere = await slack.slack.add_channel("elsewhere", members=[slack.slack.person("ana")])
    await slack.ask("ana", "why?", elsewhere)
    await slack.settled()
    await slack.slack.join(slack.slack.bot_user_id, elsewhere)
    for _ in range(2):
        await slack.ask("ana", "why?", elsewhere)
        await slack.settled()
    first, second = slack.slack.messages(elsewhere)
    assert "leaves Slack for the services that answer here (127.0.0.1)" in str(first)
    assert "leaves Slack" not in str(second)
    assert "leaves Slack" in slack.text(await slack.duel("ana", "why?"))


@pytest.mark.parametrize("yes", [True, False])
async def test_operators_erase_a_person_from_the_command_line(world: Story, bot: Bot, yes: bool) -> None:
    async with world.app():
        await _past(world)
    me = world.slack.person("ben")
    known = {"DATABASE_URL": world.database_url, "SLACK_BOT_TOKEN": world.slack.bot_token}
    asked = ["forget", "--team", world.slack.team_id, "--person", me, *(["--yes"] if yes else [])]
    status, _, said = await bot(*asked, cwd=Path.cwd(), **known)
    kept = await everything(world)
    assert (status == 0) is yes
    assert (me in kept) is not yes
    assert ("1 prompts; 2 votes" in said) is yes


@pytest.mark.parametrize("by_age", [True, False])
async def test_no_quotation_is_left_of_an_answer_that_is_erased(world: Story, by_age: bool) -> None:
    async with world.app(keep_prompts_for="1d" if by_age else None):
        world.left.will(says("I am Qwen, the secret of Ben."))
        duel = await world.duel("ben", "who are you?")
        await world.react("ana", duel, "a")
        await world.reveal("ben", duel)
        await _figures(world)
        assert "I am Qwen" in await everything(world)
        if by_age:
            await world.later(hours=25)
            await world.privacy.tick()
        else:
            await forget(world, "ben")
        assert "I am Qwen" not in await everything(world)
        database = Database(world.database_url)
        told = standings(await StandingsTable(database).record(world.slack.team_id))
        await database.close()
        assert "says who wrote it." in str(told)
