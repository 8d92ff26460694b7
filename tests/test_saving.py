"""Saving what a channel settles: lost answers, somebody who was faster, and whoever is slow or away."""

import asyncio

from tests.test_channels import form, settle, shown
from tests.worlds.forms import filled, held
from tests.worlds.story import Story


async def test_settings_are_answered_in_time_though_slack_is_slow_to_say_who_somebody_is(
    slack: Story,
) -> None:
    stop = await slack.slack.levers.stop_at("users.info")
    ack = await slack.ask("ana", "settings")
    assert "too long just now to say who you are" in ack.text
    stop.release()
    await form(slack)


async def test_home_tells_in_a_window_that_slack_is_slow_to_say_who_somebody_is(slack: Story) -> None:
    ana = slack.slack.person("ana")
    await slack.slack.open_home(ana)
    await slack.settled()
    home = slack.slack.home_view(ana)
    assert home is not None
    await slack.later(minutes=10)  # who they are has to be asked anew
    stop = await slack.slack.levers.stop_at("users.info")
    ack = await slack.slack.click_in_view(ana, home["id"], "home_settle", selected_conversation=slack.general)
    assert ack.ok
    assert "too long just now to say who you are" in shown(slack)
    stop.release()


async def test_what_was_typed_is_there_still_where_slack_is_slow_to_say_who_somebody_is(slack: Story) -> None:
    ana, view = slack.slack.person("ana"), await form(slack)
    await slack.later(minutes=10)
    stop = await slack.slack.levers.stop_at("users.info")
    await slack.slack.submit(ana, view["id"], filled(view, quorum="4"))
    assert "too long just now to say who you are" in shown(slack)
    stop.release()
    told = slack.slack.modal(ana)
    assert told is not None
    await slack.slack.close_view(ana, told["id"])
    await slack.slack.submit(ana, view["id"], filled(view, quorum="4"))
    assert "From now on" in shown(slack)


async def test_a_form_that_is_delivered_twice_is_saved_once(slack: Story) -> None:
    view = await form(slack)
    ana, values = slack.slack.person("ana"), filled(view, vote_for="10m")
    acks = await asyncio.gather(*(slack.slack.submit(ana, view["id"], values) for _ in range(2)))
    assert all(ack.ok for ack in acks)
    assert await slack.stored("SELECT vote_for_s, revision FROM channel_settings") == [(600, 1)]
    assert "From now on" in shown(slack)


async def test_what_is_changed_in_a_form_whose_saving_was_not_heard_of_is_saved_as_well(slack: Story) -> None:
    ana, view = slack.slack.person("ana"), await form(slack)
    await slack.slack.levers.lose_acknowledgement()
    assert not (await slack.slack.submit(ana, view["id"], filled(view, vote_for="10m"))).ok  # the form stays
    later = filled(view, vote_for="20m", digest="mon", digest_zone="Europe/Berlin")
    assert (await slack.slack.submit(ana, view["id"], later)).ok
    assert "20 minutes" in shown(slack)
    assert await slack.stored("SELECT vote_for_s, revision FROM channel_settings") == [(1200, 2)]
    assert len(await slack.stored("SELECT * FROM digest_schedule")) == 1


async def test_a_digest_alone_that_is_changed_in_such_a_form_is_saved_too(slack: Story) -> None:
    ana, view = slack.slack.person("ana"), await form(slack)
    await slack.slack.levers.lose_acknowledgement()
    for day in ("mon", "fri"):
        await slack.slack.submit(ana, view["id"], filled(view, digest=day, digest_zone="Europe/Berlin"))
    assert await slack.stored("SELECT weekday FROM digest_schedule") == [(4,)]


async def test_whoever_was_faster_meanwhile_is_not_overwritten_by_such_a_form(slack: Story) -> None:
    ana, ben = slack.slack.person("ana"), slack.slack.person("ben")
    own = await slack.slack.add_channel("own", members=[slack.slack.bot_user_id, ben, ana], creator=ben)
    late = await form(slack, "ben", own)
    await slack.slack.levers.lose_acknowledgement()
    await slack.slack.submit(ben, late["id"], filled(late, vote_for="10m"))
    await settle(slack, "ana", own, vote_for="15m")
    await slack.slack.submit(ben, late["id"], filled(late, vote_for="20m"))
    assert "Somebody else has changed these settings" in shown(slack, "ben")
    assert await slack.stored("SELECT vote_for_s FROM channel_settings") == [(900,)]


