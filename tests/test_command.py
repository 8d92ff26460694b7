"""What people type after `/duel`."""

from datetime import timedelta

import pytest

from bot.duel import Topic
from bot.errors import UsageError
from handlers.command import Ask, Help, Settle, Votes, parse


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("why?", Ask("why?")),
        ("for:10m why?", Ask("why?", timedelta(minutes=10))),
        ("with:a,b why?", Ask("why?", pair=("a", "b"))),
        ("with:a, b why?", Ask("why?", pair=("a", "b"))),
        ("with:a , b why?", Ask("why?", pair=("a", "b"))),
        ("  with:a,b   for:1h  why?", Ask("why?", timedelta(hours=1), ("a", "b"))),
        ("for:1h with:a,b why?", Ask("why?", timedelta(hours=1), ("a", "b"))),
        ("with:a,b why, then?", Ask("why, then?", pair=("a", "b"))),
        ("with:a why, then?", Ask("why, then?", pair=("a",))),
        ("with:qwen2.5-max,deepseek-v3.1\nwhy?", Ask("why?", pair=("qwen2.5-max", "deepseek-v3.1"))),
        ("with:a,b,c why?", Ask("why?", pair=("a", "b", "c"))),
        ("with: why?", Ask("why?", pair=())),
        ("as:coding why?", Ask("why?", topic=Topic.CODING)),
        ("as:Math for:1h with:a,b why?", Ask("why?", timedelta(hours=1), ("a", "b"), Topic.MATHS)),
        ("is this as:coding?", Ask("is this as:coding?")),
        ("with:a,b", Ask("", pair=("a", "b"))),
        ("compare this with:a,b", Ask("compare this with:a,b")),
        ("-- for:each why?", Ask("for:each why?")),
        ("for:1h — with:love why?", Ask("with:love why?", timedelta(hours=1))),
        ("-- help", Ask("help")),
        ("--verbose is what?", Ask("--verbose is what?")),
        ("without:a why?", Ask("without:a why?")),
        ("is 1 &lt; 2 &amp;&amp; 3 &gt; 2?", Ask("is 1 < 2 && 3 > 2?")),
    ],
)
def test_options_come_first_and_the_rest_is_the_prompt(text: str, asked: Ask) -> None:
    assert parse(text) == asked


@pytest.mark.parametrize("text", ["help", "HELP", " ? "])
def test_help_is_asked_for(text: str) -> None:
    assert parse(text) == Help()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("help votes", Help("votes")),
        (" Help  Privacy ", Help("privacy")),
        ("help me write a poem", Ask("help me write a poem")),
        ("help!", Ask("help!")),
        ("settings", Settle()),
        ("settings of a good story?", Ask("settings of a good story?")),
    ],
)
def test_help_by_topic_and_settings_are_told_from_prompts(text: str, asked: object) -> None:
    assert parse(text) == asked


def test_a_topic_of_help_that_is_misspelt_is_guessed() -> None:
    with pytest.raises(UsageError, match="/duel help digest"):
        parse("help digset")


@pytest.mark.parametrize("text", ["for:soon why?", "for:0s why?", "with:a,b for:999d why?"])
def test_a_length_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"10m.* put `--` before it"):
        parse(text)


@pytest.mark.parametrize("text", ["as:poetry why?", "as: why?"])
def test_a_topic_that_is_none_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(
        UsageError, match=r"coding, maths, writing, service, translation, facts, safety, other"
    ):
        parse(text)


@pytest.mark.parametrize(
    ("text", "asked"), [("export", Votes()), (" Export ", Votes()), ("export what?", Ask("export what?"))]
)
def test_the_votes_are_asked_for(text: str, asked: Votes | Ask) -> None:
    assert parse(text) == asked
