"""A companion process: says where it listens as one line of JSON, and ends when its standard input closes."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.errors import DuelError

PATIENCE_S = 5.0


@asynccontextmanager
async def companion(*module_and_arguments: str, ready_within_s: float = 60) -> AsyncIterator[dict[str, Any]]:
    """Run `python -m …` for as long as the block lasts, and give what it announced.

    Should we die, our end of its standard input closes, and it ends as well. What it prints on standard
    error is the reason of a failed start. Raises `DuelError`.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *module_and_arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is for us: we end it in our own time
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        try:
            line = await asyncio.wait_for(process.stdout.readline(), ready_within_s)
        except TimeoutError:
            raise DuelError(f"{module_and_arguments[0]} did not start within {ready_within_s:g} s.") from None
        if not line:
            raise DuelError(f"{module_and_arguments[0]} did not start: the reason stands above.")
        yield json.loads(line)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE_S)
        except TimeoutError:
            process.kill()
            await process.wait()
