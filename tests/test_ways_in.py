"""Ways to a duel besides the command: mentions, direct messages, a shortcut on a message, files."""

import pytest

from handlers.letters import as_typed
from tests.worlds.story import LEFT, RIGHT, Story


def prompts(story: Story) -> list[str]:
    return [request.body["messages"][0]["content"] for request in story.left.requests]


async def test_a_mention_in_a_channel_is_a_duel_there(slack: Story) -> None:
    await slack.mention("ana", "for:10m as:coding is 1 < 2 & 3 > 2?")
    (duel,) = slack.by_the_app()
    assert prompts(slack) == ["is 1 < 2 & 3 > 2?"]
    assert "Which one is better?" in slack.text(duel)
    assert "thread_ts" not in slack.message(duel)
    await slack.react("ben", duel, "a")
    await slack.later(minutes=10)
    assert "1 to 0" in slack.text(duel)
    assert await slack.stored("SELECT topic FROM duel") == [("coding",)]


async def test_a_mention_in_a_thread_duels_in_that_thread_to_the_end(slack: Story) -> None:
    root = await slack.say("ben", "We were talking about the sky.")
    await slack.mention("ana", "why is it blue?", root)
    (duel,) = slack.by_the_app()
    assert slack.message(duel)["thread_ts"] == root
    await slack.react("ben", duel, "b")
    await slack.reveal("ana", duel)
    text = slack.text(duel)
    assert LEFT in text
    assert RIGHT in text
    assert "1 to 0" in text
    assert await slack.stored("SELECT room FROM duel") == [(slack.general,)]


async def test_what_is_long_stands_in_the_same_thread(slack: Story) -> None:
    root = await slack.say("ben", "hello")
    await slack.mention("ana", "word " * 1200, root)
    shown = slack.by_the_app()
    assert len(shown) > 2
    assert {slack.message(one)["thread_ts"] for one in shown} == {root}


async def test_a_mention_that_comes_twice_is_one_duel(slack: Story) -> None:
    await slack.slack.levers.deliver_twice()
    await slack.mention("ana", "why?")
    assert len(slack.by_the_app()) == 1
    assert len(slack.left.requests) == 1


async def test_a_mention_that_comes_again_after_its_end_is_no_second_duel(slack: Story) -> None:
    await slack.slack.levers.hold_events()
    await slack.slack.say(slack.slack.person("ana"), slack.general, f"<@{slack.slack.bot_user_id}> why?")
    await slack.slack.levers.release_events()
    await slack.settled()
    assert await slack.stored("SELECT count(*) FROM letter") == [(0,)]
    assert len(slack.by_the_app()) == 1


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("help", "/duel why is the sky blue?"),
        ("", "Give them something to answer"),
        ("for:soon why?", "is no length of time"),
        ("with:left-id,nobody why?", "There is no contender"),
        ("stats 7d", "`/duel stats 7d`"),
        ("export", "`/duel export`"),
    ],
)
async def test_a_mention_that_is_no_prompt_is_answered_privately(
    slack: Story, text: str, answer: str
) -> None:
    root = await slack.say("ben", "hello")
    await slack.mention("ana", text, root)
    assert answer in slack.told("ana")
    assert not slack.told("ben")
    assert not slack.by_the_app()
    assert not slack.left.requests


async def test_links_people_and_channels_reach_the_models_as_people_see_them(slack: Story) -> None:
    await slack.mention("ana", "is it 1 < 2 in <#C123|random>, <!here>?")
    assert prompts(slack) == ["is it 1 < 2 in #random, @here?"]


def test_slacks_markup_is_read() -> None:
    assert as_typed("<https://a.b|a.b> <mailto:x@y.z|x@y.z> <@U12|ana> <!subteam^S1|@team> 1 &lt; 2") == (
        "https://a.b x@y.z @ana @team 1 &lt; 2"
    )


async def test_a_direct_message_is_a_duel_there(slack: Story) -> None:
    im = slack.slack.im(slack.slack.person("ana"))
    await slack.say("ana", "why is the sky blue?", im)
    (duel,) = slack.by_the_app(im)
    assert "Which one is better?" in slack.text(duel)
    await slack.reveal("ana", duel)  # tells, by updating, of message_changed events that are not meant for it
    assert LEFT in slack.text(duel)
    assert len(slack.by_the_app(im)) == 1
    assert len(slack.left.requests) == 1


async def test_help_in_a_direct_message_is_answered_there(slack: Story) -> None:
    im = slack.slack.im(slack.slack.person("ana"))
    await slack.say("ana", "help", im)
    (answer,) = slack.by_the_app(im)
    assert "/duel why is the sky blue?" in slack.message(answer)["text"]


