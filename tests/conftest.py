"""Fixtures: the world of a story, and the app in it."""

import logging
import os
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.worlds.bigger import Bigger
from tests.worlds.provider import Provider, says
from tests.worlds.story import Story, story

# `make test` installs no browser's driver; `make slow` and `make page` do, and then these are collected
collect_ignore = [] if find_spec("playwright") else ["browser"]


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine reaches a test, and no file of this folder."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "DUEL_", "VOTE_", "AWS_", "AZURE_", "DASHSCOPE_")) or name.endswith(
            ("_API_KEY", "_URL", "_PROXY")
        ):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    logging.getLogger("slack_bolt").setLevel(logging.WARNING)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Story]:
    """A workspace and two providers; the story starts the app."""
    async with story(tmp_path) as told:
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
