"""What is told of votes, time and money, in each language: digest, standings, `/ask`, limits, and errors."""

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.budgets import Budgets, Limit, Per, Spent, Whose, money
from bot.errors import UsageError
from bot.giveaways import SAYS_WHO
from bot.jobs import BROKE
from bot.standings.exclusions import FAILED
from bot.words import Language, days, figure, listed, percent, say, sentences, speaking, weekday
from handlers.asides import aside
from handlers.cards.standings import table
from handlers.command import parse
from tests.catalogues import TRANSLATED
from tests.test_budgets import BERLIN, costs, duel
from tests.test_channels import settle
from tests.test_digest import CLEAR, bare
from tests.worlds.history import Held, hold, weeks_of
from tests.worlds.provider import fails, says
from tests.worlds.story import LEFT, RIGHT, Story, story

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
NOT_OURS = re.compile(rf"`[^`]*`|{LEFT}|{RIGHT}|<[^>]*>|why\?|/duel|rotating_light|rich_text|plain_text")
ENGLISH = re.compile(
    r"\b(the|and|of|is|was|are|were|not|no|votes?|answer(s|ed)?|asked|ties?|cost|won|week|only|duels)\b"
)
"""Words of English that are none of German; there, “was” and “die” are others."""


def english(told: str) -> list[str]:
    """What of it is English still."""
    return [found[0] for found in ENGLISH.finditer(NOT_OURS.sub("", told)) if found[0] != "was"]


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Story]:
    """A world on SQLite only: what is shown is the same on every database."""
    async with story(f"sqlite:///{tmp_path / 'one.db'}") as told:
        yield told


async def past(world: Story, held: list[Held], room: str | None = None, first: int = 0) -> None:
    await hold(world.database_url, world.slack.team_id, room or world.general, held, first)


@pytest.mark.parametrize("language", TRANSLATED)
async def test_a_digest_and_stats(one: Story, language: Language, snapshot: SnapshotAssertion) -> None:
    held = weeks_of(MONDAY, 4, CLEAR, topic="coding", language="en")
    await past(one, [*held, Held(held[-1].at, "", failed=True), Held(held[-1].at, "lr", topic="maths")])
    one.left.will(says("Blue.", model="model-of-left"))
    async with one.app(duel_language=language):
        await one.question("ana", "as:coding why?")
        await one.ask("ana", "stats")
        await one.tick()
    (message,) = [said for said in one.messages if "Duel" in said["text"]]
    (shown,) = one.slack.ephemerals(one.slack.person("ana"))
    for told in (message, shown):
        assert english(json.dumps([told["text"], texts(told["blocks"])], ensure_ascii=False)) == []
    assert message["text"] == snapshot(name="digest, text")
    assert bare(message["blocks"]) == snapshot(name="digest, blocks")
    assert shown["text"] == snapshot(name="stats, text")
    assert bare(shown["blocks"]) == snapshot(name="stats, blocks")


def texts(value: Any) -> list[str]:
    """All that can be read in blocks."""
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for inner in value.values() if not isinstance(inner, str) for text in texts(inner)]
    return [text for inner in value for text in texts(inner)] if isinstance(value, list) else []


async def test_two_channels_read_figures_each_in_their_own_language(world: Story) -> None:
    async with world.app(ask_duel_share=0, duels_per_channel_a_day=2):
        people = [world.slack.bot_user_id, *map(world.slack.person, ("ana", "ben"))]
        other = await world.slack.add_channel("beijing", members=people)
        await settle(world, language="de")
        await settle(world, channel=other, language="zh")
        german = await _told(world, world.general)
        chinese = await _told(world, other)
    assert "2 Duelle; die Grenze ist" not in german.refused  # a question is none
    assert "Dieser Channel hatte heute 1 Duell und 1 Frage; die Grenze ist 2." in german.refused
    assert "25.11.2026 00:00 UTC" in german.refused
    assert (
        "此频道今天已有 1 场对决和 1 次提问，上限为 2。将于 2026年11月25日 00:00 UTC 重置" in chinese.refused
    )
    assert "Duel-Wochenrückblick · die letzten sieben Tage (17.–24. Nov. 2026)" in german.digest
    assert "Duel 摘要 · 最近七天（2026年11月17日至24日）" in chinese.digest
    assert "Stand · gesamte Zeit · dieser Channel" in german.stats
    assert "战绩 · 全部时间 · 此频道" in chinese.stats
    assert "So wurde dieses Duell gezählt" in german.why
    assert "Gezählt: 1 für" in german.why
    assert "这场对决的计票方式" in chinese.why
    assert "Ob dieses Team es" in german.question
    assert "本团队是否更喜欢它" in chinese.question
    for told in (german, chinese):
        for text in (told.refused, told.digest, told.stats, told.why, told.question):
            assert english(text) == [], text


@dataclass(frozen=True)
class Told:
    """What a channel, or somebody in it, reads."""

    refused: str
    digest: str
    stats: str
    why: str
    question: str


