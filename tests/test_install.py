"""Many workspaces: how one comes in, what it has for itself, and how it leaves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.errors import SettingsError
from playground import Team
from storage.database import Database
from storage.keyring import Keyring
from tests.worlds.story import KEYS, LEFT, Story


@asynccontextmanager
async def _running(world: Story, **changes: Any) -> AsyncIterator[Story]:
    """The app for many workspaces, and another workspace in which it is installed."""
    team = await world.site.add_team("Other")
    async with world.app(**world.oauth() | changes):
        assert "Thank you" in await world.install(team)
        yield world.elsewhere(team)


@asynccontextmanager
async def _sql(world: Story) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Somebody else at the database, in one transaction."""
    database = Database(world.database_url)
    async with database.write() as connection:
        yield connection.exec_driver_sql
    await database.close()


async def _again(world: Story, *, cookie: bool = True) -> httpx.Response:
    url, headers = world.visited
    async with httpx.AsyncClient() as browser:
        return await browser.get(url, headers=headers if cookie else {})


async def test_a_workspace_installs_duel_by_a_button_and_duels(world: Story) -> None:
    async with _running(world) as there:
        duel = await there.duel("ana", "why is the sky blue?")
        await there.react("ben", duel, "a")
        await there.later(hours=24)
        assert LEFT in there.text(duel)
        assert "1 vote" in there.text(duel)
        assert {call.team for call in world.site.calls if call.method.startswith("chat.")} == {
            there.slack.team_id
        }
        assert not world.messages


async def test_the_page_tells_where_prompts_go(world: Story) -> None:
    async with world.app(**world.oauth()), httpx.AsyncClient() as browser:
        page = await browser.get(f"{world.web.url}/slack/install")
        assert "Add to Slack" in page.text
        assert "Prompts leave Slack" in page.text


async def test_a_state_serves_once_and_in_its_own_browser_only(world: Story) -> None:
    async with _running(world):
        used = await _again(world)
        assert (used.status_code, "has been used" in used.text) == (401, True)
        elsewhere = await _again(world, cookie=False)
        assert (elsewhere.status_code, "in one browser" in elsewhere.text) == (400, True)
        for answer in (used, elsewhere):
            assert 'href="/slack/install"' in answer.text


async def test_whoever_only_looks_at_the_page_leaves_nothing_behind(world: Story) -> None:
    count = "SELECT count(*) FROM install_state"
    async with _running(world) as there, httpx.AsyncClient() as browser:
        assert await world.stored(count) == [(1,)]  # of the one that has come back
        for method in ("HEAD", "GET"):
            assert (await browser.request(method, f"{world.web.url}/slack/install")).status_code == 200
        assert await world.stored(count) == [(1,)]
        there.clock.advance(21 * 60)
        await world.install(there.slack)
        assert await world.stored(count) == [(1,)]  # the older one could serve no more, and is gone


@pytest.mark.parametrize(
    "forged", ["", "x", "x.99999999999.", "{visit}.{signature}0", "a{visit}.{signature}"]
)
async def test_a_state_that_was_not_issued_here_does_not_serve(world: Story, forged: str) -> None:
    async with world.app(**world.oauth()), httpx.AsyncClient() as browser:
        page = await browser.get(f"{world.web.url}/slack/install")
        visit, _, signature = page.cookies["slack-app-oauth-state"].rpartition(".")
        state = forged.format(visit=visit, signature=signature)
        done = await browser.get(
            f"{world.web.url}/slack/oauth_redirect?state={state}&code=x",
            headers={"Cookie": f"slack-app-oauth-state={state}"},
        )
    assert done.status_code in (400, 401)
    assert await world.stored("SELECT * FROM install_state") == []


async def test_whatever_slack_calls_a_failure_is_shown_and_is_no_markup(world: Story) -> None:
    async with world.app(**world.oauth()), httpx.AsyncClient() as browser:
        page = await browser.get(f"{world.web.url}/slack/oauth_redirect?error=<b>odd</b>")
        assert "&lt;b&gt;odd" in page.text
        assert "nothing was installed" in page.text


