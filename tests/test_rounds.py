"""Rounds: a mention in a duel's thread goes on with it, blind until all of it is over."""

import asyncio
import json

import pytest

from tests.worlds.forms import filled
from tests.worlds.provider import fails, says
from tests.worlds.story import LEFT, RIGHT, Shown, Story

BUSY = fails(400, {"error": {"message": "Content Exists Risk"}})


async def ask_on(story: Story, person: str, duel: Shown, text: str = "and now in French") -> Shown:
    """Mention the app in the duel's thread, and wait for the vote on what comes of it."""
    before = {shown.ts for shown in story.by_the_app(duel.channel)}
    await story.mention(person, text, duel.ts)
    (new,) = [
        shown
        for shown in story.by_the_app(duel.channel)
        if shown.ts not in before and "asked by" in story.text(shown)
    ]
    return new


def heard(story: Story, side: str) -> list[list[dict[str, str]]]:
    """The messages of each request to one contender."""
    return [request.body["messages"] for request in getattr(story, side).requests]


async def states(story: Story) -> list[str]:
    return [row[0] for row in await story.stored("SELECT state FROM duel ORDER BY round, asked_at")]


async def test_each_contender_goes_on_with_its_own_conversation_in_the_same_thread(slack: Story) -> None:
    first = await slack.duel("ana", "why is the sky blue?")
    slack.left.will(says("Bleu, dit la gauche."))
    slack.right.will(says("Rayleigh, dit la droite."))
    second = await ask_on(slack, "ben", first)
    assert slack.message(second)["thread_ts"] == first.ts
    asked = {"role": "user", "content": "why is the sky blue?"}
    on = {"role": "user", "content": "and now in French"}
    assert heard(slack, "left")[1] == [asked, {"role": "assistant", "content": "Left says blue."}, on]
    assert heard(slack, "right")[1] == [asked, {"role": "assistant", "content": "Right says Rayleigh."}, on]
    assert "*Round 2*, asked by" in slack.text(second)
    one, two = slack.text(first), slack.text(second)
    left_is_a = one.index("Left says") < one.index("Right says")
    assert left_is_a == (two.index("la gauche") < two.index("la droite"))


async def test_whoever_is_quicker_than_the_four_emoji_is_waited_for(slack: Story) -> None:
    stop = await slack.site.levers.stop_at("reactions.add", saying="handshake")
    await slack.ask("ana", "why?")
    await slack.slack.until(lambda: "Which one is better?" in str(slack.messages))
    await stop.reached.wait()
    (first,) = slack.by_the_app()
    mention = f"<@{slack.slack.bot_user_id}> and now?"
    await slack.slack.say(slack.slack.person("ben"), slack.general, mention, first.ts)
    await slack.delivered()
    stop.release()
    await slack.settled()
    await slack.later(seconds=1)
    assert [shown for shown in slack.by_the_app() if "*Round 2*" in slack.text(shown)]
    assert not slack.slack.ephemerals(slack.slack.person("ben"))


async def test_the_names_wait_until_the_last_round_is_over(slack: Story) -> None:
    first = await slack.duel("ana", "for:1h why?")
    second = await ask_on(slack, "ana", first, "for:2h and now?")
    await slack.react("ben", first, "a")
    await slack.react("ben", second, "b")
    await slack.react("chloe", second, "b")
    await slack.later(hours=1)
    assert await states(slack) == ["closed", "open"]
    assert "This vote is closed" in slack.text(first)
    for name in (LEFT, RIGHT, "1 vote", "1 to 0"):
        assert name not in slack.text(first)
    await slack.ask("ana", "stats")
    assert "No duel has ended there yet" in slack.told("ana")
    assert LEFT not in str(slack.slack.ephemerals(slack.slack.person("ana")))
    await slack.react("dev", first, "b")  # too late for the first round
    await slack.settled()
    assert "had closed before your emoji came" in slack.told("dev")
    await slack.later(hours=1)
    assert await states(slack) == ["revealed", "revealed"]
    assert "1 to 0" in slack.text(first)
    assert "2 to 0" in slack.text(second)
    for shown in (first, second):
        assert LEFT in slack.text(shown)


