"""The tables on their way up and down, with rows in all of them, on each database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, inspect, select, text

from bot.errors import SchemaError, SettingsError
from storage import schema
from storage.database import Database
from storage.tables import metadata
from tests.worlds.postgres import Postgres

VALUES: dict[type, Any] = {
    str: "1",  # some hold decimals
    int: 1,
    float: 0.5,
    bool: True,
    bytes: b"",
    datetime: datetime(2026, 11, 24, tzinfo=UTC),
}


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    """A database with nothing in it."""
    database = Database(empty_url)
    yield database
    await database.close()


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _fill(connection: Connection) -> None:
    """One row in each table that has none; what refers to a row of another table refers to its only one."""
    for table in _tables(connection):
        if connection.scalar(select(text("1")).select_from(table)) is None:
            row = {column.name: VALUES[column.type.python_type] for column in table.columns}
            connection.execute(table.insert().values(row))


def _rows(connection: Connection) -> dict[str, int]:
    return {table.name: len(connection.execute(select(table)).all()) for table in _tables(connection)}


async def test_every_step_up_and_down_keeps_the_rows_that_are_there(empty: Database) -> None:
    steps = schema.revisions()
    for revision in steps:
        async with empty.alter() as connection:
            before = await connection.run_sync(_rows)
            await connection.run_sync(schema.upgrade, revision)
            after = await connection.run_sync(_rows)
            assert {name: after[name] for name in before if name in after} == before
            await connection.run_sync(_fill)
            assert all((await connection.run_sync(_rows)).values())
    for revision in [*steps[-2::-1], "base"]:
        async with empty.alter() as connection:
            before = await connection.run_sync(_rows)
            await connection.run_sync(schema.downgrade, revision)
            after = await connection.run_sync(_rows)
            assert after == {name: before[name] for name in after}
            if empty.is_sqlite:
                broken = await connection.exec_driver_sql("PRAGMA foreign_key_check")
                assert not broken.all()


async def test_what_was_spent_before_there_were_budgets_counts_against_them(empty: Database) -> None:
    async with empty.alter() as connection:
        await connection.run_sync(schema.upgrade, "0001")
        await connection.run_sync(_fill)
        await connection.execute(text("UPDATE answer SET cost_usd = '1.000123456'"))
        await connection.run_sync(schema.upgrade, "0002")
        spent = await connection.execute(text("SELECT duel_id, side, nano_usd FROM spending"))
        assert spent.all() == [("1", "1", 1_000_123_456)]


async def test_all_the_way_down_nothing_is_left_over(empty: Database) -> None:
    await empty.migrate()
    async with empty.alter() as connection:
        await connection.run_sync(schema.downgrade)
        left = (
            "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            if empty.is_sqlite
            else "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " UNION SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'"
        )
        names = set((await connection.exec_driver_sql(left)).scalars())
    assert names <= {"alembic_version", "alembic_version_pkc"}
    await empty.migrate()
    await empty.check()


def _differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def _index_names(connection: Connection) -> dict[str, set[str | None]]:
    look = inspect(connection)
    return {table.name: {i["name"] for i in look.get_indexes(table.name)} for table in _tables(connection)}


async def test_the_migrations_make_the_tables_that_the_code_knows(empty: Database) -> None:
    await empty.migrate()
    async with empty.read() as connection:
        assert await connection.run_sync(_differences) == []
        names = await connection.run_sync(_index_names)
    assert names == {name: {i.name for i in table.indexes} for name, table in metadata.tables.items()}


async def test_an_older_database_is_refused_until_it_is_migrated(empty: Database) -> None:
    await empty.migrate()
    async with empty.write() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(SchemaError, match="install the newer Duel"):
        await empty.check()
    with pytest.raises(SchemaError, match="install the newer Duel"):
        await empty.migrate()


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/place/duel.db", "postgresql://u:secret@127.0.0.1:1/x", "{server}"]
)
async def test_a_database_that_is_not_there_is_named_by_its_setting(url: str, server: Postgres) -> None:
    database = Database(url.format(server=server.url("nobody_made_it")))
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        await database.check()
    assert "secret" not in str(caught.value)
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        await database.migrate()
    await database.close()
