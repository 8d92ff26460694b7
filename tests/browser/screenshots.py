"""The pictures in the README: the demo as a newcomer gets it, with real answers (`make screenshots`)."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser

from tests.browser import digests
from tests.browser.page import Visitor, chromium, connected, visitor

PICTURES = Path(__file__).parents[2] / "docs" / "images"
PROMPT = "/duel why is the sky blue? Answer in one sentence."
FURTHER = "@Duel and why is it red in the evening? Answer in one sentence."
PATIENCE_MS = 120_000


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """`python -m bot demo` on a free port; gives its page's address.

    No classifier says what prompts are about, even where one is installed: `make demo` installs none.
    """
    there = {**os.environ, "PORT": "0", "CLASSIFY_TOPICS": "false"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", env=there, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        async for line in process.stderr:
            sys.stderr.write(line.decode())
            if found := re.search(r"ready: (http://\S+)", line.decode()):
                yield found[1]
                break
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


async def _duel(page: Visitor) -> None:
    """One duel, voted on by three: one changes her mind, one withdraws."""
    await page.become("Ana")
    await page.say(PROMPT)
    await page.messages().last.get_by_text("Which one is better?").wait_for(timeout=PATIENCE_MS)
    await page.reaction("-1").wait_for()
    for name, emoji in (("Ben", "a"), ("Chlo", "b"), ("Dev", "b"), ("Chlo", "a"), ("Dev", "b")):
        await page.become(name)
        await page.reaction(emoji).click()
    await page.become("Ana")
    await page.page.mouse.move(600, 5)


async def _ballot(page: Visitor) -> None:
    """A vote in secret, as its voter sees it; it takes the place of his emoji."""
    await page.become("Dev")
    await page.press("Vote secretly")
    await page.press("B is better")
    await page.messages().last.get_by_text("Your vote, in secret").wait_for()
    await page.messages().last.screenshot(path=PICTURES / "ballot.png")
    await page.become("Ana")


async def _rounds(page: Visitor) -> None:
    """A conversation of two rounds: the first with its votes in the channel, the second in its thread."""
    await page.become("Ana")
    await page.say(PROMPT)
    first = page.page.locator("#messages").get_by_test_id("message").last
    await first.get_by_text("Which one is better?").wait_for(timeout=PATIENCE_MS)
    await page.reaction("-1", first).wait_for()
    await first.hover()
    await first.get_by_test_id("reply").click()
    thread = page.page.locator("#thread")
    await thread.locator("#thread-composer").fill(FURTHER)
    await thread.locator("#thread-composer").press("Enter")
    second = thread.get_by_test_id("message").filter(has_text="Round 2")
    await second.get_by_text("Which one is better?").wait_for(timeout=PATIENCE_MS)
    await page.reaction("-1", second).wait_for()
    for name, emoji in (("Ben", "a"), ("Chlo", "b")):
        await page.become(name)
        await page.reaction(emoji, first).click()
        await page.reaction("a", second).click()
    await page.become("Ana")
    await page.page.mouse.move(600, 5)


async def _shoot(browser: Browser, url: str) -> None:
    async with visitor(browser, url, width=1120, height=720) as page:
        await _duel(page)
        await page.shoot(PICTURES / "vote.png")
        await _ballot(page)
        await page.press("Reveal now")
        await page.messages().last.get_by_text("whole answer").first.wait_for()
        await page.page.locator("#composer").focus()
        await page.page.mouse.move(600, 5)
        await page.shoot(PICTURES / "reveal.png")
    async with visitor(browser, url, width=390, height=844, touch=True, scheme="dark") as phone:
        await phone.messages().last.get_by_text("whole answer").first.wait_for()
        await phone.shoot(PICTURES / "phone.png")
    async with visitor(browser, url, width=1280, height=860) as page:
        await _rounds(page)
        await page.shoot(PICTURES / "rounds.png")


async def main() -> None:
    """Take them all."""
    with chromium() as address:
        async with connected(address) as browser:
            await digests.shoot(browser, PICTURES)
            async with demo() as url:
                await _shoot(browser, url)


if __name__ == "__main__":
    asyncio.run(main())
