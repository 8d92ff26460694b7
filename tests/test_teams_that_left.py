"""What is left of a workspace that has thrown us out: nothing of its people."""

from tests.test_forgetting import forget_beside
from tests.test_install import _running as running
from tests.test_privacy import everything
from tests.worlds.story import Story


async def test_no_job_of_a_team_that_is_forgotten_names_its_people(world: Story) -> None:
    async with running(world, forget_team_after="10d", keep_jobs_for="30d") as there:
        duel = await there.duel("ana", "why?")
        await there.reveal("ana", duel)
        await there.react("dev", duel, "a")
        await there.ask("ben", "export")
        await there.ask("ben", "export me")
        await there.slack.open_home(there.slack.person("chloe"))
        await there.mention("ana", "why not?")
        await there.settled()
        team = there.slack.team_id
        people = [there.slack.person(name) for name in ("ana", "ben", "chloe", "dev")]
        named = await world.stored(f"SELECT id FROM job WHERE id LIKE '%:{team}:%'")
        assert {id_.partition(":")[0] for (id_,) in named} >= {"late", "export", "mine", "home", "letter"}
        await there.slack.uninstall()
        await there.settled()
        await there.later(hours=10 * 24)
        kept = await everything(world)
        assert not [one for one in people if one in kept]
        assert kept.count(team) == 1, "the job that has forgotten them"


async def test_a_team_that_leaves_while_its_duels_are_answered_takes_every_alias_along(world: Story) -> None:
    async with running(world) as there:
        stop = await there.slack.levers.stop_at("chat.postMessage")
        await there.ask("ana", "why?")
        await stop.reached.wait()
        await forget_beside(there, "ben")
        assert await world.stored("SELECT count(*) FROM alias") == [(1,)]
        await there.slack.uninstall()
        stop.release()
        await there.settled()
        await there.later(hours=1)
        assert await world.stored("SELECT count(*) FROM alias") == [(0,)]
