"""Results from elsewhere: with their source, for the same benchmark only, and apart from the votes."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.contenders.published import side_by_side
from bot.contenders.roster import ready_made_contenders, ready_made_results
from bot.duel import ContenderId
from bot.errors import SettingsError
from bot.settings import load
from bot.standings import standings
from bot.standings_list import show
from tests.worlds.history import hold, weeks_of
from tests.worlds.records import LEFT, RIGHT, record, single_votes
from tests.worlds.story import Story

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def result(benchmark: str, score: str, **changes: str) -> dict[str, Any]:
    made = {
        "benchmark": benchmark,
        "score": score,
        "measure": "% right",
        "source": "A <paper>",
        "url": "https://example.org/paper",
        "date": "2025-01",
    }
    return {**made, **changes}


def test_the_ready_made_ones_name_their_source_and_are_of_models_on_the_roster() -> None:
    used = {at.published_as for at in ready_made_contenders().values()} - {None}
    assert used == set(ready_made_results())
    everybody = ready_made_contenders()
    both = side_by_side(
        everybody[ContenderId("qwen2.5-max")].results, everybody[ContenderId("deepseek-chat")].results
    )
    assert [(mine.benchmark, str(mine.score), str(its.score)) for mine, its in both] == [
        ("Arena-Hard", "89.4", "85.5")
    ]


def test_models_of_today_and_compressed_ones_have_none() -> None:
    everybody = ready_made_contenders()
    for name in ("qwen-max", "deepseek-flash", "ollama-deepseek-v3", "deepseek-v3.2"):
        assert everybody[ContenderId(name)].results == ()


async def test_stats_show_them_apart_and_only_for_the_same_benchmark(world: Story) -> None:
    contenders = world.settings()["contenders"]
    contenders["left-id"]["published"] = [
        result("Both", "61.5"),
        result("Mine", "1"),
        result("Measured", "2"),
    ]
    contenders["right-id"]["published"] = [result("Both", "60"), result("Measured", "3", measure="% wrong")]
    await hold(world.database_url, world.slack.team_id, world.general, weeks_of(MONDAY, 1, ["l"]))
    async with world.app(contenders=contenders):
        await world.ask("ana", "stats")
        (shown,) = world.slack.ephemerals(world.slack.person("ana"))
    text = json.dumps(shown["blocks"], ensure_ascii=False)
    assert "*Published by others* (no votes of this team, and no part of any figure above)" in text
    source = "<https://example.org/paper|A &lt;paper&gt;>, 2025-01"
    assert f"• Both, % right: Hidden Left 7B 61.5 ({source}), Hidden Right 9B 60 ({source})" in text
    assert "Mine" not in text
    assert "Measured" not in text


async def test_stats_say_nothing_of_them_where_there_are_none(world: Story) -> None:
    await hold(world.database_url, world.slack.team_id, world.general, weeks_of(MONDAY, 1, ["l"]))
    async with world.app():
        await world.ask("ana", "stats")
        assert "Published" not in str(world.slack.ephemerals(world.slack.person("ana")))


def test_in_the_terminal_they_come_last_and_in_json_by_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    found = standings(record(single_votes(5, 2)))
    everybody = ready_made_contenders()
    results = {
        LEFT.contender: everybody[ContenderId("qwen2.5-max")].results,
        RIGHT.contender: everybody[ContenderId("deepseek-r1")].results,
    }
    out = StringIO()
    show(found, {}, Console(file=out, width=250), json=False, published=results)
    last = out.getvalue().rstrip().splitlines()[-1]
    assert last.startswith(
        "Arena-Hard, an LLM judge's win rates in % against one baseline: left 89.4 (Qwen blog,"
    )
    show(found, {}, Console(), json=True, published=results)
    told = json.loads(capsys.readouterr().out)
    assert [at["results"][1]["score"] for at in told["published"]] == ["92.3"]
    assert "89.4" not in json.dumps({name: value for name, value in told.items() if name != "published"})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('published_as = "nobody"', "no published results “nobody”; there are qwen2.5-max"),
        ('published = [{benchmark = "X", score = 1}]', "published"),
    ],
)
def test_results_without_a_source_are_refused(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "contenders.toml").write_text(
        f'[contenders.mine]\nlabel = "Mine"\nbase_url = "http://x/v1"\nmodel = "m"\n{line}\n'
    )
    with pytest.raises(SettingsError, match=said):
        load()