async def test_what_other_programs_write_is_no_duel(slack: Story) -> None:
    await slack.slack.become_bot(slack.slack.person("dev"))
    await slack.say("dev", "why?", slack.slack.im(slack.slack.person("dev")))
    await slack.say("ben", "nobody is mentioned here")
    assert not slack.by_the_app()


async def test_duel_this_takes_the_message_and_its_thread(slack: Story) -> None:
    root = await slack.say("ben", "for:10m is it 1 < 2?")
    ack = await slack.slack.shortcut(slack.slack.person("ana"), "duel_this", slack.general, root)
    assert ack.ok
    await slack.settled()
    (duel,) = slack.by_the_app()
    assert slack.message(duel)["thread_ts"] == root
    assert prompts(slack) == ["for:10m is it 1 < 2?"]  # a quotation asks for nothing
    await slack.reveal("ben", duel)
    assert "Only the person who asked" in slack.told("ben")


async def test_duel_this_where_the_app_is_not_says_how_to_invite_it(slack: Story) -> None:
    random = slack.slack.channel("random")
    ts = await slack.say("ben", "why?", random)
    await slack.slack.shortcut(slack.slack.person("ana"), "duel_this", random, ts)
    await slack.settled()
    assert "/invite @Duel" in slack.told("ana")
    assert not slack.left.requests


async def test_duel_this_on_a_duel_is_refused(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.shortcut(slack.slack.person("ben"), "duel_this", duel.channel, duel.ts)
    await slack.settled()
    assert "Duel's own" in slack.told("ben")
    assert len(slack.left.requests) == 1


async def share(slack: Story, name: str, content: bytes, text: str) -> None:
    mention = f"<@{slack.slack.bot_user_id}> {text}"
    await slack.slack.share(slack.slack.person("ana"), slack.general, name, content, text=mention)
    await slack.settled()


async def test_a_text_file_is_part_of_the_prompt(slack: Story) -> None:
    await share(slack, "notes.txt", "Schön: 1 < 2\n".encode(), "for:10m sum this up")
    assert prompts(slack) == ["sum this up\n\nnotes.txt:\nSchön: 1 < 2"]


async def test_a_file_in_a_direct_message_needs_no_words(slack: Story) -> None:
    ana = slack.slack.person("ana")
    im = slack.slack.im(ana)
    await slack.slack.share(ana, im, "question.md", b"\xff\xfeW\x00h\x00y\x00?\x00")
    await slack.settled()
    assert prompts(slack) == ["question.md:\nWhy?"]


async def test_a_file_over_the_limit_is_cut_and_that_is_said(world: Story) -> None:
    async with world.app(max_prompt=200):
        await share(world, "long.txt", "ä".encode() * 5000, "sum up")
        (prompt,) = prompts(world)
        assert len(prompt) == 200
        assert prompt.endswith("[… cut off here]")
        assert "“long.txt” was cut" in world.told("ana")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00", b"a\x00b", b"\xff\xd8\xff\xe0"])
async def test_what_is_no_text_is_refused_with_what_to_do(slack: Story, content: bytes) -> None:
    await share(slack, "picture.png", content, "what is this?")
    assert "no plain text" in slack.told("ana")
    assert "snippet" in slack.told("ana")
    assert not slack.left.requests


async def test_without_the_scope_files_cannot_be_read_and_that_is_said(slack: Story) -> None:
    await slack.slack.levers.revoke_scope("files:read")
    await share(slack, "notes.txt", b"text", "sum up")
    assert "files:read" in slack.told("ana")
    assert not slack.left.requests


async def test_a_mention_over_a_limit_is_told_privately(world: Story) -> None:
    async with world.app(duels_per_person_a_day=1):
        await world.mention("ana", "why?")
        await world.mention("ana", "and why again?")
        assert "the limit is 1" in world.told("ana")
        assert len(world.by_the_app()) == 1


async def test_whoever_quotes_a_message_that_is_deleted_meanwhile_is_told(slack: Story) -> None:
    ben = slack.slack.person("ben")
    root = await slack.slack.say(ben, slack.general, "why is it blue?")
    stop = await slack.slack.levers.stop_at("chat.postMessage")
    await slack.slack.shortcut(ben, "duel_this", slack.general, root)
    await stop.reached.wait()
    await slack.slack.delete_message(slack.general, root)
    stop.release()
    await slack.settled()
    assert "The message of this thread was deleted." in slack.told("ben")
    assert not slack.by_the_app()