async def test_a_state_that_is_too_old_does_not_serve(world: Story) -> None:
    team = await world.site.add_team("Other")
    async with world.app(**world.oauth()), httpx.AsyncClient() as browser:
        page = await browser.get(f"{world.web.url}/slack/install")
        state = page.cookies["slack-app-oauth-state"]
        world.clock.advance(601)
        done = await browser.get(
            f"{world.web.url}/slack/oauth_redirect?state={state}&code=x",
            headers={"Cookie": f"slack-app-oauth-state={state}"},
        )
    assert (done.status_code, "too old" in done.text) == (401, True)
    assert not team.bot_token


async def test_tokens_are_encrypted_at_rest(world: Story) -> None:
    async with _running(world) as there:
        ((kept,),) = await world.stored("SELECT token FROM installation")
        assert there.slack.bot_token
        assert there.slack.bot_token not in kept
        assert "xoxb" not in kept


async def test_a_new_key_before_the_old_one_takes_over_at_the_start(world: Story) -> None:
    async with _running(world) as there:
        pass
    async with world.app(**world.oauth() | {"installation_keys": f"{KEYS[1]},{KEYS[0]}"}):
        pass
    async with world.app(**world.oauth() | {"installation_keys": KEYS[1]}):
        await there.duel("ana", "why?")
    with pytest.raises(SettingsError, match="INSTALLATION_KEYS: no key fits"):
        async with world.app(**world.oauth()):
            pass


async def test_a_program_without_the_key_that_another_has_begun_to_use_says_what_to_do(
    world: Story, caplog: pytest.LogCaptureFixture
) -> None:
    keys = "installation_keys"
    async with _running(world) as there:
        async with world.app(**world.oauth() | {keys: f"{KEYS[1]},{KEYS[0]}"}):
            pass
        there.clock.advance(31)  # it looks its workspaces up anew
        ack = await there.ask("ana", "why?")
        assert "that behind the first one here" in ack.text
        assert "that behind the first one here" in caplog.text


async def test_keys_are_changed_under_several_programs_one_after_the_other(world: Story) -> None:
    old, new = KEYS
    async with _running(world, installation_keys=f"{old},{new}") as there:
        async with world.app(**world.oauth() | {"installation_keys": f"{new},{old}"}):
            pass
        there.clock.advance(31)
        await there.duel("ana", "why?")
    async with world.app(**world.oauth() | {"installation_keys": new}):
        await there.duel("ana", "and why at night?")


