"""The program in a terminal."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.worlds.clock import ManualClock
from tests.worlds.provider import Provider, fails, says
from tests.worlds.warm import Bot

CONTENDER = """
[contenders.{name}]
label = "{name}"
base_url = "{url}"
model = "m"
key = "{key}"
"""
FIELDS = {
    "contender", "side", "text", "outcome", "detail", "finish_reason", "ttft_s", "ttfa_s", "total_s",
    "input_tokens", "output_tokens", "reasoning_tokens", "cost_usd", "reported_model",
}  # fmt: skip


async def test_json_is_one_object_on_standard_output_and_nothing_else(bot: Bot, tmp_path: Path) -> None:
    clock = ManualClock()
    async with Provider(clock, says("391", tokens=3)) as one, Provider(clock, says("392", tokens=4)) as two:
        contenders = CONTENDER.format(name="one", url=one.base_url, key="K") + CONTENDER.format(
            name="two", url=two.base_url, key="K"
        )
        (tmp_path / "contenders.toml").write_text(contenders)
        status, out, err = await bot(
            "duel", "What is 17*23?", "--json", cwd=tmp_path, DUEL_PAIR="one,two", K="secret-key"
        )
    made = json.loads(out)
    assert status == 0, err
    assert made["prompt"] == "What is 17*23?"
    assert [answer["side"] for answer in made["answers"]] == ["a", "b"]
    assert {answer["contender"]: answer["text"] for answer in made["answers"]} == {"one": "391", "two": "392"}
    assert all(set(answer) == FIELDS for answer in made["answers"])
    assert all(answer["cost_usd"] is None for answer in made["answers"])  # no price is known
    assert one.requests[0].headers["authorization"] == "Bearer secret-key"


async def test_further_prompts_are_further_rounds(bot: Bot, tmp_path: Path) -> None:
    clock = ManualClock()
    async with Provider(clock, says("391")) as one, Provider(clock, says("392")) as two:
        contenders = CONTENDER.format(name="one", url=one.base_url, key="K") + CONTENDER.format(
            name="two", url=two.base_url, key="K"
        )
        (tmp_path / "contenders.toml").write_text(contenders)
        asked = ("What is 17*23?", "And by 24?")
        status, out, err = await bot(
            "duel", *asked, "--json", cwd=tmp_path, DUEL_PAIR="one,two", K="secret-key"
        )
    assert status == 0, err
    assert [told["prompt"] for told in json.loads(out)["rounds"]] == list(asked)
    assert [message["content"] for message in one.requests[1].body["messages"]] == [asked[0], "391", asked[1]]
    assert [message["content"] for message in two.requests[1].body["messages"]] == [asked[0], "392", asked[1]]


async def test_in_a_terminal_the_names_come_after_the_answers(bot: Bot, tmp_path: Path) -> None:
    clock = ManualClock()
    async with Provider(clock, says("Blue.")) as one, Provider(clock, fails(402, {})) as two:
        contenders = CONTENDER.format(name="one", url=one.base_url, key="K") + CONTENDER.format(
            name="two", url=two.base_url, key="K"
        )
        (tmp_path / "contenders.toml").write_text(contenders)
        status, out, _ = await bot("duel", "why?", "--with", "one,two", cwd=tmp_path, K="k")
    assert status == 1
    assert "Blue." in out.split("one")[0]
    assert "out of credit" in out


async def test_an_answer_that_was_cut_off_is_said_to_be(bot: Bot, tmp_path: Path) -> None:
    clock = ManualClock()
    async with Provider(clock, says("Blue.")) as one, Provider(clock, says("Bl", finish="length")) as two:
        contenders = CONTENDER.format(name="one", url=one.base_url, key="K") + CONTENDER.format(
            name="two", url=two.base_url, key="K"
        )
        (tmp_path / "contenders.toml").write_text(contenders)
        status, out, _ = await bot("duel", "why?", "--with", "one,two", cwd=tmp_path, K="k")
    assert status == 0
    assert out.count("was cut off at its token limit.") == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["run"], {}, ["SLACK_BOT_TOKEN is missing", "OAuth & Permissions"]),
        (["run"], {"SLACK_BOT_TOKEN": "xoxb-1"}, ["SLACK_APP_TOKEN is missing", "connections:write"]),
        (["run"], {"VOTE_FOR": "soon"}, ["VOTE_FOR", "10m"]),
        (["run"], {"PORT": "high"}, ["PORT"]),
        (["run"], {"DUEL_PAIR": "qwen-max"}, ["DUEL_PAIR", "two"]),
        (["run"], {"DUEL_PAIR": "qwen-max,nobody"}, ["nobody", "deepseek-flash"]),
        (["duel", "why?"], {"DEEPSEEK_API_KEY": "k"}, ["DASHSCOPE_API_KEY is missing", "Model Studio"]),
        (["duel", " "], {"DEEPSEEK_API_KEY": "k"}, ["Give them something to answer"]),
        (["migrate"], {"DATABASE_URL": "mysql://u:secret@h/x"}, ["DATABASE_URL", "postgresql"]),
    ],
)
async def test_a_missing_or_wrong_setting_names_itself_and_says_what_to_do(
    bot: Bot, tmp_path: Path, arguments: list[str], environment: dict[str, str], words: list[str]
) -> None:
    status, out, err = await bot(*arguments, cwd=tmp_path, **environment)
    assert status == 1
    assert not out
    assert "Traceback" not in err
    assert "secret" not in err
    for word in words:
        assert word in err


async def test_a_broken_contenders_file_is_named(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "contenders.toml").write_text("[contenders.x]\nlabel = 1 2")
    status, _, err = await bot("run", cwd=tmp_path)
    assert status == 1
    assert "contenders.toml" in err
    assert "Traceback" not in err


async def test_a_python_without_the_packages_is_told_which_one_has_them() -> None:
    bare = await asyncio.create_subprocess_exec(
        *(sys.executable, "-S", "-m", "bot", "duel", "what is 17*23?"),
        cwd=Path(__file__).parents[1],
        env={},
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await bare.communicate()
    assert bare.returncode == 1
    assert "has no package “click”, which Duel needs." in err.decode()
    assert ".venv/bin/python -m bot duel 'what is 17*23?'" in err.decode()
    assert "Traceback" not in err.decode()


TICKS = """
import asyncio
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from bot.commands import log_as
from bot.settings import load

