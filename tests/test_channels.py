"""What a channel settles for itself: who may, what it comes to, and for which duels it holds."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.errors import UsageError
from bot.settling import Unfit
from handlers.emoji import Emoji
from handlers.settings import read
from tests.worlds.bigger import THIRD, Bigger
from tests.worlds.forms import filled, held
from tests.worlds.provider import says
from tests.worlds.story import Story, story


async def form(world: Story, person: str = "ana", channel: str | None = None) -> dict[str, Any]:
    """Type `/duel settings`, and give back the window that opens."""
    ack = await world.ask(person, "settings", channel)
    assert ack.ok, ack
    view = world.slack.modal(world.slack.person(person))
    assert view is not None, world.told(person)
    return view


async def settle(world: Story, person: str = "ana", channel: str | None = None, **put_in: Any) -> str:
    """Open the settings, change these fields, save; gives back what they are told."""
    view = await form(world, person, channel)
    ack = await world.slack.submit(world.slack.person(person), view["id"], filled(view, **put_in))
    assert ack.ok, ack
    assert "errors" not in ack.payload, ack.payload
    return shown(world, person)


def shown(world: Story, person: str = "ana") -> str:
    return json.dumps(world.slack.modal(world.slack.person(person)), ensure_ascii=False)


def bare(view: dict[str, Any]) -> dict[str, Any]:
    return {name: view.get(name) for name in ("title", "submit", "blocks", "private_metadata")}


async def test_the_form_shows_what_holds_and_what_is_usual(slack: Story, snapshot: SnapshotAssertion) -> None:
    assert bare(await form(slack)) == snapshot


async def test_what_is_settled_holds_for_the_next_duel_and_is_told_to_whoever_saved_it(
    slack: Story, snapshot: SnapshotAssertion
) -> None:
    told = await settle(
        slack,
        system="Answer in one word.",
        signs=":one: :two: :scales: :x:",
        vote_for="10m",
        quorum="2",
        duels_a_day="5",
        usd_a_day="1.50",
        digest="fri",
        digest_at="16:30",
        digest_zone="Europe/Berlin",
    )
    view = slack.slack.modal(slack.slack.person("ana"))
    assert view is not None
    assert bare(view) == snapshot
    assert "Answer in one word." in told
    before = len(slack.messages)
    duel = await slack.duel("ben", "why?")
    assert len(slack.messages) == before + 1  # nothing of the settings was posted in the channel
    assert [r["name"] for r in slack.message(duel)["reactions"]] == ["one", "two", "scales", "x"]
    for provider in (slack.left, slack.right):
        said = provider.requests[-1].body["messages"]
        assert said == [
            {"role": "system", "content": "Answer in one word."},
            {"role": "user", "content": "why?"},
        ]
    await slack.react("chloe", duel, "a")  # no vote here any more
    await slack.react("chloe", duel, "one")
    assert "Hidden" not in slack.text(duel)
    await slack.react("dev", duel, "one")
    await slack.settled()
    assert "wins this one" in slack.text(duel)


async def test_a_digest_has_one_schedule_whether_typed_or_chosen(slack: Story) -> None:
    await slack.ask("ben", "digest on fri 16:30 Europe/Berlin")
    fields = held(await form(slack))
    assert (fields["digest"], fields["digest_at"], fields["digest_zone"]) == ("fri", "16:30", "Europe/Berlin")
    told = await settle(slack, digest="off")
    assert "*Digest:* none" in told
    assert await slack.stored("SELECT is_on FROM digest_schedule") in ([(0,)], [(False,)])
    assert held(await form(slack))["digest"] == "off"
    await slack.ask("ben", "digest on")
    assert held(await form(slack))["digest"] == "fri"


async def test_an_open_duel_keeps_its_rules_though_the_settings_change_under_it(slack: Story) -> None:
    await settle(slack, signs="one, two, scales, x", quorum="2")
    duel = await slack.duel("ben", "why?")
    await settle(slack, signs="a, b, handshake, thumbsdown", quorum="0")
    await slack.react("chloe", duel, "one")
    await slack.react("dev", duel, "one")
    await slack.settled()
    assert ":one: Hidden" in slack.text(duel)
    assert "closed as soon as enough votes were in" in slack.text(duel)


async def test_an_open_duel_keeps_its_rules_though_the_operator_changes_theirs(world: Story) -> None:
    async with world.app(vote_quorum=2):
        duel = await world.duel("ben", "why?")
    async with world.app(vote_emoji="one,two,scales,x"):
        await world.react("chloe", duel, "a")
        await world.react("dev", duel, "a")
        await world.later(seconds=1)
        assert "closed as soon as enough votes were in" in world.text(duel)


async def test_another_channel_and_another_pair(bigger: Bigger) -> None:
    async with bigger.app() as world:
        other = await world.slack.add_channel(
            "other", members=[world.slack.bot_user_id, *map(world.slack.person, ("ana", "ben"))]
        )
        assert THIRD in await settle(world, pair=["left-id", "third-id"])
        assert held(await form(world))["pair"] == ["left-id", "third-id"]
        assert held(await form(world, channel=other))["pair"] is None
        asked = len(bigger.third.requests)
        await world.duel("ana", "why?")
        assert len(bigger.third.requests) == asked + 1
        await world.ask("ana", "why?", other)
        await world.settled()
        assert len(bigger.third.requests) == asked + 1


async def test_whoever_may_not_settle_is_told_who_may(slack: Story) -> None:
    await slack.ask("ben", "settings")
    assert slack.slack.modal(slack.slack.person("ben")) is None
    assert "the administrators of this workspace and whoever made the channel" in slack.told("ben")


async def test_whoever_made_the_channel_may(slack: Story) -> None:
    ben = slack.slack.person("ben")
    own = await slack.slack.add_channel("own", members=[slack.slack.bot_user_id, ben], creator=ben)
    assert "From now on" in await settle(slack, "ben", own, vote_for="1h")


async def test_people_and_groups_may_whom_the_operator_has_named(world: Story) -> None:
    group = await world.slack.add_group([world.slack.person("chloe")])
    async with world.app(settings_by=f"{world.slack.person('ben')},{group}"):
        await form(world, "ben")
        await form(world, "chloe")
        for person in ("ana", "dev"):
            await world.ask(person, "settings")
            assert "people whom your operator has named" in world.told(person)


async def test_without_the_optional_scopes_administrators_still_may(slack: Story) -> None:
    await slack.slack.levers.fail_next("conversations.info", "missing_scope")
    await slack.ask("ben", "settings")
    assert "are for the administrators" in slack.told("ben")
    await form(slack, "ana")


async def test_what_makes_no_sense_is_told_beside_its_field_and_nothing_is_saved(world: Story) -> None:
    async with world.app(duels_per_channel_a_day=10, usd_per_channel_a_day="2"):
        view = await form(world)
        wrong = filled(
            view,
            pair=["left-id"],
            signs="thumbsdown, -1, a, b",
            vote_for="soon",
            starters="named",
            duels_a_day="3",
            usd_a_day="much",
            digest="mon",
            digest_zone="Mars/Base",
        )
        ack = await world.slack.submit(world.slack.person("ana"), view["id"], wrong)
        assert set(ack.payload["errors"]) == {"pair", "signs", "vote_for", "usd_a_day", "digest_zone"}
        assert "same emoji" in ack.payload["errors"]["signs"]
        loose = filled(view, duels_a_day="11", usd_a_day="2.01", starters="named")
        ack = await world.slack.submit(world.slack.person("ana"), view["id"], loose)
        assert ack.payload["errors"] == {
            "named": "Name at least one person, or let everybody start duels.",
            "duels_a_day": "Your operator allows 10 a day: set that or less.",
            "usd_a_day": "Your operator allows $2.00 a day: set that or less.",
        }
        assert await world.stored("SELECT * FROM channel_settings") == []


async def test_a_channel_can_tighten_its_limits_and_the_operators_still_hold(world: Story) -> None:
    async with world.app(duels_per_channel_a_day=3):
        await settle(world, duels_a_day="1")
        await world.duel("ben", "why?")
        await world.ask("ben", "why not?")
        assert "This channel has had 1 duel today; the limit is 1." in world.told("ben")
    async with world.app(duels_per_channel_a_day=0):
        await world.ask("ben", "why not?")
        assert "the limit is 0." in world.told("ben")


async def test_only_named_people_start_duels_where_that_is_settled(slack: Story) -> None:
    await settle(slack, starters="named", named=[slack.slack.person("chloe")])
    ack = await slack.ask("ben", "why?")
    assert "only people who are named in its settings start duels" in ack.text
    duel = await slack.duel("chloe", "why?")
    await slack.react("ben", duel, "a")
    await slack.reveal("chloe", duel)
    assert "1 vote" in slack.text(duel)


async def test_where_only_members_start_duels_a_guest_is_told_and_nothing_is_asked(slack: Story) -> None:
    await settle(slack, starters="members")
    await slack.slack.become_guest(slack.slack.person("ben"))
    before = slack.messages
    await slack.ask("ben", "why?")
    await slack.settled()
    assert "only members of the workspace start duels" in slack.told("ben")
    assert slack.messages == before
    assert not slack.left.requests
    await slack.duel("chloe", "why?")


@pytest.mark.parametrize(("voters", "counted"), [("everybody", 3), ("team", 2), ("members", 1), ("usual", 3)])
async def test_whose_votes_count(slack: Story, voters: str, counted: int) -> None:
    await settle(slack, voters=voters)
    await slack.slack.become_guest(slack.slack.person("chloe"))
    await slack.slack.become_stranger(slack.slack.person("dev"))
    duel = await slack.duel("ana", "why?")
    for person in ("ben", "chloe", "dev"):
        await slack.react(person, duel, "a")
    await slack.reveal("ana", duel)
    assert f"{counted} vote" in slack.text(duel)


async def test_a_guests_secret_vote_is_left_out_where_only_members_vote(slack: Story) -> None:
    await settle(slack, voters="members")
    await slack.slack.become_guest(slack.slack.person("chloe"))
    duel = await slack.duel("ana", "why?")
    await slack.secretly("ben", duel, "b")
    await slack.secretly("chloe", duel, "a")
    await slack.later(hours=24)
    assert "1 to 0" in slack.text(duel)
    assert await slack.stored("SELECT choice FROM ballot") == [("b",)]


async def test_anyone_reveals_where_that_is_settled(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    await settle(slack, reveal="anyone")
    await slack.reveal("ben", first)
    assert "Only the person who asked" in slack.told("ben")
    second = await slack.duel("ana", "why?")
    await slack.reveal("ben", second)
    assert f"<@{slack.slack.person('ana')}>" in slack.text(second)
    assert "Nobody voted" in slack.text(second)


async def test_before_the_reveal_nothing_of_the_settings_tells_the_sides_apart(slack: Story) -> None:
    """Both are told the same, and the card says nothing of the pair."""
    slack.left.will(says("Red."))
    await settle(slack, system="Be brief.", pair=["right-id", "left-id"])
    duel = await slack.duel("ana", "why?")
    assert "Hidden" not in slack.text(duel)
    assert "Be brief." not in slack.text(duel)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a, b, handshake, thumbsdown", ("a", "b", "handshake", "thumbsdown")),
        (":a: :b: :handshake: :-1:", ("a", "b", "handshake", "-1")),
        (":a::b::handshake::x:", ("a", "b", "handshake", "x")),
        (":+1::skin-tone-3:, b, c, d", ("+1", "b", "c", "d")),
    ],
)
def test_emoji_are_read_as_people_write_them(text: str, names: tuple[str, ...]) -> None:
    assert Emoji.read(text) == names


@pytest.mark.parametrize("text", ["a, b, c", "a, b, c, c", "thumbsup, +1, a, b", "🅰 🅱 🤝 👎", ""])
def test_four_that_are_not_four_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Emoji.read(text)


LIKELY = ["10m", "usual", "2.5", "a,b,c,d", "NaN", "1e9", "Europe/Berlin"]
WORDS = st.text(max_size=30) | st.sampled_from(LIKELY)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.dictionaries(st.sampled_from(["system", "signs", "vote_for", "usd_a_day", "digest_zone"]), WORDS))
def test_whatever_is_typed_is_read_or_told_to_be_wrong(typed: dict[str, str]) -> None:
    values = {name: {"field": {"type": "plain_text_input", "value": text}} for name, text in typed.items()}
    with suppress(Unfit):
        wanted, _ = read(values)
        assert wanted.signs is None or len(set(wanted.signs)) == 4


async def test_two_workspaces_have_their_own(database_url: str) -> None:
    """Two worlds on one database: the ids of their channels are the same, their teams are not."""
    async with story(database_url) as one, one.app():
        await settle(one, vote_for="10m")
        rows = await one.stored("SELECT team, room FROM channel_settings")
    assert rows == [(one.slack.team_id, one.general)]
