"""The form, the shortcut on a message, a mention and *Cancel*, used in the playground's page."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.page import Visitor, look
from tests.worlds.provider import says
from tests.worlds.story import Story

pytestmark = pytest.mark.browser


async def test_a_silent_channel_offers_a_prompt_that_small_models_come_to_an_end_of(page: Visitor) -> None:
    await page.page.get_by_test_id("try").click()
    composer = page.page.locator("#composer")
    await expect(composer).to_have_value("/duel why is the sky blue? Answer in one sentence.")
    await composer.press("Enter")
    await expect(page.messages().last).to_contain_text("Which one is better?")


async def test_the_form_is_filled_in_corrected_and_becomes_a_duel(page: Visitor) -> None:
    await page.say("/duel")
    form = page.page.get_by_test_id("modal")
    await expect(form).to_contain_text("A new duel")
    await form.locator("textarea").fill("why is the sky blue?")
    length = form.locator("[data-action-id=length]")
    await length.fill("soon")
    await page.page.get_by_test_id("modal-submit").click()
    await expect(form).to_contain_text("is no length of time: write it like 10m")
    await expect(form.locator("textarea")).to_have_value("why is the sky blue?")
    await look(page.page, "form")
    await length.fill("10m")
    await page.page.get_by_test_id("modal-submit").click()
    await expect(form).not_to_be_visible()
    await expect(page.messages().last).to_contain_text("Which one is better?")


async def test_duel_this_and_a_mention_answer_in_the_thread(page: Visitor) -> None:
    await page.say("why is the sky blue?")
    await page.messages().last.hover()
    await page.messages().last.get_by_role("button", name="More actions").click()
    await look(page.page, "shortcut")
    await page.page.locator("[data-shortcut=duel_this]").click()
    await page.page.get_by_test_id("open-thread").click()
    thread = page.page.locator("#thread")
    await expect(thread).to_contain_text("Which one is better?")
    await look(page.page, "thread")


async def test_the_asker_cancels(page: Visitor, world: Story) -> None:
    world.right.will(says("Right says Rayleigh.", wait_for=asyncio.Event()))
    await page.say("@Duel why?")
    await expect(page.messages().last).to_contain_text("One answer is in")
    await look(page.page, "cancel")
    await page.press("Cancel")
    await expect(page.messages().last).to_contain_text("Cancelled by the asker.")
