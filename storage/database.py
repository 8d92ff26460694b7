"""The connection: which database, how it is opened, whose clock counts, whether its tables are ours."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import URL, ColumnElement, Connection, DateTime, Table, event, func, make_url, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import SchemaError, SettingsError
from bot.extras import install
from storage import schema
from storage.outages import cause, translated

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
BUSY_TIMEOUT_MS = 30_000
TRIES = 100
CONNECTIONS = 10
"""Of one process at the most. They are kept: to open one takes longer than most of what is done with it."""
IDLE_MS = 30_000
"""In the middle of a transaction a server waits so long for the next word of a process, and then ends it: a
machine that is frozen or has lost its power there would hold the rows that it locked for hours.
"""
MIGRATING = 0x6475656C
"""The advisory lock on PostgreSQL under which the tables are changed: the word "duel"."""

Instant = datetime | ColumnElement[datetime]
"""A moment that can stand in a statement: one that is known here, or one that the database will tell."""


class Database:
    """One database; `read` and `write` are the only ways in, and `write` is one transaction.

    Both raise `StorageAway` while the database cannot be used.
    """

    def __init__(self, url: str, *, now: Callable[[], datetime] | None = None) -> None:
        """Open it lazily. Raises `SettingsError` if the address names no database that we know.

        `now` is a clock to go by instead of the database's own.
        """
        self.engine: AsyncEngine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.insert: Callable[[Table], Any] = sqlite_dialect.insert if self.is_sqlite else postgresql.insert
        """An INSERT that knows `on_conflict_…` in this database's dialect."""
        self._now = now
        # SQLite lets one write and the others sleep and try again: within a process they rather queue here
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._kept: AsyncConnection | None = None
        self._carrying = asyncio.Lock()
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine.sync_engine, "connect", _prepare_postgres)

    def now(self) -> Instant:
        """The time that all who share this database agree upon.

        The machines around a PostgreSQL have a clock each, and only the server's counts; everybody who has
        a SQLite file open is on one machine, and reads the same clock.
        """
        if self._now is not None:
            return self._now()
        return datetime.now(UTC) if self.is_sqlite else func.clock_timestamp(type_=DateTime(timezone=True))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to look things up with; it holds no lock that a writer would wait for."""
        with translated():
            async with self.engine.connect() as connection:
                yield await connection.execution_options(duel_begin=("BEGIN",))

    @asynccontextmanager
    async def write(self, *, at_leisure: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end. On SQLite it is the only writer from its first statement.

        `at_leisure`: what is written may be long in coming.
        """
        with translated():
            async with self._turn, self.engine.begin() as connection:
                if at_leisure and not self.is_sqlite:
                    await connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                yield connection

    async def carry_out(self, statement: str, parameters: Sequence[Any]) -> None:
        """One statement, in the driver's own words, that is a transaction by itself.

        The short way for what comes by the hundred: one message to the driver, where `write` takes ten, over
        a connection that is kept for it. A statement that is wrong raises the driver's own errors.
        """
        async with self._turn:
            await self._say(statement, parameters)

    async def fetch(self, statement: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
        """The rows of one query, by the same short way, as they are at this moment."""
        return await self._say(statement, parameters)

    async def _say(self, statement: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
        with translated():
            async with self._carrying:
                driver = await self._driver()
                try:
                    return list(
                        await (
                            driver.execute_fetchall(statement, parameters)
                            if self.is_sqlite
                            else driver.fetch(statement, *parameters)
                        )
                    )
                except BaseException:  # cancelled as well: nobody knows what it is at
                    await self._drop_kept()
                    raise

    async def _driver(self) -> Any:
        """The driver's own connection that is kept, opened anew where the server has closed it."""
        if self._kept is not None:
            driver = (await self._kept.get_raw_connection()).driver_connection
            if self.is_sqlite or not cast(Any, driver).is_closed():
                return driver
            await self._drop_kept()
        self._kept = await self.engine.connect()
        return (await self._kept.get_raw_connection()).driver_connection

    async def _drop_kept(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept.invalidate()
            await kept.close()

    @asynccontextmanager
    async def alter(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may change the tables, by one process at a time."""
        async with self.engine.connect() as connection:
            if not self.is_sqlite:
                async with connection.begin():
                    await connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
                    yield connection
                return
            # to alter a table is to make it anew, and dropping the old one would delete what refers to it
            await connection.execution_options(duel_begin=("PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"))
            try:
                async with connection.begin():
                    yield connection
            finally:
                await connection.invalidate()

    async def migrate(self) -> None:
        """Bring the tables up to this code. Raises what `check` raises, but for an older database."""
        await self._reach()
        async with self.alter() as connection:
            found = await connection.run_sync(schema.revision)
            if found is not None and found not in schema.revisions():
                raise _mismatch(found)
            await connection.run_sync(schema.upgrade)

    async def check(self) -> None:
        """Raise `SchemaError` unless the tables are those of this code; an empty database is filled.

        Raises `SettingsError` if the database cannot be reached.
        """
        found = await self.revision()
        if found is None:
            await self.migrate()
        elif found != schema.head():
            raise _mismatch(found)

    async def revision(self) -> str | None:
        """Which tables it has; `None`: none of ours. Raises `SettingsError` if it cannot be reached."""
        await self._reach()
        async with self.read() as connection:
            return await connection.run_sync(schema.revision)

    async def _reach(self) -> None:
        try:
            if self.is_sqlite:  # first without a thread: the driver's would outlive a failure
                sqlite3.connect(self.engine.url.database or ":memory:").close()
            async with self.engine.connect():
                pass
        except (OSError, DBAPIError, sqlite3.Error) as error:
            raise SettingsError(
                f"The database cannot be opened ({cause(error)}): check DATABASE_URL, and that it is up."
            ) from None

    async def close(self) -> None:
        if self._kept is not None:
            await self._kept.close()
        await self.engine.dispose()


def _engine(url: str) -> AsyncEngine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError(
            "DATABASE_URL is no database address: write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
        ) from None
    if parsed.drivername not in {*_DRIVERS, *_DRIVERS.values()}:
        raise SettingsError(f"DATABASE_URL: {parsed.drivername} is not supported; use sqlite or postgresql.")
    driver = _DRIVERS.get(parsed.drivername, parsed.drivername)
    try:
        return create_async_engine(
            _spoken(parsed).set(drivername=driver),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=not driver.startswith("sqlite"),  # a server may have been restarted since
            hide_parameters=True,  # they hold prompts, and an error that holds them is logged
        )
    except ModuleNotFoundError:
        raise SettingsError(
            f"DATABASE_URL names PostgreSQL, whose driver is not installed: {install('postgres')}"
        ) from None


def _spoken(url: URL) -> URL:
    """The address with libpq's `sslmode`, which hosts of PostgreSQL hand out, under the driver's own name."""
    mode = url.query.get("sslmode")
    return url if mode is None else url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def _mismatch(found: str) -> SchemaError:
    known = found in schema.revisions()
    cure = "run: python -m bot migrate" if known else "install the newer Duel that made it"
    return SchemaError(f"The database is at revision {found}, this Duel needs {schema.head()}: {cure}.")


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: we say when
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    # of several that open a new file at once, the later ones are refused here and not made to wait
    for left in reversed(range(TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:
            if not left:
                raise
            time.sleep(0.02)
    cursor.execute("PRAGMA synchronous=FULL")  # NORMAL survives a killed process, but not a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _prepare_postgres(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_MS}")
    cursor.close()
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that began as a reader cannot wait for the writer's place, it fails at once
    for statement in connection.get_execution_options().get("duel_begin", ("BEGIN IMMEDIATE",)):
        connection.exec_driver_sql(statement)
