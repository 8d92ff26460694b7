"""What only signed HTTP has; all other stories are told over it as well: see `world` in conftest.py."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.errors import SettingsError
from bot.settings import load
from tests.worlds.story import Story


@pytest.fixture
def world(world: Story) -> Story:
    world.over_http = True
    return world


@pytest.fixture
async def slack(world: Story) -> AsyncIterator[Story]:
    async with world.app():
        yield world


async def _get(world: Story, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"{world.web.url}{path}")


async def test_a_request_that_slack_did_not_sign_changes_nothing(slack: Story) -> None:
    for forged in ({"secret": "0" * 32}, {"age": 400.0}):
        slack.slack.levers.signing(**forged)
        ack = await slack.ask("ana", "why?")
        assert "dispatch_failed" in ack.text
    await slack.settled()
    assert not slack.left.requests
    assert not slack.messages
    assert 'status="401"} 2' in (await _get(slack, "/metrics")).text


async def test_a_command_that_fails_is_explained_as_over_a_socket(slack: Story) -> None:
    ack = await slack.ask("ana", "for:soon why?")
    assert "for:" in ack.text


async def test_health_tells_whether_the_database_answers_and_work_gets_done(slack: Story) -> None:
    found = await _get(slack, "/health")
    assert (found.status_code, found.json()["well"], found.json()["due"]) == (200, True, 0)
    await slack.duel("ana", "why?")
    slack.clock.advance(24 * 3600 + 600)  # its end was due ten minutes ago, and nobody has looked
    found = await _get(slack, "/health")
    assert (found.status_code, found.json()["due"], found.json()["late_s"]) == (503, 1, 600.0)
    await slack.later(seconds=1)
    assert (await _get(slack, "/health")).status_code == 200


async def test_metrics_count_what_slack_sent(slack: Story) -> None:
    await slack.duel("ana", "why?")
    await slack.delivered()
    said = (await _get(slack, "/metrics")).text
    figures = dict(line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#"))
    assert (
        int(figures['duel_slack_requests_total{status="200"}']) >= 6
    )  # the challenge, the command, four emoji
    assert figures["duel_jobs_open"] == "1"
    assert figures["duel_database_up"] == "1"


async def test_there_is_no_page_of_installation_for_one_workspace(slack: Story) -> None:
    assert (await _get(slack, "/slack/install")).status_code == 404


async def test_votes_of_a_time_when_nobody_listened_count_after_the_start(world: Story) -> None:
    async with world.app():
        duel = await world.duel("ana", "why?")
    await world.slack.levers.hold_events()
    await world.react("ben", duel, "a")
    await world.slack.levers.release_events([])
    async with world.app():
        await world.settled()
        assert await world.stored("SELECT count(*) FROM register") == [(1,)]
        await world.later(hours=24)
        assert "1 vote" in world.text(duel)


async def test_a_port_that_is_taken_is_said_so(slack: Story) -> None:
    port = int(slack.web.url.rpartition(":")[2])
    with pytest.raises(SettingsError, match="Set PORT to a free one"):
        async with slack.app(port=port):
            pass


@pytest.mark.parametrize(
    ("changes", "over_http"),
    [
        ({}, False),
        ({"slack_signing_secret": "s"}, False),
        ({"slack_signing_secret": "s", "slack_mode": "http"}, True),
        ({"slack_signing_secret": "s", "slack_app_token": None}, True),
        ({"slack_app_token": None}, False),
    ],
)
def test_the_settings_choose(world: Story, changes: dict[str, Any], over_http: bool) -> None:
    world.over_http = False

    assert load(**world.settings(**changes)).over_http is over_http
