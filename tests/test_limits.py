"""Limits in Slack: who is refused, told alone and paying nothing, and when it goes on."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from bot.budgets import Limit, Per, Whose
from bot.errors import SettingsError
from bot.settings import load
from tests.worlds.provider import DONE, Reply, chunk, usage
from tests.worlds.story import Story


async def test_of_50_commands_at_once_10_become_duels_and_40_are_told_why(world: Story) -> None:
    async with world.app(duels_per_person_a_day=10):
        acks = await asyncio.gather(*(world.ask("ana", f"for:1h {number}?") for number in range(50)))
        await world.settled()
        await world.later(minutes=1)
        refused = [ack.text for ack in acks if ack.text]
        assert len(refused) == 40
        assert all("You have had 10 duels today; the limit is 10" in text for text in refused)
        assert await world.stored("SELECT count(*) FROM duel") == [(10,)]
        assert len(world.left.requests) == len(world.right.requests) == 10
        assert not [message for message in world.messages if "limit" in str(message)]


async def test_a_day_begins_at_midnight_in_the_operators_zone(world: Story) -> None:
    async with world.app(duels_per_person_a_day=1, budget_zone="Asia/Shanghai"):
        await world.duel("ana", "why?")  # at 20:00 in Shanghai
        ack = await world.ask("ana", "and why?")
        assert "It resets at 2026-11-25 00:00 Asia/Shanghai, in 4h." in ack.text
        await world.duel("ben", "why?")
        await world.later(hours=4)
        await world.duel("ana", "and why?")


async def test_a_channel_has_a_limit_of_its_own(world: Story) -> None:
    async with world.app(duels_per_channel_a_day=1):
        await world.duel("ana", "why?")
        assert "This channel has had 1 duel today; the limit is 1" in (await world.ask("ben", "why?")).text
        ack = await world.ask("ben", "why?", world.slack.channel("random"))
        assert not ack.text


async def test_a_team_has_a_limit_a_month_whoever_asks_and_wherever(world: Story) -> None:
    async with world.app(duels_per_team_a_month=1):
        await world.duel("ana", "why?")
        ack = await world.ask("ben", "why?", world.slack.channel("random"))
        assert "Your team has had 1 duel this month; the limit is 1. It resets at 2026-12-01" in ack.text
        await world.later(hours=24 * 7)
        assert not (await world.ask("ben", "why?")).text


async def test_money_is_reserved_while_models_answer_and_settled_to_what_they_cost(world: Story) -> None:
    """With these prices and limits `why?` may cost $0.00704, and costs $0.0004."""
    gate = asyncio.Event()
    world.left.will(Reply((gate, chunk(content="Blue."), chunk(finish="stop"), usage(output=20), DONE)))
    async with world.app(usd_per_channel_a_day=Decimal("0.0075")):
        await world.ask("ana", "why?")
        await world.left.until(lambda: bool(world.left.requests))
        ack = await world.ask("ana", "why?")
        assert "and this duel may cost up to $0.0071" in ack.text
        gate.set()
        await world.settled()
        await world.duel("ana", "why?")
        ack = await world.ask("ana", "why?")
        assert "This channel has spent $0.0008 today; the limit is $0.0075" in ack.text
        assert len(world.left.requests) == 2


async def test_an_answer_that_reports_no_usage_counts_for_what_was_reserved(world: Story) -> None:
    world.left.will(Reply((chunk(content="Blue."), chunk(finish="stop"), DONE)))
    async with world.app(usd_per_team_a_month=Decimal("0.01")):
        await world.duel("ana", "why?")
        ack = await world.ask("ana", "why?")
        assert "Your team has spent $0.0038 this month" in ack.text  # 0.00352 reserved, 0.00026 paid


async def test_a_duel_that_asked_nobody_counts_for_nothing(world: Story) -> None:
    elsewhere = await world.slack.add_channel("elsewhere", members=[world.slack.person("ana")])
    async with world.app(duels_per_person_a_day=1):
        await world.ask("ana", "why?", elsewhere)
        await world.settled()
        assert "/invite" in world.told("ana")
        await world.duel("ana", "why?")
        assert (await world.ask("ana", "why?")).text


async def test_spending_is_remembered_from_before_there_was_a_limit(world: Story) -> None:
    async with world.app():
        await world.duel("ana", "why?")
    async with world.app(duels_per_person_a_day=1):
        assert "You have had 1 duel today" in (await world.ask("ana", "why?")).text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DUELS_PER_PERSON_A_DAY", "few", "DUELS_PER_PERSON_A_DAY"),
        ("DUELS_PER_TEAM_A_MONTH", "-1", "DUELS_PER_TEAM_A_MONTH"),
        ("USD_PER_CHANNEL_A_DAY", "-0.01", "USD_PER_CHANNEL_A_DAY"),
        ("BUDGET_ZONE", "Mars/Olympus", "BUDGET_ZONE: no time zone “Mars/Olympus”; write one like"),
        ("OPERATORS_CHANNEL", "#ops", "OPERATORS_CHANNEL"),
    ],
)
def test_a_limit_that_is_none_names_itself(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        load()


def test_limits_are_read_from_a_file_and_unset_ones_are_none() -> None:
    Path(".env").write_text(
        "USD_PER_TEAM_A_MONTH=12.50\nDUELS_PER_PERSON_A_DAY=\nBUDGET_ZONE=Europe/Berlin\n"
    )
    budgets = load().budgets
    assert budgets.limits == (Limit(Whose.TEAM, Per.MONTH, usd=Decimal("12.50")),)
    assert str(budgets.zone) == "Europe/Berlin"
