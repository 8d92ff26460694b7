"""A minute and a half of trouble in all; `python -m tests.chaos` makes more of it."""

from pathlib import Path

import pytest

from tests.chaos.run import run
from tests.worlds.postgres import postgres


@pytest.mark.chaos
@pytest.mark.timeout(400)
async def test_whatever_breaks_each_duel_vote_and_digest_is_there_once(tmp_path: Path) -> None:
    verdict, troubles = await run(tmp_path, seconds=45, seed=1)
    assert verdict.good, verdict
    assert verdict.duels
    assert troubles.made


@pytest.mark.chaos
@pytest.mark.timeout(400)
async def test_three_programs_share_the_work_and_take_over_from_one_killed_for_good(tmp_path: Path) -> None:
    with postgres() as server:
        async with server.empty() as url:
            verdict, troubles = await run(tmp_path, seconds=45, seed=2, programs=3, database_url=url)
    assert verdict.good, verdict
    assert verdict.duels > 10
    assert troubles.made["killed for good"] == 1
