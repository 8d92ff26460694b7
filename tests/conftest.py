"""Fixtures: the world of a story, and the app in it."""

import asyncio
import gc
import logging
import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings

from storage.database import Database
from tests.worlds.bigger import Bigger
from tests.worlds.books import Books, books_at
from tests.worlds.postgres import Postgres, postgres
from tests.worlds.provider import Provider, says
from tests.worlds.story import Story, story
from tests.worlds.warm import Bot, finished, warm

# the same examples in each run, and no clock beside them
settings.register_profile("duel", deadline=None, derandomize=True)
settings.load_profile("duel")

# `make test` installs no browser's driver; `make slow` and `make page` do, and then these are collected
collect_ignore = [] if find_spec("playwright") else ["browser"]


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine reaches a test, and no file of this folder."""
    for name in list(os.environ):
        if name.startswith(
            (
                "SLACK_",
                "DUEL",
                "DIGEST",
                "VOTE",
                "ASK_",
                "REVEAL_",
                "SETTINGS_",
                "USD_",
                "BUDGET_",
                "OPERATORS_",
                "AWS_",
                "AZURE_",
                "DASHSCOPE_",
            )
        ) or name.endswith(("_API_KEY", "_URL", "_PROXY")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    logging.getLogger("slack_bolt").setLevel(logging.WARNING)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded by the end of it stays: no search for garbage goes through all of that again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    databases = ["sqlite", "postgres"]
    parser.addoption("--database", choices=databases, help="Tell the stories on this database only")
    parser.addoption("--over", choices=["socket", "http"], help="… and let Slack reach the app so")
    parser.addoption(
        "--disorder", type=int, metavar="SEED", help="… and bring events late, shuffled, doubled"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever has to do with a database is tried on each: PostgreSQL's turn comes in `make check`.

    There everything else is otherwise as well: see `world`.
    """
    if "database" in metafunc.fixturenames:
        only = metafunc.config.getoption("database")
        second = pytest.param("postgres", marks=pytest.mark.postgres)
        metafunc.parametrize("database", [only] if only else ["sqlite", second])


@pytest.fixture(scope="session")
def loaded() -> Iterator[str]:
    """Where the program is loaded already, for stories that start it again and again."""
    with warm() as address:
        yield address


@pytest.fixture
def bot(loaded: str) -> Bot:
    """The command line, for stories that look at what it says."""
    return partial(finished, loaded)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """The PostgreSQL of this session."""
    with postgres() as running:
        yield running


@pytest.fixture
async def empty_url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a database with nothing in it."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'duel.db'}"
    else:
        server: Postgres = request.getfixturevalue("server")
        async with server.empty() as url:
            yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables, made once: to make them takes longer than many a story."""
    file = tmp_path_factory.mktemp("migrated") / "duel.db"

    async def make() -> None:
        database = Database(f"sqlite:///{file}")
        await database.migrate()
        await database.close()

    asyncio.run(make())
    return file


@pytest.fixture
async def database_url(
    database: str, migrated: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """The address of a database with our tables, and nothing in them."""
    if database == "sqlite":
        copy = shutil.copy(migrated, tmp_path / "duel.db")
        yield f"sqlite:///{copy}"
    else:
        server: Postgres = request.getfixturevalue("server")
        async with server.migrated() as url:
            yield url


@pytest.fixture
async def world(database: str, database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Story]:
    """A workspace and two providers; the story starts the app.

    Every story is told twice, and comes to the same: on SQLite in Socket Mode, with events as they happen;
    and on PostgreSQL over signed HTTP, with events that come late, in another order, and more than once.
    """
    again, option = database == "postgres", request.config.getoption
    over, seed = option("--over") or ("http" if again else "socket"), option("--disorder")
    if request.node.get_closest_marker("socket_mode"):
        over = "socket"
    if seed is None and again:
        seed = crc32(request.node.name.encode())
    async with story(database_url, over_http=over == "http", disorder=seed) as told:
        yield told


@pytest.fixture
async def slack(world: Story) -> AsyncIterator[Story]:
    """The same with the app running."""
    async with world.app():
        yield world


@pytest.fixture
async def bigger(world: Story) -> AsyncIterator[Bigger]:
    """The same with a third contender; the story starts the app."""
    async with Provider(world.clock, says("Third says scattering.")) as third:
        yield Bigger(world, third)


@pytest.fixture
async def books(database_url: str) -> AsyncIterator[Books]:
    """A ledger with nothing in it."""
    async with books_at(database_url) as kept:
        yield kept
