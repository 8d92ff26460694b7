"""Signed HTTP: the same stories as over Socket Mode, and what only HTTP has."""

from collections.abc import AsyncIterator, Awaitable, Callable
from inspect import signature
from typing import Any

import httpx
import pytest

from bot.errors import SettingsError
from bot.settings import load
from tests import test_duel, test_rounds, test_voting
from tests.worlds.story import Story

Told = Callable[..., Awaitable[None]]
SAME: list[Told] = [
    test_duel.test_two_unnamed_answers_are_posted_together_with_the_four_reactions,
    test_duel.test_the_reveal_names_the_winner_with_speed_and_cost,
    test_duel.test_a_vote_closes_when_the_quorum_is_reached,
    test_duel.test_only_the_asker_can_reveal_early,
    test_duel.test_in_a_channel_without_the_bot_nothing_is_run_and_the_asker_is_told_to_invite_it,
    test_duel.test_help_is_told_to_the_asker_alone,
    test_voting.test_a_withdrawn_reaction_gives_back_the_earlier_vote,
    test_voting.test_events_doubled_and_backwards_give_the_same_votes,
    test_voting.test_votes_whose_events_never_came_are_read_from_slack_before_closing,
    test_voting.test_a_late_vote_changes_no_result,
    test_voting.test_the_bots_own_reactions_are_no_votes,
    test_rounds.test_each_contender_goes_on_with_its_own_conversation_in_the_same_thread,
    test_rounds.test_the_names_wait_until_the_last_round_is_over,
    test_rounds.test_events_doubled_and_backwards_give_the_same_rounds,
]
"""Stories that are told over Socket Mode where they stand, and over signed HTTP here."""


@pytest.fixture
def world(world: Story) -> Story:
    world.over_http = True
    return world


@pytest.fixture
async def slack(world: Story) -> AsyncIterator[Story]:
    async with world.app():
        yield world


@pytest.mark.parametrize("story", SAME, ids=lambda story: story.__name__.removeprefix("test_"))
async def test_it_is_the_same_over_http(story: Told, world: Story) -> None:
    if "world" in signature(story).parameters:
        await story(world)
        return
    async with world.app():
        await story(world)


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
