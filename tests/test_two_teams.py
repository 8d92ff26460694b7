"""Two teams at once: neither ever sees anything of the other, and no query can."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import and_, func, select, tuple_, update

from storage.archive import DuelArchive
from storage.database import Database
from storage.digest import DigestTable
from storage.replays import ReplayTable
from storage.standings import StandingsTable
from storage.tables import answer, ballot, digest, duel, job, register, summary
from tests.worlds.forms import filled
from tests.worlds.provider import fails, says
from tests.worlds.story import LEFT, RIGHT, Shown, Story
from tests.worlds.walls import RAW, RUNS, SHARED, across, calling, walking

FOR_ALL = {
    "digest:DigestTable.rooms": "the clock asks which channels of which teams asked, for their digests",
    "digest:DigestTable.schedules": "the clock asks which channels of which teams want a digest",
    "ledger:DuelLedger.look_again": "after a time without a connection every open vote is looked at",
    "privacy:PrivacyTable.erase_older": "by the clock, texts that are older than the operator keeps them",
    "standings:StandingsTable.teams": "the operator's command line asks which teams there are",
    "teams:TeamTable.renew_keys": "at the start every token is put under the newest key",
}
"""Queries that are for all teams, and what gives each the right to be."""
FOR_OPERATORS = {"archive:DuelArchive.ended"}
"""Held to a team, unless the operator asks for all of them at the command line."""
NOT_HERE = {
    "database:Database.alter": "makes the tables",
    "database:Database._say": "says what `votes` has worded",
    "database:Database.write": "a setting of PostgreSQL's",
    "database:_prepare_postgres": "opens a connection",
    "database:_prepare_sqlite": "opens a connection",
    "balances:forget": "duels by their ids; nobody needs it yet",
    "budgets:lock": "an advisory lock of PostgreSQL; reads no table",
    "checkup:_look": "SELECT 1",
    "jobs:JobTable.forget": "a step of one job",
    "jobs:JobTable.renew": "the heartbeat: jobs of one process, by its name",
    "jobs:JobTable.purge": "jobs that are done, by the clock",
    "jobs:JobTable.release": "the end of a process: its own jobs",
}
"""Queries that the story does not come to."""
BY_HAND = {
    "checkup:_look": "SELECT 1",
    "database:_begin_sqlite": "BEGIN",
    "database:Database._say": "says what the next two have worded",
    "database:Database.write": "a setting of PostgreSQL's",
    "votes:Poll._receive_late": "duels by their ids, which `_duels` has found in one team",
    "votes:move": "an INSERT that names the team of each row",
}
"""Statements in words of our own, which cannot be looked through."""


@asynccontextmanager
async def _both(world: Story, **changes: Any) -> AsyncIterator[tuple[Story, Story]]:
    """Two teams with the same people and channels, in one app."""
    teams = [await world.site.add_team(name) for name in ("North", "South")]
    async with world.app(**world.oauth() | changes):
        for team in teams:
            await world.install(team)
        yield world.elsewhere(teams[0]), world.elsewhere(teams[1])


def _link(duel: Shown) -> str:
    return f"https://x.slack.com/archives/{duel.channel}/p{duel.ts.replace('.', '')}"


async def test_neither_team_sees_anything_of_the_other(world: Story) -> None:
    async with _both(world, duels_per_team_a_month=2) as (north, south):
        ours = await north.duel("ana", "for:1h what is north?")
        theirs = await south.duel("ana", "for:1h what is south?")
        await north.react("ben", ours, "a")
        await south.react("ben", theirs, "b")
        await south.react("dev", theirs, "b")
        await north.later(hours=1)
        assert "1 vote" in north.text(ours)
        assert "2 votes" in south.text(theirs)
        await north.ask("ana", "stats")
        await south.ask("ana", "stats")
        assert "1 duel" in str(north.slack.ephemerals(north.slack.person("ana")))
        assert "2 votes" not in str(north.slack.ephemerals(north.slack.person("ana")))
        assert "no duel" in (await north.ask("ana", f"why {_link(theirs)}")).text
        await north.ask("ana", "digest on tue 08:00")
        (kept,) = await world.stored("SELECT team FROM digest_schedule")
        assert kept == (north.slack.team_id,)
        await north.ask("ana", "export")
        await north.settled()
        uploaded = [c for c in world.site.calls if c.method == "files.completeUploadExternal"]
        assert {call.team for call in uploaded} == {north.slack.team_id}
        text = north.slack.file(uploaded[0].args["files"][0]["id"]).decode()
        assert north.slack.team_id in text
        assert south.slack.team_id not in text
        # a budget of two: the other team's duels count for nothing
        await north.duel("ana", "and now?")
        assert "limit" in (await north.ask("ana", "once more?")).text
        assert (await south.ask("ana", "once more?")).text == ""
        await south.settled()
        for team, word in ((north, "south"), (south, "north")):
            said = [str(c.args) for c in world.site.calls if c.team == team.slack.team_id]
            assert said
            assert not any(f"what is {word}?" in one for one in said)


async def test_a_button_of_one_team_pressed_with_the_other_ones_duel_does_nothing(world: Story) -> None:
    async with _both(world) as (north, south):
        theirs = await south.duel("ana", "what is south?")
        ours = await north.duel("ana", "what is north?")
        (id_,) = [row[0] for row in await world.stored("SELECT id FROM duel WHERE prompt = 'what is south?'")]
        await north.slack.click(north.slack.person("ana"), ours.channel, ours.ts, "reveal_duel", value=id_)
        await south.settled()
        for name in (LEFT, RIGHT):
            assert name not in south.text(theirs)
        assert "Only the person who asked" in north.told("ana")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="a frame knows its function's full name from 3.11 on")
async def test_every_query_is_held_to_one_team(world: Story) -> None:
    with walking() as walk:
        async with _both(
            world,
            vote_quorum=3,
            usd_per_team_a_month="5",
            forget_team_after="1d",
            digest="mon 09:00",
            keep_prompts_for="6d",
            ask_duel_share=0.5,
        ) as (north, south):
            for team in (north, south):
                shown = await team.duel("ana", "for:1h as:coding why?")
                for person in ("ana", "ben", "chloe"):
                    await team.react(person, shown, "a")
                await team.settled()
                early = await team.duel("ana", "for:1h why not?")
                await team.slack.click(
                    team.slack.person("ana"),
                    early.channel,
                    early.ts,
                    "choose_topic",
                    selected_option={"value": f"{await _newest(world)}:maths"},
                )
                await team.reveal("ana", early)
                for words in ("stats", f"why {_link(shown)}", "digest on tue 09:00", "digest now", "export"):
                    await team.ask("ana", words)
                    await team.settled()
                await team.duel("ana", "for:30d still open?")
                ana = team.slack.person("ana")
                await team.slack.open_home(ana)
                await team.settled()
                await team.ask("ana", "settings")
                view = team.slack.modal(ana)
                assert view is not None
                assert (await team.slack.submit(ana, view["id"], filled(view, vote_for="2h"))).ok
                for words in ("why so?", "and how?", "how much?", "and who?"):
                    await team.ask("ana", words, command="/ask")
                    await team.settled()
                await _what_people_may_do_besides(world, team)
            await north.later(hours=24 * 8)
            await north.tick()
            await world.privacy.tick()
            world.left.will(fails(401, {"error": {"message": "no", "code": "invalid_api_key"}}))
            await north.ask("ana", "and now?")
            await north.settled()
            for _ in range(3):
                await north.later(hours=1)
            world.left.will(says("Back."))
            await north.later(hours=2)
            async with httpx.AsyncClient() as browser:
                await browser.get(f"{world.web.url}/health")
            await north.slack.uninstall()
            await north.settled()
            await north.later(hours=25)
            await _command_line(world)
    told = calling(RUNS)
    assert sorted(told - walk.seen - set(NOT_HERE)) == [], (
        "let the story come to these, or say why it need not"
    )
    bad = {name: tables for name, tables in walk.across.items() if tables}
    allowed = set(FOR_ALL) | FOR_OPERATORS
    assert {name: bad[name] for name in set(bad) - allowed} == {}
    assert set(FOR_ALL) <= set(bad), "these are held to a team now: take them off the list"


async def _what_people_may_do_besides(world: Story, team: Story) -> None:
    """Mentions, answers that fail, are cancelled or flagged; secret and late votes; being forgotten."""
    await team.mention("ana", "what is a mention?")
    mentioned = team.by_the_app()[-1]
    world.left.will(says("I am Qwen."))
    await team.mention("ana", "and now?", mentioned.ts)
    world.left.will(says("Left says blue."))
    await team.reveal("ana", mentioned)
    world.left.will(fails(400, {}))
    failed = await team.duel("ana", "which fails?")
    world.left.will(says("Left. " + "A long answer. " * 200))
    await team.press("ana", failed, "ask_again")
    (flagged, *_) = team.thread(failed)
    await team.react("ben", Shown(failed.channel, flagged["ts"]), "rotating_light")
    await team.secretly("ben", failed, "b")
    await team.reveal("ana", failed)
    await team.react("chloe", failed, "a")
    gate = asyncio.Event()
    world.left.will(says("Late.", wait_for=gate))
    await team.ask("ana", "which is cancelled?")
    await team.slack.until(lambda: "which is cancelled?" in str(team.messages))
    (ts,) = [m["ts"] for m in team.messages if "which is cancelled?" in str(m)]
    await team.slack.click(team.slack.person("ana"), team.general, ts, "cancel_duel")
    await team.settled()
    world.left.will(says("Left says blue."))
    await team.ask("ben", "export me")
    await team.settled()
    await team.ask("ben", "forget me")
    ben = team.slack.person("ben")
    await team.slack.click(ben, team.general, team.slack.ephemerals(ben)[-1]["ts"], "forget_me")
    await team.settled()


def test_no_statement_is_written_in_words_that_cannot_be_looked_through() -> None:
    assert calling(RAW) - set(BY_HAND) == set()


def test_the_walk_knows_a_query_that_is_held_from_one_that_is_not() -> None:
    held = [
        select(duel).where(duel.c.team == "T1"),
        select(duel.c.id).where(duel.c.id == "x"),
        select(duel.c.id).where(tuple_(duel.c.team, duel.c.shown_at).in_([("T1", "x")])),
        select(answer).where(answer.c.duel_id.in_(["x"])),
        select(duel, summary).join(summary, summary.c.duel_id == duel.c.id).where(duel.c.team == "T1"),
        update(duel).where(duel.c.id == "x", duel.c.state == "open").values(state="void"),
        select(job).where(job.c.id.in_(select(duel.c.id).where(duel.c.team == "T1"))),
        select(func.count()).select_from(select(duel.c.id).where(duel.c.team == "T1").subquery()),
    ]
    loose = [
        (select(duel), {"duel"}),
        (select(duel).where(duel.c.state == "open", duel.c.room == "C1"), {"duel"}),
        (update(duel).where(duel.c.state == "open").values(state="void"), {"duel"}),
        (select(duel, answer).where(duel.c.id == "x"), {"answer"}),
        (select(register).where(register.c.voter == "U1"), {"register"}),
        (
            select(ballot, duel).where(and_(ballot.c.duel_id == duel.c.id, duel.c.room == "C1")),
            {"ballot", "duel"},
        ),
        (select(digest).where(digest.c.week == "2026-W01"), {"digest"}),
        (select(job).where(job.c.id.in_(select(duel.c.id))), {"duel"}),
        (select(func.count()).select_from(duel), {"duel"}),
    ]
    for statement in held:
        assert across(statement) == set(), statement
    for bad, tables in loose:
        assert across(bad) == tables, bad


def test_only_these_tables_know_no_team() -> None:
    assert {"job", "job_step", "pause", "install_state"} == SHARED


async def _newest(world: Story) -> str:
    ((id_,),) = await world.stored("SELECT id FROM duel ORDER BY asked_at DESC, id LIMIT 1")
    rows = await world.stored("SELECT id FROM duel WHERE state = 'open' AND prompt = 'why not?'")
    return str(rows[-1][0] if rows else id_)


async def _command_line(world: Story) -> None:
    """What only the operator's commands ask."""
    database = Database(world.database_url)
    archive = DuelArchive(database)
    teams = await StandingsTable(database).teams()
    found = [one async for one in archive.ended(team=None, room=None, since=None, until=None)]
    assert {one.duel.asker.team for one in found} == set(teams)
    assert await archive.add(found) == 0
    assert len(await ReplayTable(database).asked([one.duel.id for one in found])) == len(found)
    assert await DigestTable(database).last_week(teams[0], found[0].duel.room, "2026-W01") is None
    await database.close()
