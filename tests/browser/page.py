"""A person at the playground's page, in headless Chromium."""

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Literal

from playwright.async_api import Browser, Locator, Page, async_playwright

ARGUMENTS = [
    "--no-sandbox",  # tests may run as root, where Chromium refuses its sandbox
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-default-browser-check",
    "--headless=new",
    "--hide-scrollbars",
    "--mute-audio",
    # there is a mouse, which can hover
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--remote-debugging-port=0",
]


@contextmanager
def chromium() -> Iterator[str]:
    """The system's own Chromium, for as long as the block lasts; the address at which it takes orders."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("No Chromium here. Install it: apt-get install chromium")
    with TemporaryDirectory(prefix="duel-chromium-", ignore_cleanup_errors=True) as folder:
        command = [found, *ARGUMENTS, f"--user-data-dir={folder}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        try:
            said = (re.search(r"listening on (ws://\S+)", line) for line in process.stderr)
            address = next((match[1] for match in said if match), None)
            if address is None:
                raise RuntimeError("Chromium has ended before it took orders.")
            rest = Thread(target=process.stderr.read)  # or it would stop at a full pipe
            rest.start()
            yield address
            process.terminate()
            rest.join()
        finally:
            process.kill()
            process.communicate()


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Browser]:
    """That Chromium, at hand in this event loop."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(address)
        try:
            yield browser
        finally:
            await browser.close()


async def look(page: Page, name: str) -> None:
    """A picture for whoever wants to look: set SCREENSHOTS to a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


class Visitor:
    """What somebody does on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    async def become(self, name: str) -> None:
        """Act as the person whose name begins so."""
        await self.page.get_by_test_id("person").filter(has_text=name).first.click()

    async def say(self, text: str) -> None:
        """Type into the composer, and send."""
        await self.page.locator("#composer").fill(text)
        await self.page.locator("#composer").press("Escape")
        await self.page.get_by_test_id("composer-send").click()

    def messages(self) -> Locator:
        return self.page.get_by_test_id("message")

    def reaction(self, emoji: str, of: Locator | None = None) -> Locator:
        return (of or self.messages().last).locator(f"[data-testid=reaction][data-emoji='{emoji}']")

    async def press(self, button: str) -> None:
        await self.page.get_by_role("button", name=button).last.click()

    async def shoot(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=file)


@asynccontextmanager
async def visitor(
    browser: Browser,
    url: str,
    *,
    width: int = 1180,
    height: int = 860,
    scheme: Literal["light", "dark"] = "light",
    touch: bool = False,
) -> AsyncIterator[Visitor]:
    """A fresh window on that address."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        has_touch=touch,
        device_scale_factor=1.5,
    )
    page = await context.new_page()
    page.set_default_timeout(15_000)
    someone = Visitor(page)
    await page.goto(url)
    await page.locator("#composer").wait_for()
    try:
        yield someone
    finally:
        await context.close()
