"""The connection: which database, how it is opened, and whether its tables are the ones this code knows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import SchemaError, SettingsError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
BUSY_TIMEOUT_MS = 30_000


class Database:
    """One database; `read` and `write` are the only ways in, and `write` is one transaction."""

    def __init__(self, url: str) -> None:
        """Open it lazily. Raises `SettingsError` if the address names no database that we know."""
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise SettingsError(
                "DATABASE_URL is no database address: write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
            ) from None
        if parsed.drivername not in {*_DRIVERS, *_DRIVERS.values()}:
            raise SettingsError(
                f"DATABASE_URL: {parsed.drivername} is not supported; use sqlite or postgresql."
            )
        try:
            self.engine: AsyncEngine = create_async_engine(
                parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
            )
        except ModuleNotFoundError:
            raise SettingsError(
                "DATABASE_URL names PostgreSQL: install its driver, pip install 'duel[postgres]'."
            ) from None
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to look things up with; it holds no lock that a writer would wait for."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(duel_read_only=True)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end. On SQLite it is the only writer from its first statement."""
        async with self.engine.begin() as connection:
            yield connection

    def insert(self, table: Any) -> Any:
        """An INSERT that knows `on_conflict_…` in this database's dialect."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def migrate(self) -> None:
        """Bring the tables up to this code."""
        async with self.engine.connect() as connection:
            await connection.execution_options(duel_read_only=True)
            await connection.run_sync(_upgrade)
            await connection.commit()

    async def check(self) -> None:
        """Raise `SchemaError` unless the tables are those of this code; an empty database is filled."""
        async with self.read() as connection:
            found = await connection.run_sync(_revision)
        head = ScriptDirectory.from_config(_config()).get_current_head()
        if found is None:
            await self.migrate()
        elif found != head:
            known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
            cure = "run: python -m bot migrate" if found in known else "install the newer Duel that made it"
            raise SchemaError(f"The database is at revision {found}, this Duel needs {head}: {cure}.")

    async def close(self) -> None:
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: we say when
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL survives a killed process, but not a power cut
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that began as a reader cannot wait for the writer's place, it fails at once
    reading = connection.get_execution_options().get("duel_read_only")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
