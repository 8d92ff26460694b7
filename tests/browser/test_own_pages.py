"""A channel's settings and App Home, used in the playground's page."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.page import Visitor
from tests.worlds.story import LEFT, Story

pytestmark = pytest.mark.browser


def _field(page: Page, name: str) -> str:
    return f"dialog [data-block-id='{name}'] :is(input, textarea, select)"


async def test_settings_are_corrected_saved_and_hold(page: Visitor, world: Story) -> None:
    await page.become("Ana")
    await page.say("/duel settings")
    modal = page.page.get_by_test_id("modal")
    await expect(modal).to_contain_text("Who duels by default")
    await page.page.locator(_field(page.page, "signs")).fill("one, one, scales, x")
    await page.page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("Two of these are the same emoji")
    await page.page.locator(_field(page.page, "signs")).fill("one, two, scales, x")
    await page.page.locator(_field(page.page, "vote_for")).fill("10m")
    await page.page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("From now on")
    await expect(modal).to_contain_text("for 10 minutes")
    await page.page.get_by_test_id("modal-close").click()
    await page.say("/duel why?")
    await expect(page.reaction("two")).to_be_visible()


async def test_the_picker_on_home_offers_the_channels_that_one_sees_and_no_people(
    page: Visitor, world: Story
) -> None:
    slack = world.slack
    await slack.add_channel("secret-of-ben", members=[slack.person("ben")], private=True)
    await page.become("Ana")
    await page.page.get_by_test_id("home").first.click()
    picker = page.page.locator("#home [data-block-id=settle] select")
    await expect(picker.locator("option")).to_have_text(["Choose a channel", "#general", "#random"])
    await page.become("Ben")
    await expect(picker).to_contain_text("#secret-of-ben")
    await expect(picker).not_to_contain_text("Ana")


async def test_the_form_opened_in_direct_messages_stays_there(page: Visitor, world: Story) -> None:
    slack = world.slack
    await page.become("Ana")
    await page.page.goto(f"{slack.url}/#/{slack.im(slack.person('ana'))}")
    await page.say("/duel")
    where = page.page.locator(_field(page.page, "where"))
    await expect(where.locator("option:checked")).to_have_text("Duel")
    await expect(where).to_contain_text("Dev")
    await page.page.locator(_field(page.page, "prompt")).fill("why?")
    await page.page.get_by_test_id("modal-submit").click()
    await expect(page.messages().last).to_contain_text("Which one is better?")


async def test_what_was_put_in_is_found_again_under_a_window_that_says_what_was_in_the_way(
    page: Visitor, world: Story
) -> None:
    await page.become("Ana")
    await page.say("/duel settings")
    modal = page.page.get_by_test_id("modal")
    await page.page.locator(_field(page.page, "system")).fill("Be brief.")
    await world.later(minutes=10)  # who they are has to be asked anew
    await world.slack.levers.fail_next("users.info", "internal_error")
    await page.page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("what you had put in is still there")
    await page.page.get_by_test_id("modal-close").click()
    await expect(page.page.locator(_field(page.page, "system"))).to_have_value("Be brief.")
    await page.page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("From now on")


async def test_home_shows_ones_own_duels_and_follows_what_is_chosen(page: Visitor, world: Story) -> None:
    duel = await world.duel("ana", "why is the sky blue?")
    await page.become("Ana")
    await page.page.get_by_test_id("home").first.click()
    home = page.page.locator("#home")
    await expect(home).to_contain_text("why is the sky blue?")
    await expect(home).to_contain_text("open until")
    await expect(home).not_to_contain_text(LEFT)
    await home.locator("select").first.select_option("7d")
    await expect(home).to_contain_text("the last 7 days")
    await world.react("ben", duel, "a")
    await page.become("Ben")
    await expect(home).to_contain_text("you said A")
    await page.become("Dev")
    await expect(home).to_contain_text("None yet.")
