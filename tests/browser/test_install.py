"""The pages of an installation, looked at in Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.page import look
from tests.worlds.story import Story, story

pytestmark = pytest.mark.browser


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Story]:
    async with story(f"sqlite:///{tmp_path / 'duel.db'}") as told, told.app(**told.oauth()):
        yield told


@pytest.fixture
async def window(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 900, "height": 640})
    page = await context.new_page()
    page.set_default_timeout(15_000)
    yield page
    await context.close()


async def test_a_workspace_is_added_by_the_button_and_a_link_used_twice_says_so(
    many: Story, window: Page
) -> None:
    await many.site.add_team("Other")
    await window.goto(f"{many.web.url}/slack/install")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        await window.emulate_media(color_scheme=scheme)
        await look(window, f"install-{scheme}")
    await window.get_by_role("link", name="Add to Slack").click()
    await window.get_by_role("button", name="Allow").click()
    await expect(window.get_by_role("heading")).to_have_text("Thank you")
    await expect(window.get_by_role("link", name="Open Slack")).to_be_visible()
    await look(window, "installed")
    await window.reload()
    await expect(window.locator("main")).to_contain_text("Begin again here")
    await window.get_by_role("link", name="Try again").click()
    await expect(window.get_by_role("heading")).to_have_text("Add Duel to Slack")


async def test_whoever_says_no_is_told_that_nothing_has_changed(many: Story, window: Page) -> None:
    await window.set_viewport_size({"width": 390, "height": 700})
    await window.goto(f"{many.web.url}/slack/install")
    await window.get_by_role("link", name="Add to Slack").click()
    await window.get_by_role("button", name="Cancel").click()
    await expect(window.get_by_role("heading")).to_have_text("Nothing was installed")
    assert await window.evaluate("document.documentElement.scrollWidth") <= 390
    await look(window, "cancelled")