async def test_a_change_of_keys_waits_for_a_workspace_that_is_just_coming_back(
    world: Story, database: str
) -> None:
    async with _running(world):
        pass

    async def change() -> None:
        async with world.app(**world.oauth() | {"installation_keys": f"{KEYS[1]},{KEYS[0]}"}):
            pass

    async with _sql(world) as run:
        await run(f"UPDATE installation SET token = '{Keyring(KEYS[0]).lock('xoxb-newer')}'")
        changing = asyncio.create_task(change())
        waits = (
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        while database == "postgres" and not await world.stored(waits):
            assert not changing.done()
    await changing
    ((token,),) = await world.stored("SELECT token FROM installation")
    assert Keyring(KEYS[1]).unlock(token) == "xoxb-newer"


@pytest.mark.parametrize("lacking", ["slack_client_secret", "installation_keys", "slack_signing_secret"])
async def test_what_is_missing_is_named(world: Story, lacking: str) -> None:
    with pytest.raises(SettingsError, match=lacking.upper()):
        async with world.app(**world.oauth() | {lacking: None, "slack_mode": "http"}):
            pass


async def test_a_key_that_is_none_is_explained(world: Story) -> None:
    with pytest.raises(SettingsError, match="Make one"):
        async with world.app(**world.oauth() | {"installation_keys": "secret"}):
            pass


async def test_a_workspace_without_duel_is_told_so_and_nothing_is_asked(world: Story) -> None:
    async with world.app(**world.oauth()):
        ack = await world.ask("ana", "why?")
        await world.settled()
        assert "not installed here" in ack.text + world.told("ana")
    assert not world.left.requests


async def _posts(team: Team) -> int:
    return sum(call.method.startswith("chat.") for call in team.calls)


async def test_a_workspace_that_removes_duel_hears_no_more_of_it(world: Story) -> None:
    async with _running(world) as there:
        duel = await there.duel("ana", "why?")
        before = await _posts(there.slack)
        await there.slack.uninstall()
        await there.settled()
        await there.later(hours=25)
        assert await _posts(there.slack) == before
        assert LEFT not in there.text(duel)
        assert await world.stored("SELECT state, void_reason FROM duel") == [
            ("void", "Duel was removed from this workspace.")
        ]
        assert await world.stored("SELECT token FROM installation") == [(None,)]


async def test_a_duel_in_the_middle_of_its_answers_ends_when_duel_is_removed(world: Story) -> None:
    async with _running(world) as there:
        stop = await there.slack.levers.stop_at("chat.update")
        await there.ask("ana", "why?")
        await stop.reached.wait()
        await there.slack.uninstall()
        await there.delivered()
        stop.release()
        await there.settled()
        await there.later(hours=1)
        assert await world.stored("SELECT state FROM duel") == [("void",)]


async def test_after_a_time_nothing_of_it_is_left_but_of_the_others_everything(world: Story) -> None:
    async with _running(world, forget_team_after="10d") as there:
        third = await world.site.add_team("Third")
        await world.install(third)
        beside = world.elsewhere(third)
        for one in (there, beside):
            duel = await one.duel("ana", "why?")
            await one.react("ben", duel, "a")
            await one.ask("ana", "digest on mon 09:00")
            await one.reveal("ana", duel)
        await there.slack.uninstall()
        await there.settled()
        await there.later(hours=9 * 24)
        assert len(await world.stored("SELECT id FROM duel")) == 2
        await there.later(hours=24)
        for table in ("duel", "digest_schedule", "installation", "register"):
            assert await world.stored(f"SELECT DISTINCT team FROM {table}") == [(third.team_id,)]
        for table in ("answer", "summary", "spending"):
            ((left,),) = await world.stored(
                f"SELECT count(*) FROM {table} WHERE duel_id NOT IN (SELECT id FROM duel)"
            )
            assert left == 0


async def test_one_that_comes_back_in_time_finds_everything(world: Story) -> None:
    async with _running(world) as there:
        duel = await there.duel("ana", "why?")
        await there.reveal("ana", duel)
        await there.slack.uninstall()
        await there.settled()
        await there.later(hours=24)
        await world.install(there.slack)
        await there.later(hours=31 * 24)
        assert len(await world.stored("SELECT id FROM duel")) == 1
        await there.duel("ana", "and why at night?")


async def test_one_that_comes_back_while_it_is_being_forgotten_is_at_home_again(
    world: Story, database: str
) -> None:
    back = "UPDATE installation SET token = 'new', left_at = NULL"
    once = f"AFTER DELETE ON duel {'FOR EACH STATEMENT' if database == 'postgres' else ''}"
    async with _running(world, forget_team_after="10d") as there:
        duel = await there.duel("ana", "why?")
        await there.reveal("ana", duel)
        await there.ask("ana", "digest on mon 09:00")
        await there.slack.uninstall()
        await there.settled()
        async with _sql(world) as run:
            if database == "postgres":
                await run(
                    f"CREATE FUNCTION back() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN {back}; RETURN NULL; END $$"
                )
                await run(f"CREATE TRIGGER back {once} EXECUTE FUNCTION back()")
            else:
                await run(f"CREATE TRIGGER back {once} BEGIN {back}; END")
        await there.later(hours=10 * 24)
        assert await world.stored("SELECT token, left_at FROM installation") == [("new", None)]
        assert len(await world.stored("SELECT * FROM digest_schedule")) == 1


async def test_a_removal_that_is_told_twice_late_and_after_the_return_changes_nothing(world: Story) -> None:
    async with _running(world) as there:
        await there.slack.levers.deliver_twice()
        await there.slack.levers.hold_events()
        await there.slack.uninstall()
        there.clock.advance(timedelta(minutes=2).total_seconds())
        await world.install(there.slack)
        await there.slack.levers.release_events("lifo")
        await there.settled()
        await there.duel("ana", "why?")
