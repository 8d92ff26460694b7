"""The program, loaded once: each start is forked from there, and saves the second and a half of loading.

What is forked runs the command line as `python -m bot` does, in a folder and an environment of its own, as a
process that can be killed and frozen. The server speaks lines of JSON over a Unix socket: what to start, and
what became of it.
"""

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NoReturn, Protocol

ROOT = Path(__file__).parents[2]


class Program:
    """One start of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        """As `subprocess` gives it: negative for a signal."""
        self._ended = asyncio.Event()
        self._stopped = asyncio.Event()

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    async def freeze(self) -> None:
        """Stop it where it stands; back once it has stopped."""
        self._stopped.clear()
        self.send_signal(signal.SIGSTOP)
        await self._stopped.wait()

    def became(self, status: int) -> None:
        if os.WIFSTOPPED(status):
            self._stopped.set()
        elif not os.WIFCONTINUED(status):
            self.returncode = os.waitstatus_to_exitcode(status)
            self._ended.set()


class Bot(Protocol):
    """`python -m bot …`, loaded before, in that folder: exit status, standard output, standard error."""

    async def __call__(self, *arguments: str, cwd: Path, **environment: str) -> tuple[int, str, str]: ...


class Starter:
    """Starts programs over one connection; whatever still runs is killed when that closes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._programs: dict[int, Program] = {}
        self._starting: list[asyncio.Future[Program]] = []

    async def start(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], into: Path | None = None
    ) -> Program:
        """`python -m bot …`, with nothing in its environment but that.

        It writes to the files `out` and `err` in the folder `into`, or where everybody writes to.
        """
        started: asyncio.Future[Program] = asyncio.get_running_loop().create_future()
        self._starting.append(started)
        asked = {
            "arguments": list(arguments),
            "cwd": str(cwd),
            "env": dict(env),
            "into": into and str(into),
        }
        self._writer.write(json.dumps(asked).encode() + b"\n")
        return await started

    async def listen(self) -> None:
        """Hear what becomes of them, in the order in which it happened."""
        while line := await self._reader.readline():
            told = json.loads(line)
            if "started" in told:
                program = self._programs[told["started"]] = Program(told["started"])
                self._starting.pop(0).set_result(program)
            else:
                self._programs[told["pid"]].became(told["status"])


@asynccontextmanager
async def starter(address: str) -> AsyncIterator[Starter]:
    """A connection to the server at that address."""
    reader, writer = await asyncio.open_unix_connection(address)
    starts = Starter(reader, writer)
    listening = asyncio.create_task(starts.listen())
    try:
        yield starts
    finally:
        writer.close()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def finished(loaded: str, *arguments: str, cwd: Path, **environment: str) -> tuple[int, str, str]:
    """Run a `Bot` to its end."""
    known = {"PATH": os.environ["PATH"], "COLUMNS": "400", **environment}
    with tempfile.TemporaryDirectory(prefix="duel-said-") as said:
        async with starter(loaded) as starts:
            status = await (await starts.start(arguments, cwd, known, Path(said))).wait()
        with open(f"{said}/out") as out, open(f"{said}/err") as err:  # noqa: ASYNC230 # they are short
            return status, out.read(), err.read()


@contextmanager
def warm() -> Iterator[str]:
    """The server as a process, for as long as the block lasts; its address."""
    with tempfile.TemporaryDirectory(prefix="duel-warm-") as folder:
        address = f"{folder}/socket"
        command = [sys.executable, "-m", "tests.worlds.warm", address]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert server.stdout is not None
        try:
            server.stdout.readline()  # it listens
            yield address
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()


class _Server:
    def __init__(self, address: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen()
        self._connections: dict[socket.socket, bytes] = {}
        self._whose: dict[int, socket.socket] = {}
        self._bell, ring = socket.socketpair()
        ring.setblocking(False)
        self._ring = ring
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(ring.fileno())

    def serve(self) -> NoReturn:
        while True:
            ready, _, _ = select.select([self._listener, self._bell, *self._connections], [], [])
            for one in ready:
                if one is self._listener:
                    self._connections[one.accept()[0]] = b""
                elif one is self._bell:
                    self._bell.recv(4096)
                    self._report()
                else:
                    self._hear(one)

    def _hear(self, connection: socket.socket) -> None:
        if not (data := connection.recv(1 << 16)):
            del self._connections[connection]
            for pid in [pid for pid, whose in self._whose.items() if whose is connection]:
                os.kill(pid, signal.SIGKILL)
            connection.close()
            return
        *lines, self._connections[connection] = (self._connections[connection] + data).split(b"\n")
        for line in lines:
            asked = json.loads(line)
            if not (pid := os.fork()):
                _be(asked)
            self._whose[pid] = connection
            self._tell(connection, {"started": pid})

    def _report(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
                if not pid:
                    return
                ended = os.WIFEXITED(status) or os.WIFSIGNALED(status)
                whose = self._whose.pop(pid) if ended else self._whose[pid]
                self._tell(whose, {"pid": pid, "status": status})

    def _tell(self, connection: socket.socket, what: dict[str, Any]) -> None:
        if connection in self._connections:
            connection.sendall(json.dumps(what).encode() + b"\n")


def _be(asked: dict[str, Any]) -> NoReturn:
    """From here on this process is the program."""
    from bot.commands import main as program  # noqa: PLC0415 # loaded before: see `__main__`

    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.closerange(3, 256)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    if asked["into"]:
        for at, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{asked['into']}/{name}", os.O_WRONLY | os.O_CREAT), at)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    status = 1
    try:
        program(asked["arguments"], prog_name="python -m bot")
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    import bot.commands  # noqa: F401 # what takes the time

    server = _Server(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve()
