"""The form: `/duel` alone, the shortcut from anywhere, and what is wrong in it."""

from typing import Any

from tests.test_channels import settle
from tests.worlds.story import LEFT, RIGHT, Story

Values = dict[str, dict[str, dict[str, Any]]]


def filled(slack: Story, **put_in: str) -> Values:
    """The form as somebody leaves it who changes these fields only."""
    put = {"length": "24h", "where": slack.general, "first": "left-id", "second": "right-id"} | put_in
    kinds = {"where": "selected_conversation", "first": "", "second": "", "topic": ""}
    fields = ("prompt", "first", "second", "topic", "length", "where", "thread")
    return {
        name: {
            name: {"selected_option": {"value": put[name]} if name in put else None}
            if kinds.get(name) == ""
            else {kinds.get(name, "value"): put.get(name)}
        }
        for name in fields
    }


async def opened(slack: Story, person: str = "ana", channel: str | None = None) -> dict[str, Any]:
    ack = await slack.ask(person, "", channel)
    assert (ack.ok, ack.text) == (True, "")
    view = slack.slack.modal(slack.slack.person(person))
    assert view is not None
    return view


def block(view: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in view["blocks"] if one["block_id"] == name]
    return dict(found["element"])


async def test_the_command_alone_opens_a_form_with_what_is_usual(slack: Story) -> None:
    view = await opened(slack)
    assert block(view, "where")["initial_conversation"] == slack.general
    assert block(view, "first")["initial_option"]["text"]["text"] == LEFT
    assert block(view, "second")["initial_option"]["text"]["text"] == RIGHT
    assert block(view, "length")["initial_value"] == "24h"
    assert not slack.messages


async def test_a_form_that_is_submitted_is_a_duel(slack: Story) -> None:
    view = await opened(slack)
    values = filled(slack, prompt="why & how?", topic="facts", length="10m")
    ana = slack.slack.person("ana")
    await slack.slack.submit(ana, view["id"], values)
    await slack.settled()
    assert slack.slack.modal(ana) is None
    (duel,) = slack.by_the_app()
    assert "why & how?" in slack.text(duel)
    assert await slack.stored("SELECT topic, vote_for_s FROM duel") == [("facts", 600)]


async def test_a_form_that_is_submitted_twice_is_one_duel(slack: Story) -> None:
    view, ana = await opened(slack), slack.slack.person("ana")
    await slack.slack.levers.lose_acknowledgement()
    acks = [await slack.slack.submit(ana, view["id"], filled(slack, prompt="why?")) for _ in range(2)]
    await slack.settled()
    assert [ack.ok for ack in acks] == [False, True]
    assert await slack.stored("SELECT prompt FROM duel") == [("why?",)]
    assert (len(slack.left.requests), len(slack.right.requests)) == (1, 1)


async def test_what_is_corrected_in_a_form_that_seemed_to_have_failed_is_asked_too(slack: Story) -> None:
    view, ana = await opened(slack), slack.slack.person("ana")
    await slack.slack.levers.lose_acknowledgement()
    for prompt in ("wy?", "why?"):
        await slack.slack.submit(ana, view["id"], filled(slack, prompt=prompt))
    await slack.settled()
    assert await slack.stored("SELECT prompt FROM duel ORDER BY prompt") == [("why?",), ("wy?",)]


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(slack: Story) -> None:
    view = await opened(slack)
    ana = slack.slack.person("ana")
    wrong = filled(slack, prompt=" ", second="left-id", length="soon", thread="somewhere")
    ack = await slack.slack.submit(ana, view["id"], wrong)
    assert ack.payload["response_action"] == "errors"
    errors = ack.payload["errors"]
    assert "Give them something" in errors["prompt"]
    assert "two different contenders" in errors["second"]
    assert "10m" in errors["length"]
    assert "Copy link" in errors["thread"]
    assert slack.slack.modal(ana) is not None
    assert not slack.left.requests
    await slack.slack.submit(ana, view["id"], filled(slack, prompt="why?"))
    await slack.settled()
    assert len(slack.by_the_app()) == 1


