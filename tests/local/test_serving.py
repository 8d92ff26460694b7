"""The parent's side of the server, with children that are a few lines of Python."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from re import escape

import pytest

from bot.contenders.local import serve_local_models
from bot.contenders.local.serving import server_command
from bot.errors import LocalModelError
from bot.extras import install

WEIGHTS = {"tiny": Path("/weights/tiny.gguf")}


def child(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import json, os, sys\n{script}")


OBEDIENT = child(
    "told = {'tiny': 'http://127.0.0.1:1/v1', 'pid': str(os.getpid()), 'got': sys.argv[1]}\n"
    "print(json.dumps(told), flush=True)\n"
    "sys.stdin.read()"
)


def is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_child_is_told_the_weights_tells_its_addresses_and_ends() -> None:
    async with serve_local_models(WEIGHTS, command=OBEDIENT) as addresses:
        assert addresses["tiny"] == "http://127.0.0.1:1/v1"
        assert addresses["got"] == "tiny=/weights/tiny.gguf"
        assert is_alive(addresses["pid"])
    assert not is_alive(addresses["pid"])


async def test_the_child_ends_when_what_it_served_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        async with serve_local_models(WEIGHTS, command=OBEDIENT) as addresses:
            raise ZeroDivisionError
    assert not is_alive(addresses["pid"])


async def test_a_child_that_cannot_start_is_quoted() -> None:
    with pytest.raises(
        LocalModelError, match=r"ended with 1 while it started\.\nno such weights\nStart again"
    ):
        async with serve_local_models(WEIGHTS, command=child("sys.exit('no such weights')")):
            pytest.fail("nothing is served")


async def test_a_child_that_never_starts_is_given_up() -> None:
    with pytest.raises(LocalModelError, match=r"did not start within 0\.1 s"):
        async with serve_local_models(WEIGHTS, command=child("sys.stdin.read()"), start_within=0.1):
            pytest.fail("nothing is served")


async def test_a_child_that_dies_later_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    logged = asyncio.Event()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.set()

    log = logging.getLogger("bot.contenders.local.serving")
    ear = Ear()
    log.addHandler(ear)
    try:
        async with serve_local_models(WEIGHTS, command=OBEDIENT) as addresses:
            os.kill(int(addresses["pid"]), signal.SIGKILL)
            await logged.wait()
    finally:
        log.removeHandler(ear)
    assert "was killed (perhaps for want of memory)" in caplog.text


async def test_a_missing_extra_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(LocalModelError, match=escape(install("local"))):
        async with serve_local_models(WEIGHTS):
            pytest.fail("nothing is served")


@pytest.mark.slow  # needs the extra `local`, and Linux: elsewhere a loading server notices once it has loaded
async def test_the_server_ends_with_its_stdin_even_while_it_loads(tmp_path: Path) -> None:
    endless = tmp_path / "endless.gguf"
    os.mkfifo(endless)  # the server opens it, and reads on until the end of days
    server = await asyncio.create_subprocess_exec(
        *server_command(), f"endless={endless}", stdin=asyncio.subprocess.PIPE
    )
    assert server.stdin is not None
    loading = await asyncio.to_thread(os.open, endless, os.O_WRONLY)  # returns when it is being read
    server.stdin.close()
    assert await server.wait() == -signal.SIGIO
    os.close(loading)
