"""What `/duel help` answers, page by page."""

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.duel import ContenderId
from bot.settings import load
from handlers.cards.help import Pages
from handlers.command import HELP_TOPICS
from handlers.emoji import Emoji
from tests.worlds.story import Story

NAMES = [ContenderId("qwen-max"), ContenderId("deepseek-flash")]


@pytest.mark.parametrize("topic", ["", *HELP_TOPICS])
def test_each_page_fits_a_screen(topic: str, snapshot: SnapshotAssertion) -> None:
    settings = load(duels_per_person_a_day=20, usd_per_team_a_month="50")
    page = Pages(settings, Emoji(settings.vote_emoji), NAMES)[topic]
    assert len(page.splitlines()) <= 14
    assert len(page) <= 1_200
    assert page == snapshot


async def test_it_is_told_to_whoever_asked(slack: Story) -> None:
    before = slack.messages
    await slack.ask("ben", "help")
    await slack.ask("ben", "help limits")
    assert "/duel help privacy" in slack.told("ben")
    assert "Your operator has set none." in slack.told("ben")
    assert slack.messages == before
