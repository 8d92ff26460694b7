"""Forms, settings, App Home, help and direct messages, each in the language of whoever reads it."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.budgets import Budgets, Limit, Per, Whose
from bot.channel import ChannelSettings, House, Starters
from bot.digest import Schedule, Slot
from bot.duel import ContenderId, Place
from bot.jobs import Kind, Lease, Worker
from bot.rules import Rules, Voters
from bot.settings import load
from bot.settling import Sheet
from bot.words import Language, say, speaking
from handlers.cards import form as form_cards
from handlers.cards import settings as cards
from handlers.cards.help import Pages, ask_text
from handlers.cards.privacy import confirm
from handlers.command import HELP_TOPICS
from handlers.emoji import Emoji
from tests.catalogues import TRANSLATED
from tests.test_channels import form, settle, shown
from tests.test_form import filled
from tests.test_home import everything, page
from tests.test_privacy import direct, forget
from tests.worlds.books import ANA, LEASE, books_at
from tests.worlds.forms import filled as settled_form
from tests.worlds.payloads import faults
from tests.worlds.story import Story

PAIR = (ContenderId("left"), ContenderId("right"))
CLOCK = datetime(2026, 11, 24, tzinfo=UTC)
LABELS = {PAIR[0]: "Left", PAIR[1]: "Right " * 30}


def sheet(**settled: Any) -> Sheet:
    """A channel's settings under an operator's limits, with a digest on Fridays."""
    slot = Slot.usual()
    room = Place("C1")
    house = House(
        pair=PAIR,
        vote_for=timedelta(days=1),
        rules=Rules(signs=("a", "b", "handshake", "thumbsdown"), quorum=7),
        starters=Starters.EVERYBODY,
        budgets=Budgets((Limit(Whose.ROOM, Per.DAY, duels=40, usd=None),)),
        language=Language.CHINESE,
    )
    schedule = Schedule(ANA.team, room, slot, on=True, since=slot.latest(CLOCK))
    return Sheet(room, ChannelSettings(**settled), 1, schedule, house, PAIR)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_settings_of_a_channel(language: Language, snapshot: SnapshotAssertion) -> None:
    with speaking(language):
        assert cards.modal(sheet(quorum=3), LABELS) == snapshot(name="form")
        assert cards.saved(sheet(quorum=3, starters=Starters.MEMBERS), LABELS)["blocks"] == snapshot(
            name="saved"
        )


@pytest.mark.parametrize("language", Language)
def test_whatever_is_chosen_slack_takes_it(language: Language) -> None:
    offer = form_cards.Offer(PAIR, LABELS, PAIR, timedelta(hours=1), 8_000)
    with speaking(language):
        views = [form_cards.form(offer, "C1"), form_cards.form(offer, None), cards.notice(say("None yet."))]
        for starters in Starters:
            for voters in Voters:
                settled = sheet(starters=starters, voters=voters, named=("U1", "U2"), duels_a_day=2, quorum=0)
                views += [cards.modal(settled, LABELS), cards.saved(settled, LABELS)]
        wrong = [fault for view in views for fault in faults("views.open", {"view": view})]
        assert wrong + list(faults("chat.postEphemeral", confirm())) == []


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("topic", ["", *HELP_TOPICS])
def test_each_page_of_help_fits_a_screen_and_leaves_nothing_in_english(
    topic: str, language: Language, snapshot: SnapshotAssertion
) -> None:
    settings = load(duels_per_person_a_day=20, usd_per_team_a_month="50")
    with speaking(language):
        told = Pages(settings, Emoji(settings.vote_emoji), PAIR)[topic]
    assert len(told.splitlines()) <= 14
    assert len(told) <= 1_400
    assert told == snapshot


@pytest.mark.parametrize("language", Language)
def test_help_on_questions(language: Language, snapshot: SnapshotAssertion) -> None:
    with speaking(language):
        assert ask_text(load(), LABELS) == snapshot


async def test_home_speaks_as_each_person_uses_slack(slack: Story, snapshot: SnapshotAssertion) -> None:
    for person, locale in (("ben", "de-DE"), ("chloe", "zh-CN"), ("dev", "fr-FR")):
        await slack.slack.speak(slack.slack.person(person), locale)
    for person in ("ben", "chloe"):
        assert _own((await page(slack, person))["blocks"]) == snapshot(name=person)
    duel = await slack.duel("ben", "why?")
    await slack.react("chloe", duel, "handshake")
    bens, chloes = [everything(await page(slack, person)) for person in ("ben", "chloe")]
    assert re.search("von dir gefragt · offen bis <!date", bens)
    assert re.search("提问者：<@U[A-Z0-9]+> · 开放至 <!date.* · 你选择了 一样好", chloes)
    await slack.reveal("ben", duel)
    assert "kein Sieger, 1 Stimme" in everything(await page(slack, "ben"))
    for person in ("ana", "dev"):  # who uses a language that we do not speak reads the usual one
        assert "Your duels and votes" in everything(await page(slack, person))
    ben = slack.slack.person("ben")
    view = await page(slack, "ben")
    assert (await slack.slack.click_in_view(ben, view["id"], "home_try")).ok
    opened = slack.slack.modal(ben)
    assert opened is not None
    assert opened["title"]["text"] == "Neues Duell"
    ack = await slack.slack.submit(ben, opened["id"], filled(slack, prompt="why?", thread="nowhere"))
    assert "kein Link zu einer Nachricht" in ack.payload["errors"]["thread"]


def _own(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is of the page itself: the standings on it are a card of their own."""
    first, second, *_ = [at for at, block in enumerate(blocks) if block["type"] == "divider"]
    return blocks[:first] + blocks[second - 1 :]


