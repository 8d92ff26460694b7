"""The bot's own words in each language: complete, and spoken where they are wanted."""

import ast
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
from tests.catalogues import MARKS, ROOT, TRANSLATED, held, wanted
from tests.test_cards import ASKED, BOTH, EMOJI, LABELS, _duel
from tests.test_channels import settle
from tests.worlds.provider import fails
from tests.worlds.story import LEFT, Story

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


def test_babel_overlooks_nothing_that_the_code_says() -> None:
    """As it does where one call stands within another, or in an f-string."""
    found = {
        str(node.args[0].value)
        for folder in ("bot", "handlers", "storage")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    known = {at.id if isinstance(at.id, str) else at.id[0] for at in wanted() if at.id}
    assert len(found) > 500
    assert found <= known


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


def test_nobody_waits_for_what_is_too_long_to_be_ours() -> None:
    with speaking(Language.GERMAN):
        long = "failed: " * 2_000 + " (x said: " * 2_000
        assert say(long) == long
        assert say("failed: no text") == "fehlgeschlagen: kein Text"


async def test_why_one_failed_and_what_the_operators_are_told_is_said_in_it_too(world: Story) -> None:
    ops = await world.slack.add_channel("ops", members=[world.slack.bot_user_id])
    world.left.will(fails(401, {"error": {"message": "Incorrect API key provided."}}))
    world.right.will(fails(404, {"error": {"message": "The model does not exist."}}))
    async with world.app(duel_language="de", operators_channel=ops):
        text = world.text(await world.duel("ana", "why?"))
        assert "der API-Schlüssel wurde abgelehnt" in text
        assert f"({LEFT} sagte: Incorrect API key provided.)" in text
        assert "dieses Modell gibt es dort nicht" in text
        assert "Hier bereit: left-id." in text
        assert not re.search("refused|said:|served here|Ready", text)
        (notice,) = world.slack.messages(ops)
        assert f"*{LEFT}* (`left-id`) pausiert" in notice["text"]


async def test_rounds_speak_it_too(slack: Story) -> None:
    assert "Deutsch" in await settle(slack, language="de")
    first = await slack.duel("ana", "why?")
    await slack.mention("ben", "and now?", first.ts)
    second = slack.by_the_app()[-1]
    await slack.reveal("ben", second)
    assert "Diese Abstimmung ist beendet" in slack.text(second)
    assert "sobald auch diese vorbei sind: Runde 1." in slack.told("ben")


def _newest(world: Story, channel: str) -> str:
    return json.dumps(world.slack.messages(channel), ensure_ascii=False)
