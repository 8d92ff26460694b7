"""One Chromium for all page tests of a process, and a window in it for each."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.page import Visitor, chromium, connected, visitor
from tests.worlds.story import Story, story


@pytest.fixture(scope="session")
def running_chromium() -> Iterator[str]:
    with chromium() as address:
        yield address


@pytest.fixture
async def browser(running_chromium: str) -> AsyncIterator[Browser]:
    async with connected(running_chromium) as one:
        yield one


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Story]:
    async with story(f"sqlite:///{tmp_path / 'duel.db'}") as told, told.app():
        yield told


@pytest.fixture
async def page(world: Story, browser: Browser) -> AsyncIterator[Visitor]:
    """Ana at the page."""
    async with visitor(browser, world.slack.url) as someone:
        yield someone
        assert someone.errors == []