async def test_direct_messages_speak_as_each_person_uses_slack(slack: Story) -> None:
    await slack.slack.speak(slack.slack.person("ben"), "de-DE")
    there = slack.slack.im(slack.slack.person("ben"))
    await slack.say("ben", "help limits", there)
    await slack.say("ben", "why?", there)
    told, duel = [json.dumps(slack.message(one), ensure_ascii=False) for one in slack.by_the_app(there)]
    assert "Dein Betreiber hat keine gesetzt." in told
    assert "Welche ist besser?" in duel
    await slack.ask("ben", "export")
    await slack.settled()
    assert "In diesem Channel ist noch kein Duell zu Ende gegangen." in _told(slack, "ben")
    await forget(slack, "ben")
    await slack.later(minutes=1)
    assert "Du bist vergessen." in _told(slack, "ben")


def _told(world: Story, person: str) -> str:
    return "\n".join(message["text"] for message in direct(world, person))


async def test_where_slack_does_not_say_how_somebody_uses_it_the_usual_is_spoken(world: Story) -> None:
    async with world.app(duel_language="de"):
        await world.slack.levers.fail_next("users.info", "access_denied", times=9)
        assert "Deine Duelle und Stimmen" in everything(await page(world, "ana"))


async def test_the_settings_speak_as_their_channel_from_wherever_they_are_opened(slack: Story) -> None:
    assert "Ab jetzt gilt in <#" in await settle(slack, language="de")
    view = await form(slack)
    wrong = settled_form(view, pair=["left-id"], digest="mon", digest_zone="")
    ack = await slack.slack.submit(slack.slack.person("ana"), view["id"], wrong)
    assert ack.payload["errors"] == {
        "pair": "Zu einem Duell gehören zwei: Wähl beide, oder keines für das übliche Paar.",
        "digest_zone": "Ein Wochenrückblick braucht eine Zeitzone, etwa Europe/Berlin.",
    }
    home = await page(slack, "ana")
    ana = slack.slack.person("ana")
    assert (
        await slack.slack.click_in_view(ana, home["id"], "home_settle", selected_conversation=slack.general)
    ).ok
    assert "Wer Duelle starten darf" in shown(slack)
    assert "从现在起" in await settle(slack, language="zh")
    assert "From now on" in await settle(slack, language="usual")


async def test_work_that_a_request_wakes_does_not_go_on_in_its_language(database_url: str) -> None:
    said: list[str] = []

    async def run(lease: Lease) -> None:
        said.append(say("Cancel"))

    async def give_up(lease: Lease, why: str) -> None:
        raise AssertionError(why)

    async with books_at(database_url) as books:
        worker = Worker(books.jobs, lease=LEASE, keep=timedelta(days=1), clock=books.clock)
        worker.serve("said", Kind(run, give_up))
        await books.jobs.put("said:1", "said")
        with speaking(Language.GERMAN):
            worker.wake()
        await worker.idle()
    assert said == ["Cancel"]
