"""What people do beside the vote, used in the playground's page: ask again, flag, attach, look around."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.page import Visitor, look, visitor
from tests.test_ask_again import BUSY
from tests.worlds.provider import says
from tests.worlds.story import LEFT, Story

pytestmark = pytest.mark.browser

LONG = "A long answer. " * 200


async def test_what_failed_is_asked_again_by_the_asker(page: Visitor, world: Story) -> None:
    world.right.will(BUSY)
    await page.become("Ana")
    await page.say("/duel why?")
    await expect(page.messages().last).to_contain_text("Only one of the two answered")
    await look(page.page, "failed")
    world.right.will(says("Right says Rayleigh."))
    await page.press("Ask again")
    await expect(page.messages().last).to_contain_text("Which one is better?")
    assert len(world.left.requests) == 1


async def test_an_answer_is_flagged_in_the_thread_with_the_emoji_picker(page: Visitor, world: Story) -> None:
    world.left.will(says("Left. " + LONG))
    world.right.will(says("Right. " + LONG))
    await page.become("Ana")
    await page.say("/duel why?")
    await page.page.get_by_test_id("open-thread").click()
    answer = page.page.locator("#thread").get_by_test_id("message").filter(has_text="Left.").last
    await answer.hover()
    await answer.get_by_test_id("react").click()
    await page.page.get_by_test_id("emoji-search").fill("rotating_light")
    await look(page.page, "picker")
    await page.page.locator(".choice[data-emoji=rotating_light]").click()
    await expect(page.reaction("rotating_light", answer)).to_be_visible()
    await world.delivered()
    await look(page.page, "flag")
    await page.page.get_by_test_id("close-thread").click()
    await page.press("Reveal now")
    await expect(page.messages().last).to_contain_text("called unsafe by 1 person")


async def test_a_file_is_attached_and_becomes_part_of_the_prompt(
    page: Visitor, world: Story, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("The sky is blue.")  # a few bytes, in a test
    await page.become("Ana")
    await page.page.locator("#composer").fill("@Duel sum this up")
    async with page.page.expect_file_chooser() as chooser:
        await page.page.get_by_test_id("composer-attach").click()
    await (await chooser.value).set_files(notes)
    await expect(page.page.get_by_test_id("composer-attached")).to_contain_text("notes.txt")
    await look(page.page, "attached")
    await page.page.get_by_test_id("composer-send").click()
    await expect(page.page.get_by_test_id("composer-attached")).to_be_hidden()
    await expect(page.messages().last).to_contain_text("Which one is better?")
    await expect(page.page.locator("#messages")).to_contain_text("notes.txt")
    assert "notes.txt:\nThe sky is blue." in str(world.left.requests[0].body["messages"][0]["content"])


async def test_home_settings_and_ballot_in_the_dark_and_on_a_phone(browser: Browser, world: Story) -> None:
    duel = await world.duel("ana", "why is the sky blue?")
    await world.react("ben", duel, "a")
    async with visitor(browser, world.slack.url, scheme="dark") as night:
        await night.become("Ana")
        await night.press("Vote secretly")
        await expect(night.messages().last).to_contain_text("You have no vote on this duel yet")
        await look(night.page, "ballot-dark")
        await night.say("/duel settings")
        await expect(night.page.get_by_test_id("modal")).to_contain_text("Who duels by default")
        await look(night.page, "settings-dark")
        await night.page.get_by_test_id("modal-close").click()
        assert night.errors == []
    async with visitor(browser, world.slack.url, width=390, height=844, touch=True) as phone:
        await phone.say("/duel")
        await expect(phone.page.get_by_test_id("modal")).to_contain_text("A new duel")
        await look(phone.page, "form-phone")
        await phone.page.get_by_test_id("modal-close").click()
        await phone.page.goto(f"{world.slack.url}/#/home")
        home = phone.page.locator("#home")
        await expect(home).to_contain_text("why is the sky blue?")
        await expect(home).not_to_contain_text(LEFT)
        assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 390
        await look(phone.page, "home-phone")
        await home.get_by_role("button", name="Try").first.click()
        await expect(phone.page.get_by_test_id("modal")).to_contain_text("A new duel")
        assert phone.errors == []


async def test_escape_closes_a_thread_but_not_on_words_that_are_not_sent(page: Visitor) -> None:
    await page.say("/duel why is the sky blue?")
    first = page.messages().last
    await expect(first).to_contain_text("Which one is better?")
    await first.hover()
    await first.get_by_test_id("reply").click()
    thread, composer = page.page.locator("#thread"), page.page.locator("#thread-composer")
    await composer.fill("half a thought")
    await composer.press("Escape")
    await page.page.locator("#composer").press("Escape")
    await expect(composer).to_have_value("half a thought")
    await composer.fill("")
    await composer.press("Escape")
    await expect(thread).to_be_hidden()


async def test_both_are_asked_on_in_the_thread_and_named_together(page: Visitor, world: Story) -> None:
    await page.become("Ana")
    await page.say("/duel why is the sky blue?")
    first = page.messages().last
    await expect(first).to_contain_text("Which one is better?")
    world.left.will(says("Left dit bleu."))
    world.right.will(says("Right dit Rayleigh."))
    await first.hover()
    await first.get_by_test_id("reply").click()
    await page.page.locator("#thread-composer").fill("@Duel and now in French")
    await page.page.locator("#thread-composer").press("Enter")
    second = page.page.locator("#thread").get_by_test_id("message").last
    await expect(second).to_contain_text("Round 2")
    await expect(second).to_contain_text("the names appear when the votes on all rounds have closed")
    await page.reaction("a", second).click()
    await world.delivered()
    await look(page.page, "round")
    await second.get_by_role("button", name="Reveal now").click()
    await expect(second).to_contain_text("wins this one, 1 to 0")
    await look(page.page, "rounds")