async def test_a_limit_is_told_in_the_form(world: Story) -> None:
    async with world.app(duels_per_person_a_day=0):
        view = await opened(world)
        ack = await world.slack.submit(world.slack.person("ana"), view["id"], filled(world, prompt="why?"))
        assert "the limit is 0" in ack.payload["errors"]["prompt"]


async def test_a_link_puts_the_duel_into_that_thread(slack: Story) -> None:
    root = await slack.say("ben", "hello")
    view = await opened(slack)
    link = f"https://team.slack.com/archives/{slack.general}/p{root.replace('.', '')}"
    await slack.slack.submit(slack.slack.person("ana"), view["id"], filled(slack, prompt="why?", thread=link))
    await slack.settled()
    (duel,) = slack.by_the_app()
    assert slack.message(duel)["thread_ts"] == root


async def test_a_link_to_a_reply_leads_to_its_thread(slack: Story) -> None:
    root = await slack.say("ben", "hello")
    reply = await slack.say("ben", "and more", thread=root)
    view = await opened(slack)
    link = (
        f"https://team.slack.com/archives/{slack.general}/p{reply.replace('.', '')}?thread_ts={root}&cid=C1"
    )
    await slack.slack.submit(slack.slack.person("ana"), view["id"], filled(slack, prompt="why?", thread=link))
    await slack.settled()
    (duel,) = slack.by_the_app()
    assert slack.message(duel)["thread_ts"] == root


async def test_a_link_to_another_conversation_is_refused(slack: Story) -> None:
    view = await opened(slack)
    link = f"https://team.slack.com/archives/{slack.slack.channel('random')}/p1764000000000100"
    values = filled(slack, prompt="why?", thread=link)
    ack = await slack.slack.submit(slack.slack.person("ana"), view["id"], values)
    assert set(ack.payload["errors"]) == {"thread"}


async def test_a_form_for_a_channel_without_the_app_is_answered_privately(slack: Story) -> None:
    view = await opened(slack)
    ana = slack.slack.person("ana")
    await slack.slack.submit(
        ana, view["id"], filled(slack, prompt="why?", where=slack.slack.channel("random"))
    )
    await slack.settled()
    (told,) = slack.by_the_app(slack.slack.im(ana))
    assert "/invite @Duel" in slack.message(told)["text"]
    assert not slack.left.requests


async def test_the_form_shows_what_its_channel_has_settled(world: Story) -> None:
    async with world.app():
        await settle(world, pair=["right-id", "left-id"], vote_for="10m")
        view = await opened(world)
        assert block(view, "first")["initial_option"]["text"]["text"] == RIGHT
        assert block(view, "second")["initial_option"]["text"]["text"] == LEFT
        assert block(view, "length")["initial_value"] == "10m"


async def test_a_form_that_leaves_it_open_goes_by_the_channel_chosen_in_it(world: Story) -> None:
    async with world.app():
        await settle(world, vote_for="10m")
        ana = world.slack.person("ana")
        await world.slack.shortcut(ana, "new_duel")
        view = world.slack.modal(ana)
        assert view is not None
        assert "initial_value" not in block(view, "length")
        values = filled(world, prompt="why?", length="")
        del values["first"], values["second"]
        await world.slack.submit(ana, view["id"], values)
        await world.settled()
        assert await world.stored("SELECT vote_for_s FROM duel") == [(600,)]


async def test_half_a_pair_is_refused(slack: Story) -> None:
    view = await opened(slack)
    values = filled(slack, prompt="why?")
    del values["first"]
    ack = await slack.slack.submit(slack.slack.person("ana"), view["id"], values)
    assert "choose both" in ack.payload["errors"]["second"]


async def test_the_shortcut_opens_the_same_form_from_anywhere(slack: Story) -> None:
    ana = slack.slack.person("ana")
    assert (await slack.slack.shortcut(ana, "new_duel")).ok
    view = slack.slack.modal(ana)
    assert view is not None
    assert block(view, "where")["default_to_current_conversation"] is True


async def test_where_no_form_can_be_opened_the_person_is_told_how_to_type(slack: Story) -> None:
    await slack.slack.levers.fail_next("views.open", "internal_error")
    ack = await slack.ask("ana", "")
    assert ack.ok
    assert "type it: `/duel why is the sky blue?`" in ack.text
