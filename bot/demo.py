"""The demo's world: a Slack in a box for the browser, and two real models on this machine."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import time
from typing import Any

from rich.console import Console

from bot.child import companion
from bot.contenders import Contender, Limits
from bot.contenders.local import LOCAL_MODELS, fetch_weights, progress_on_stderr, serve_local_models
from bot.duel import ContenderId
from bot.errors import DuelError
from bot.prices import Price, Rates

FOLDERS = "duel-demo-"
FRESH_S = 60.0
"""A folder younger than that may be one of a demo that is just starting."""

_FREE = Price(since=date(2024, 1, 1), rates=Rates(input=Decimal(0), output=Decimal(0)))


@asynccontextmanager
async def local_contenders(cache: Path, console: Console) -> AsyncIterator[dict[ContenderId, Contender]]:
    """Fetch the weights where they are missing, serve both models, and give them as contenders.

    Raises `LocalModelError`.
    """
    weights = await fetch_weights(cache, progress=progress_on_stderr())
    console.print("Starting two local models …", markup=False)
    async with serve_local_models(weights) as addresses:
        yield {
            ContenderId(model.id): Contender(
                label=model.label,
                base_url=addresses[model.id],
                model=model.model,
                prices=(_FREE,),
                limits=Limits(max_tokens=model.max_tokens, concurrency=2),
            )
            for model in LOCAL_MODELS
        }


@asynccontextmanager
async def slack_in_a_box(port: int) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The playground as a process of its own. Gives its page's address, and the settings that point there."""
    manifest = Path(__file__).parent.parent / "manifest.json"
    arguments = ["--companion", "--port", str(port), "--manifest", str(manifest)]
    async with AsyncExitStack() as stack:
        try:
            said = await stack.enter_async_context(companion("playground", *arguments))
        except DuelError:
            raise DuelError(
                f"The page cannot be served on port {port}: the reason stands above. "
                "Choose another port, e.g. PORT=3001 make demo; PORT=0 takes a free one."
            ) from None
        yield (
            said["url"],
            {
                "slack_api_url": said["api_url"],
                "slack_bot_token": said["bot_token"],
                "slack_app_token": said["app_token"],
                "slack_signing_secret": said["signing_secret"],
            },
        )


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for as long as the block lasts. Those that killed demos have left behind are removed."""
    with tempfile.TemporaryDirectory(prefix=FOLDERS) as made:
        held = os.open(made, os.O_RDONLY)  # the lock ends with the process, however that ends
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            for other in Path(made).parent.glob(f"{FOLDERS}*"):
                with suppress(OSError):  # held, gone already, or somebody else's
                    _remove_unheld(other)
            yield Path(made)
        finally:
            os.close(held)


def _remove_unheld(other: Path) -> None:
    """Raises `BlockingIOError` if a demo that runs holds it."""
    seen = other.lstat()
    if seen.st_uid != os.getuid() or time() - seen.st_mtime < FRESH_S:
        return
    tried = os.open(other, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(other)
    finally:
        os.close(tried)
