"""The bot's own words in each language: complete, and spoken where they are wanted."""

import json
import re

import pytest
from babel.messages.catalog import Message
from syrupy.assertion import SnapshotAssertion

from bot.votes import Tally
from bot.words import Language, figure, say, say_many, speaking
from handlers.cards import duel as cards
from handlers.cards.ballot import SAYS
from handlers.cards.topics import TOPIC_LABELS
from tests.catalogues import TRANSLATED, held, wanted
from tests.test_cards import ASKED, BOTH, EMOJI, LABELS, _duel
from tests.test_channels import settle
from tests.worlds.story import Story

BUTTONS = ("Cancel", "Vote secretly", "Reveal now", "Why", "Rematch", "Ask again", "Withdraw", "Forget me")
MOST = 75
"""Characters of a button and of an option."""
HELD_BACK = re.compile(r"`[^`]*`|https?://\S+")


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_catalogue_says_all_that_the_code_says_and_nothing_else(language: Language) -> None:
    catalog = held(language)
    assert {message.id for message in catalog if message.id} == {at.id for at in wanted() if at.id}
    assert not catalog.obsolete
    for message in catalog:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[1]
        assert not message.fuzzy, english
        for text in texts(message):
            assert text, english
            assert placeholders(text) == placeholders(english), english
            assert HELD_BACK.findall(text) == HELD_BACK.findall(english), english


@pytest.mark.parametrize("language", Language)
def test_what_stands_on_buttons_and_in_menus_fits(language: Language) -> None:
    with speaking(language):
        options = [say("Topic: {topic}", topic=say(label)) for label in TOPIC_LABELS.values()]
        assert all(len(text) <= MOST for text in (*map(say, BUTTONS), *map(say, SAYS.values()), *options))


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_cards_of_a_duel(language: Language, snapshot: SnapshotAssertion) -> None:
    with speaking(language):
        assert cards.waiting(_duel(), finished=1, elapsed_s=7.4, receivers="a.example") == snapshot
        assert cards.vote(_duel(), BOTH, ASKED, 3, EMOJI) == snapshot
        assert cards.reveal(_duel(), BOTH, Tally(a=2, b=1, tie=1), LABELS, EMOJI) == snapshot


def test_figures_and_plurals_are_those_of_the_language() -> None:
    with speaking(Language.GERMAN):
        assert figure(1234.5, ",.1f") == "1.234,5"
        assert say_many("{count} vote", "{count} votes", 1) == "1 Stimme"
    with speaking(Language.CHINESE):
        assert figure(1234.5, ",.1f") == "1,234.5"
    assert figure(1234.5, ",.1f") == "1,234.5"


async def test_two_channels_each_duel_in_their_own_language(slack: Story) -> None:
    people = [slack.slack.bot_user_id, *map(slack.slack.person, ("ana", "ben"))]
    other = await slack.slack.add_channel("beijing", members=people)
    assert "Deutsch" in await settle(slack, language="de")
    assert "中文" in await settle(slack, channel=other, language="zh")
    german = await slack.duel("ana", "why?")
    assert (await slack.ask("ana", "why?", other)).ok
    await slack.settled()
    chinese = _newest(slack, other)
    assert "Welche ist besser?" in slack.text(german)
    assert "哪个更好" in chinese
    assert not re.search(r"better|Vote secretly|Reveal now|counts", slack.text(german) + chinese)
    await slack.reveal("ben", german)
    assert "Nur wer gefragt hat" in slack.told("ben")
    await slack.react("ben", german, "a")
    paper = await slack.booth("ben", german)
    assert "Deine Stimme per Emoji, das alle sehen: A ist besser" in paper["text"]
    await slack.reveal("ana", german)
    await slack.settled()
    assert "gewinnt dieses Duell" in slack.text(german)
    assert "vorzeitig aufgelöst von" in slack.text(german)
    await slack.react("ben", german, "b")
    await slack.settled()
    assert "Deine frühere Stimme zählt." in slack.told("ben")


async def test_the_deployment_has_a_language_of_its_own(world: Story) -> None:
    async with world.app(duel_language="zh"):
        assert "哪个更好" in world.text(await world.duel("ana", "why?"))


def _newest(world: Story, channel: str) -> str:
    return json.dumps(world.slack.messages(channel), ensure_ascii=False)