async def _told(world: Story, channel: str) -> Told:
    """A duel, a question, one too many, then all that is said of them; told from that channel."""
    before = {message["ts"] for message in world.slack.messages(channel)}
    assert (await world.ask("ana", "why?", channel)).ok
    await world.settled()
    (duel,) = [at for at in world.by_the_app(channel) if at.ts not in before]
    await world.react("ben", duel, "a")
    await world.reveal("ana", duel)
    assert (await world.ask("ana", "why?", channel, command="/ask")).ok
    await world.settled()
    question = world.by_the_app(channel)[-1]
    refused = (await world.ask("ana", "why?", channel)).text
    assert (await world.ask("ben", "stats here", channel)).ok
    stats = world.slack.ephemerals(world.slack.person("ben"))[-1]
    why = await world.ask(
        "ben", f"why https://box.slack.com/archives/{channel}/p{duel.ts.replace('.', '')}", channel
    )
    assert (await world.ask("ana", "digest now", channel)).ok
    await world.settled()
    digest = world.by_the_app(channel)[-1]
    return Told(
        refused,
        _read(world.message(digest)),
        _read(stats),
        _read(why.payload),
        _read(world.message(question)),
    )


def _read(message: Any) -> str:
    return "\n".join([message["text"], *texts(message["blocks"])])


async def test_a_job_that_breaks_says_so_in_the_language_of_its_channel(world: Story) -> None:
    world.left.will(fails(402, {"error": {"message": "Insufficient Balance"}}))
    async with world.app(ask_duel_share=0):
        await settle(world, language="de")
        shown = await world.question("ana", "why?")
        assert "konnte nicht antworten" in world.text(shown)
        for command in ("/ask", "/duel"):
            refused = await world.ask("ana", "with:left-id,right-id why?", command=command)
            if command == "/duel":
                assert "„left-id“ ist seit 24.11.2026 12:00 UTC pausiert" in refused.text
                assert "Nur right-id ist hier bereit." in refused.text
        await world.settled()


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_stored_in_english_is_told_anew(language: Language) -> None:
    stored = SAYS_WHO.format(side="A", words="I am Qwen, {truly}")
    broke, failed = BROKE.format(name="0a1b"), FAILED.format(why="timeout")
    assert stored == "Answer A says who wrote it: “I am Qwen, {truly}”."
    assert say(stored) == stored
    with speaking(language):
        assert "I am Qwen, {truly}" in say(stored)
        assert all(english(say(text)) == [] for text in (broke, failed))
        assert say("says who wrote it: nobody") == "says who wrote it: nobody"


MISTAKES: tuple[Callable[[], object], ...] = (
    lambda: aside("digest", BERLIN),
    lambda: aside("digest on mon 25:00", BERLIN),
    lambda: aside("digest on mon 09:00 Nowhere/Land", BERLIN),
    lambda: aside("stats codign", BERLIN),
    lambda: aside("stats 3x", BERLIN),
    lambda: aside("stats 7d 30d", BERLIN),
    lambda: aside("why", BERLIN),
    lambda: parse("for:1x why?"),
    lambda: parse("for:99d why?"),
    lambda: parse("as:cooking why?"),
    lambda: parse("help vote"),
)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_explained_in_their_language(mistake: Callable[[], object], language: Language) -> None:
    with pytest.raises(UsageError) as refused:
        mistake()
    with speaking(language):
        with pytest.raises(UsageError) as again:
            mistake()
        told = say(str(again.value))
    assert told != str(refused.value)
    assert english(told) == []


@pytest.mark.parametrize("whose", Whose)
@pytest.mark.parametrize("per", Per)
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_limit_is_told_in_every_language(whose: Whose, per: Per, language: Language) -> None:
    refused = []
    for limit in (Limit(whose, per, duels=3), Limit(whose, per, usd=Decimal("1000.01"))):
        spent = Spent(3, Decimal(1000))
        with speaking(language), pytest.raises(UsageError) as told:
            Budgets((limit,), BERLIN).admit(limit, spent, duel(), costs("0.01", "0.02"))
        refused.append(str(told.value))
    assert english("\n".join(refused)) == []
    assert money(Decimal("1000.01")) == "$1,000.01"
    assert ("1.000,01 $" if language is Language.GERMAN else "US$1,000.01") in refused[1]


def test_numbers_dates_and_lists_are_those_of_the_language() -> None:
    said = {}
    for language in Language:
        with speaking(language):
            said[language] = [
                percent(0.61),
                days(date(2026, 11, 30), date(2026, 12, 6)),
                weekday(0),
                listed(["a", "b"]),
                sentences("One。", "", "*Two.*", "3"),
                figure(8081, ",.3g"),
            ]
    assert said[Language.ENGLISH] == [
        "61 %",
        "30 November – 6 December 2026",
        "Monday",
        "a, b",
        "One。 *Two.* 3",
        "8.08e+03",
    ]
    assert said[Language.GERMAN] == [
        "61\xa0%",
        "30. Nov.\u2009–\u20096. Dez. 2026",
        "Montag",
        "a, b",
        "One。 *Two.* 3",
        "8.080",
    ]
    assert said[Language.CHINESE] == [
        "61%",
        "2026年11月30日至12月6日",
        "星期一",
        "a、b",
        "One。*Two.* 3",
        "8,080",
    ]


def test_a_table_in_letters_of_one_width_stands_in_columns_in_chinese() -> None:
    (text,) = table([("迄今", "a"), ("x", "bc")], native=False)["elements"][0]["elements"]
    assert text["text"] == "迄今   a\nx     bc"