async def main():
    scheduler, skipped, failed = AsyncIOScheduler(timezone="UTC"), asyncio.Event(), asyncio.Event()
    scheduler.add_listener(lambda _: skipped.set(), EVENT_JOB_MAX_INSTANCES)
    scheduler.add_listener(lambda _: failed.set(), EVENT_JOB_ERROR)
    async def long():
        await skipped.wait()
    async def broken():
        await skipped.wait()
        raise ValueError("the disk is full")
    scheduler.add_job(long, "interval", seconds=0.01)
    scheduler.add_job(broken)
    scheduler.start()
    await failed.wait()
    scheduler.shutdown(wait=False)

log_as(load())
asyncio.run(main())
"""


async def test_a_tick_that_is_left_out_is_no_news_but_one_that_breaks_is() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", TICKS),
        cwd=Path(__file__).parents[1],
        env={"COLUMNS": "400"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert "the disk is full" in err.decode()
    assert "maximum number of running instances" not in err.decode()


async def test_migrate_makes_the_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[1]), "DATABASE_URL": url}
    command = (sys.executable, "-m", "bot", "migrate")  # the module itself, and nothing loaded before
    process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, env=known)
    assert await process.wait() == 0
    assert (tmp_path / "new.db").stat().st_size > 0


async def test_a_refused_slack_token_is_named(bot: Bot, tmp_path: Path) -> None:
    from playground import Playground  # noqa: PLC0415 - the only story here that needs a Slack
    from tests.worlds.story import MANIFEST  # noqa: PLC0415

    async with Playground(MANIFEST) as slack:
        status, _, err = await bot(
            "run",
            cwd=tmp_path,
            SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN="xoxb-wrong",
            SLACK_APP_TOKEN="xapp-wrong",
            DASHSCOPE_API_KEY="k",
            DEEPSEEK_API_KEY="k",
        )
    assert status == 1
    assert "SLACK_BOT_TOKEN" in err
    assert "invalid_auth" in err
    assert "xoxb-wrong" not in err
