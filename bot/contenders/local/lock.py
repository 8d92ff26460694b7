"""A lock between processes, which the kernel takes back when its holder ends, however it ends."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@asynccontextmanager
async def only_one(path: Path, *, on_wait: Callable[[], None]) -> AsyncIterator[None]:
    """Hold the lock on `path`; `on_wait` is called once if another process has it."""
    with path.open("ab") as file:
        if not _taken(file):
            on_wait()
            while not _taken(file):  # noqa: ASYNC110 — no event crosses processes
                await asyncio.sleep(0.2)
        yield


def _taken(file: IO[bytes]) -> bool:
    try:
        _lock(file)
    except (BlockingIOError, PermissionError):
        return False
    return True