async def test_what_is_saved_over_ones_own_is_told_to_others_who_had_seen_the_first(slack: Story) -> None:
    ana, ben = slack.slack.person("ana"), slack.slack.person("ben")
    own = await slack.slack.add_channel("own", members=[slack.slack.bot_user_id, ben, ana], creator=ben)
    view = await form(slack, "ana", own)
    await slack.slack.levers.lose_acknowledgement()
    await slack.slack.submit(ana, view["id"], filled(view, vote_for="10m"))
    seen = await form(slack, "ben", own)
    await slack.slack.submit(ana, view["id"], filled(view, vote_for="15m"))
    await slack.slack.submit(ben, seen["id"], filled(seen, quorum="4"))
    assert "Somebody else has changed these settings" in shown(slack, "ben")
    assert await slack.stored("SELECT vote_for_s FROM channel_settings") == [(900,)]


async def test_of_two_who_have_the_form_open_the_later_is_told(
    slack: Story,
) -> None:
    ben = slack.slack.person("ben")
    own = await slack.slack.add_channel(
        "own", members=[slack.slack.bot_user_id, ben, slack.slack.person("ana")], creator=ben
    )
    late = await form(slack, "ben", own)
    await settle(slack, "ana", own, vote_for="10m")
    ack = await slack.slack.submit(ben, late["id"], filled(late, vote_for="20m"))
    assert "Somebody else has changed these settings" in shown(slack, "ben")
    assert ack.ok
    assert await slack.stored("SELECT vote_for_s, revision FROM channel_settings") == [(600, 1)]
    now = slack.slack.modal(ben)
    assert now is not None
    assert (now["previous_view_id"], held(now)["vote_for"]) == (late["id"], "10m")  # above their own
    await slack.slack.submit(ben, now["id"], filled(now, vote_for="20m"))
    assert "20 minutes" in shown(slack, "ben")
    await slack.slack.close_view(ben, now["id"])
    assert slack.slack.modal(ben) is None  # the form that is out of date has gone along


async def test_what_was_typed_is_there_still_where_slack_was_away(slack: Story) -> None:
    ana, view = slack.slack.person("ana"), await form(slack)
    await slack.later(minutes=10)  # who they are has to be asked anew
    await slack.slack.levers.fail_next("users.info", "internal_error")
    ack = await slack.slack.submit(ana, view["id"], filled(view, system="Be brief."))
    assert ack.payload["response_action"] == "push"
    told = slack.slack.modal(ana)
    assert told is not None
    assert "internal_error" in shown(slack)
    assert "what you had put in is still there" in shown(slack)
    await slack.slack.close_view(ana, told["id"])
    assert slack.slack.modal(ana) == view
    await slack.slack.submit(ana, view["id"], filled(view, system="Be brief."))
    assert "From now on" in shown(slack)


async def test_two_who_save_at_the_same_moment_are_not_both_told_that_it_holds(slack: Story) -> None:
    ben = slack.slack.person("ben")
    own = await slack.slack.add_channel(
        "own", members=[slack.slack.bot_user_id, ben, slack.slack.person("ana")], creator=ben
    )
    views = {person: await form(slack, person, own) for person in ("ana", "ben")}
    await asyncio.gather(
        *(
            slack.slack.submit(slack.slack.person(person), view["id"], filled(view, quorum="4"))
            for person, view in views.items()
        )
    )
    told = [shown(slack, person) for person in views]
    assert sorted("From now on" in at for at in told) == [False, True]


async def test_whoever_lost_the_right_meanwhile_cannot_save(world: Story) -> None:
    async with world.app(settings_by=world.slack.person("ben")):
        view = await form(world, "ben")
    async with world.app(settings_by="admins"):
        await world.slack.submit(world.slack.person("ben"), view["id"], filled(view, quorum="4"))
        assert "Ask one of them" in shown(world, "ben")
        assert await world.stored("SELECT * FROM channel_settings") == []