async def test_reveal_now_ends_every_round_of_the_one_who_presses(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    second = await ask_on(slack, "ana", first)
    await slack.reveal("ana", second)
    for shown in (first, second):
        assert LEFT in slack.text(shown)
    assert "Rematch" in slack.text(first)
    assert "Rematch" not in slack.text(second)


async def test_reveal_now_says_what_the_names_wait_for(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    second = await ask_on(slack, "ben", first)
    await slack.reveal("ben", second)
    assert "once these are over as well: round 1." in slack.told("ben")
    assert LEFT not in slack.text(second)
    await slack.reveal("ana", first)
    assert LEFT in slack.text(first)
    assert LEFT in slack.text(second)


async def test_while_a_round_is_being_answered_the_words_come_back(slack: Story) -> None:
    gate = asyncio.Event()
    slack.left.will(says("Late.", wait_for=gate))
    await slack.ask("ana", "why?")
    await slack.slack.until(lambda: bool(slack.by_the_app()) and bool(slack.right.requests))
    (first,) = slack.by_the_app()
    mention = f"<@{slack.slack.bot_user_id}> and now in <French> & <!channel>?"
    await slack.slack.say(slack.slack.person("ben"), slack.general, mention, first.ts)
    await slack.slack.until(lambda: "One moment" in slack.told("ben"))
    assert "and now in &lt;French&gt; &amp; @channel?" in slack.told("ben")
    gate.set()
    await slack.settled()
    assert len(slack.by_the_app()) == 1
    assert not slack.told("ana")


async def test_after_the_reveal_sides_are_dealt_anew_and_it_does_not_count(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    await slack.react("ben", first, "a")
    await slack.reveal("ana", first)
    second = await ask_on(slack, "ana", first)
    text = slack.text(second)
    assert "dealt anew" in text
    assert "No vote for preference: The names of this conversation were out" in text
    assert LEFT not in text
    assert [message["content"] for message in heard(slack, "left")[1]] == [
        "why?",
        "Left says blue.",
        "and now in French",
    ]
    await slack.react("ben", second, "b")
    await slack.reveal("ana", second)
    assert "Does not count for preference" in slack.text(second)
    assert LEFT in slack.text(second)
    rows = await slack.stored("SELECT round, chain IS NULL, excluded IS NULL FROM duel ORDER BY round")
    assert [(round_, bool(alone), bool(counts)) for round_, alone, counts in rows] == [
        (1, True, True),
        (2, True, False),
    ]


async def test_events_doubled_and_backwards_give_the_same_rounds(slack: Story) -> None:
    await slack.slack.levers.deliver_twice()
    first = await slack.duel("ana", "why?")
    second = await ask_on(slack, "ana", first)
    await slack.slack.levers.hold_events()
    for name in ("a", "b"):
        await slack.slack.react(slack.slack.person("ben"), second.channel, second.ts, name)
    await slack.slack.react(slack.slack.person("ben"), first.channel, first.ts, "b")
    await slack.slack.levers.release_events("lifo")
    await slack.settled()
    await slack.reveal("ana", second)
    await slack.later(minutes=2)  # for whoever has several emoji on, events are waited for
    assert await slack.stored("SELECT count(*) FROM duel") == [(2,)]
    assert len(slack.left.requests) == len(slack.right.requests) == 2
    rows = await slack.stored(
        "SELECT round, choice FROM ballot JOIN duel ON duel.id = ballot.duel_id ORDER BY round"
    )
    assert rows == [(1, "b"), (2, "b")]


async def test_two_who_ask_on_at_once_are_one_round_and_one_word_to_wait(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    mention = f"<@{slack.slack.bot_user_id}> and now?"
    for person in ("ana", "ben"):
        await slack.slack.say(slack.slack.person(person), slack.general, mention, first.ts)
    await slack.settled()
    told = [person for person in ("ana", "ben") if "Send this again" in slack.told(person)]
    rounds = await slack.stored("SELECT round FROM duel ORDER BY round")
    assert rounds in ([(1,), (2,)], [(1,), (2,), (3,)])  # the second may have come after the answers
    assert len(told) == 3 - len(rounds)


async def test_limits_and_pauses_hold_for_each_round_and_the_whole_conversation_is_reserved(
    world: Story,
) -> None:
    async with world.app(duels_per_person_a_day=1):
        first = await world.duel("ana", "why? " * 100)
        ((small,),) = await world.stored("SELECT max(nano_usd) FROM spending")
        await world.mention("ana", "and now?", first.ts)
        assert "the limit is 1" in world.told("ana")
        assert "and now?" in world.told("ana")
        assert small
    async with world.app(usd_per_channel_a_day="0.0062"):
        await world.mention("ben", "and now?", first.ts)
        assert "may cost up to" in world.told("ben")
        assert await world.stored("SELECT count(*) FROM duel") == [(1,)]


async def test_the_channels_settings_hold_but_the_system_prompt_stays_that_of_the_conversation(
    slack: Story,
) -> None:
    await slack.ask("ana", "settings")
    ana = slack.slack.person("ana")
    view = slack.slack.modal(ana)
    assert view is not None
    await slack.slack.submit(ana, view["id"], filled(view, system="Answer in rhymes."))
    first = await slack.duel("ana", "why?")
    await slack.ask("ana", "settings")
    view = slack.slack.modal(ana)
    assert view is not None
    await slack.slack.submit(ana, view["id"], filled(view, system="Answer in prose.", vote_for="2h"))
    await ask_on(slack, "ana", first)
    assert heard(slack, "left")[1][0] == {"role": "system", "content": "Answer in rhymes."}
    assert await slack.stored("SELECT vote_for_s FROM duel WHERE round = 2") == [(7200,)]


async def test_thinking_never_goes_back_into_the_conversation(slack: Story) -> None:
    slack.left.will(says("<think>secret thoughts</think>Left says blue."))
    first = await slack.duel("ana", "why?")
    await ask_on(slack, "ana", first)
    assert "secret thoughts" not in json.dumps(heard(slack, "left")[1])
    assert "Left says blue." in json.dumps(heard(slack, "left")[1])


async def test_an_answer_that_names_itself_takes_the_rounds_beside_it_out_too(slack: Story) -> None:
    first = await slack.duel("ana", "for:1h why?")
    slack.left.will(says("I am Qwen, made by Alibaba."))
    second = await ask_on(slack, "ana", first)
    slack.left.will(says("Left again."))
    third = await ask_on(slack, "ana", first, "and again")
    await slack.reveal("ana", third)
    for shown in (first, second, third):
        assert "Does not count for preference" in slack.text(shown)


async def test_rounds_end_somewhere_and_that_is_said(slack: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.rounds.MOST_ROUNDS", 2)
    first = await slack.duel("ana", "why?")
    await ask_on(slack, "ana", first)
    await slack.mention("ana", "and again?", first.ts)
    assert "has 2 rounds at the most" in slack.told("ana")
    monkeypatch.setattr("bot.rounds.MOST_ROUNDS", 9)
    monkeypatch.setattr("bot.rounds.LONGEST", 50)
    await slack.mention("ana", "and again?", first.ts)
    assert "the limit is 50" in slack.told("ana")


async def test_what_is_erased_cannot_go_on(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    second = await ask_on(slack, "ben", first)
    await slack.ask("ana", "forget me")
    ana = slack.slack.person("ana")
    await slack.slack.click(ana, slack.general, slack.slack.ephemerals(ana)[-1]["ts"], "forget_me")
    await slack.settled()
    await slack.later(minutes=1)
    assert await slack.stored("SELECT prompt FROM duel WHERE round = 1") == [("",)]
    await slack.mention("ben", "and again?", first.ts)
    assert "are erased" in slack.told("ben")
    await slack.later(hours=13)  # it looks whether the names are out
    assert "words of this duel have been erased" in slack.text(first)
    await slack.reveal("ben", second)
    assert LEFT in slack.text(second)


async def test_another_pair_and_a_quotation_begin_anew(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    await slack.mention("ana", "with:right-id,left-id and now?", first.ts)
    root = await slack.say("ben", "what about water?", thread=first.ts)
    await slack.slack.shortcut(slack.slack.person("ana"), "duel_this", slack.general, root)
    await slack.settled()
    assert [len(said) for said in heard(slack, "left")] == [1, 1, 1]
    assert await slack.stored("SELECT max(round) FROM duel") == [(1,)]


async def test_a_direct_message_in_a_duels_thread_goes_on_without_a_name(slack: Story) -> None:
    im = slack.slack.im(slack.slack.person("ana"))
    await slack.say("ana", "why?", im)
    (first,) = slack.by_the_app(im)
    await slack.say("ana", "and now in French", im, first.ts)
    assert [message["content"] for message in heard(slack, "left")[1]][-1] == "and now in French"


async def test_a_secret_vote_is_for_its_round_alone(slack: Story) -> None:
    first = await slack.duel("ana", "for:1h why?")
    second = await ask_on(slack, "ana", first, "for:2h and now?")
    paper = await slack.secretly("ben", first, "a")
    await slack.secretly("ben", second, "b")
    await slack.later(hours=1)
    await slack.mark("ben", first, paper, "b")
    (paper,) = [m for m in slack.slack.ephemerals(slack.slack.person("ben")) if m["ts"] == paper["ts"]]
    assert "What counted for you: A is better" in str(paper)
    assert LEFT not in str(paper)
    assert "not over" in (await slack.ask("ana", f"why {await _name(slack, 1)}")).text
    await slack.later(hours=1)
    rows = await slack.stored(
        "SELECT round, choice FROM ballot JOIN duel ON duel.id = ballot.duel_id ORDER BY round"
    )
    assert rows == [(1, "a"), (2, "b")]


async def _name(story: Story, round_: int) -> str:
    ((id_,),) = await story.stored(f"SELECT id FROM duel WHERE round = {round_}")
    return str(id_)


async def test_nothing_before_the_reveal_of_a_chain_names_anybody(world: Story) -> None:
    long = "A long answer. " * 300
    async with world.app(vote_quorum=2, digest="mon 09:00"):
        first = await world.duel("ana", "for:1h why?")
        world.left.will(says(long, tokens=1234, model="secret-model"))
        second = await ask_on(world, "ben", first, "for:30d and now?")
        world.left.will(BUSY)
        third = await ask_on(world, "ana", first, "and again?")
        await world.react("ben", first, "a")
        await world.later(hours=2)
        await world.ask("ana", "stats")
        await world.slack.open_home(world.slack.person("ana"))
        await world.settled()
        await world.ask("ana", "digest preview")
        await world.ask("ana", "export")
        await world.settled()
        before = list(world.sent)
        await world.reveal("ben", second)
    hints = [LEFT, RIGHT, "left-id", "right-id", "model-of", "secret-model", "1,234", "1234", "Risk"]
    cards = [payload for payload in before if payload.startswith(("chat.", "views.publish"))]
    assert cards
    for payload in before:
        assert not [hint for hint in hints if hint in payload], payload
    assert any(LEFT in payload for payload in world.sent)
    for shown in (first, second, third):
        assert LEFT in world.text(shown)


async def test_how_a_round_was_counted_names_the_others_and_what_they_come_to(slack: Story) -> None:
    first = await slack.duel("ana", "why is the sky blue?")
    second = await ask_on(slack, "ana", first)
    slack.left.will(BUSY)
    await ask_on(slack, "ana", second, "and in Latin?")
    left = "a" if "Left says blue" in slack.text(first).partition("Right")[0] else "b"
    await slack.react("ben", first, left)
    await slack.react("chloe", first, "b" if left == "a" else "a")
    await slack.react("ben", second, left)
    await slack.reveal("ana", second)
    await slack.press("dev", second, "why_duel")
    told = slack.told("dev")
    assert "Round 2 of a conversation. The names of rounds 1 to 3 came out together." in told
    assert "Round 1, “why is the sky blue?” · Counted: 1 for " in told
    assert "Round 3, “and in Latin?” · It does not count for preference: Only one of the two" in told
    won, lost = (f"{many} for {name}" for many, name in ((2, LEFT), (1, RIGHT)))
    both = f"{won}, {lost}" if left == "a" else f"{lost}, {won}"
    assert f"Together: {both}, 0 equally good, 0 both bad. One duel won by {LEFT}." in told
    assert told.count("One duel won") == 1


async def test_a_round_after_the_names_were_out_is_told_apart_from_those_before(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    await slack.react("ben", first, "a")
    await slack.reveal("ana", first)
    second = await ask_on(slack, "ana", first)
    await slack.react("ben", second, "a")
    await slack.reveal("ana", second)
    await slack.press("dev", second, "why_duel")
    told = slack.told("dev")
    assert "The names of this conversation were out before this round." in told
    assert "came out together" not in told


async def test_in_the_standings_a_conversation_is_one_duel_with_all_its_votes(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    second = await ask_on(slack, "ana", first)
    for shown in (first, second):
        await slack.react("ben", shown, "a")
        await slack.react("chloe", shown, "b" if shown is first else "a")
    await slack.reveal("ana", second)
    await slack.ask("ana", "stats")
    told = str(slack.slack.ephemerals(slack.slack.person("ana")))
    assert "2 duels, 1 of them count · 4 votes of 2 people" in told
    assert "weighed in one with an earlier round" in told
