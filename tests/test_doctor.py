"""`python -m bot doctor`, the program itself: all well, and each fault alone with its cure."""

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.contenders.probe import PROBE
from handlers.checkup import OPTIONAL, REQUIRED
from playground import Playground
from tests.worlds.clock import ManualClock
from tests.worlds.provider import DONE, Provider, Reply, chunk, fails, says, usage
from tests.worlds.story import MANIFEST
from tests.worlds.warm import Bot

KEY = "canary-key-0123456789"
CONTENDER = """
[contenders.{name}]
label = "{name}"
base_url = "{url}"
model = "test-model"
key = "{key}"
[[contenders.{name}.prices]]
since = 2026-01-01
rates = {{ input = "2", output = "6" }}
"""


@dataclass
class Ward:
    """A workspace, three contenders of which two duel, and the settings that point there."""

    bot: Bot
    slack: Playground
    one: Provider
    two: Provider
    three: Provider
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def contenders(self, *, three_key: str = "THREE_KEY") -> None:
        """Write the roster down."""
        three = ("three", self.three, three_key)
        roster = (("one", self.one, "KEY"), ("two", self.two, "KEY"), three)
        (self.folder / "contenders.toml").write_text(
            "".join(CONTENDER.format(name=name, url=at.base_url, key=key) for name, at, key in roster)
        )

    async def doctor(self, *arguments: str) -> tuple[int, str]:
        """Exit status and everything that was printed, in which no secret may stand."""
        status, out, err = await self.bot("doctor", *arguments, cwd=self.folder, **self.environment)
        assert "Traceback" not in err
        for secret in (
            KEY,
            self.slack.bot_token,
            self.slack.app_token,
            "hunter2",
            "xoxb-wrong",
            "xapp-wrong",
        ):
            assert secret not in out + err
        return status, out + err

    async def found(self, *arguments: str) -> dict[str, Any]:
        """The JSON object, its findings by what was looked at."""
        status, out = await self.doctor("--json", *arguments)
        report: dict[str, Any] = json.loads(out)
        assert status == (0 if report["would_work"] else 1)
        return report | {"findings": {finding["what"]: finding for finding in report["findings"]}}


@pytest.fixture
async def ward(bot: Bot, tmp_path: Path) -> AsyncIterator[Ward]:
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Playground(MANIFEST))
        one, two, three = [await stack.enter_async_context(Provider(clock, says("ready"))) for _ in range(3)]
        made = Ward(bot, slack, one, two, three, tmp_path)
        made.contenders()
        made.environment |= {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'duel.db'}",
            "DUEL_PAIR": "one,two",
            "KEY": KEY,
        }
        yield made


def test_the_scopes_that_are_looked_for_are_those_of_the_manifest() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]
    assert sorted(REQUIRED) == sorted(scopes["bot"])
    assert sorted(OPTIONAL) == sorted(scopes["bot_optional"])


async def test_where_all_is_well_it_says_so_with_one_tiny_call_to_each_of_the_two(ward: Ward) -> None:
    status, out = await ward.doctor("--channel", ward.slack.channel("general"))
    assert status == 0, out
    assert "A duel would work." in out
    assert "✗" not in out
    assert "!" not in out
    for words in ("settings", "it is made at the first start", "@duel in", "all 7 that are needed",
                  "opens Socket Mode", "Duel is a member", "test-model answers: first token after",
                  "$0.00014 at one@2026-01-01 ($2 in, $6 out a million tokens)"):  # fmt: skip
        assert words in out
    for provider in (ward.one, ward.two):
        (request,) = provider.requests
        assert request.body["max_tokens"] == 16
    assert not ward.three.requests
    assert not (ward.folder / "duel.db").exists()
    assert not [call for call in ward.slack.calls if "post" in call.method]


async def test_as_json_it_is_one_object_with_figures(ward: Ward) -> None:
    report = await ward.found()
    assert report["would_work"]
    facts = report["findings"]["one"]["facts"]
    assert isinstance(facts.pop("ttft_s"), float)
    assert facts == {
        "outcome": "ok",
        "asked_model": "test-model",
        "reported_model": "test-model",
        "price_id": "one@2026-01-01",
        "input_price": "2",
        "output_price": "6",
        "cost_usd": "0.00014",
    }


@pytest.mark.slow
async def test_with_all_every_contender_that_is_ready_is_called(ward: Ward) -> None:
    ward.environment["THREE_KEY"] = KEY
    ward.three.will(fails(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}))
    assert (await ward.found())["would_work"]
    report = await ward.found("--all")
    assert not report["would_work"]
    assert report["findings"]["three"]["found"] == "the call failed: authentication"
    assert "check the key" in report["findings"]["three"]["cure"]
    assert len(ward.three.asked(PROBE)) == 1


async def test_wrong_settings_are_all_there_is_to_say(ward: Ward) -> None:
    ward.environment |= {"VOTE_FOR": "soon", "PORT": "high"}
    status, out = await ward.doctor()
    assert status == 1
    assert "VOTE_FOR" in out
    assert "PORT" in out
    assert "A duel would not work" in out


def _set(**environment: str) -> Callable[[Ward], Awaitable[None]]:
    async def change(ward: Ward) -> None:
        ward.environment |= environment

    return change


def _unset(name: str) -> Callable[[Ward], Awaitable[None]]:
    async def change(ward: Ward) -> None:
        del ward.environment[name]

    return change


def _revoke(*scopes: str) -> Callable[[Ward], Awaitable[None]]:
    async def change(ward: Ward) -> None:
        await ward.slack.levers.revoke_scope(*scopes)

    return change


def _two_will(*replies: Reply) -> Callable[[Ward], Awaitable[None]]:
    async def change(ward: Ward) -> None:
        ward.two.will(*replies)

    return change


def _database(statement: str) -> Callable[[Ward], Awaitable[None]]:
    async def change(ward: Ward) -> None:
        status, _, err = await ward.bot("migrate", cwd=ward.folder, **ward.environment)
        assert status == 0, err
        with closing(sqlite3.connect(ward.folder / "duel.db")) as database, database:
            database.execute(statement)

    return change


async def _no_database(ward: Ward) -> None:
    (ward.folder / "duel.db").write_text("This is a text, and no database. " * 100)


async def _unpriced(ward: Ward) -> None:
    file = ward.folder / "contenders.toml"
    file.write_text(file.read_text().replace("[[contenders.two.prices]]", "[[prices.unused]]"))
    ward.environment["USD_PER_TEAM_A_MONTH"] = "10"


NOON = "2026-11-24 12:00:00.000000"
PAUSE = (
    "INSERT INTO pause (id, contender, outcome, detail, since, probes, probe_at) "
    f"VALUES ('probe:two:x', 'two', 'out_of_credit', 'x', '{NOON}', 1, '{NOON}')"
)
FAULTS = {
    # what is wrong: how it comes to be, where it is found, the words of the cure
    "no bot token": (_unset("SLACK_BOT_TOKEN"), "bot token", "OAuth & Permissions → Bot User OAuth Token"),
    "wrong bot token": (_set(SLACK_BOT_TOKEN="xoxb-wrong"), "bot token", "Copy SLACK_BOT_TOKEN"),
    "no app token": (_unset("SLACK_APP_TOKEN"), "app token", "scope connections:write"),
    "wrong app token": (_set(SLACK_APP_TOKEN="xapp-wrong"), "app token", "App-Level Tokens"),
    "no Slack": (_set(SLACK_API_URL="http://127.0.0.1:9/api/"), "bot token+app token", "SLACK_API_URL"),
    "a scope": (_revoke("reactions:read"), "scope reactions:read", "Reinstall to Workspace"),
    "a database of tomorrow": (
        _database("UPDATE alembic_version SET version_num = '9999'"),
        "database",
        "install the newer Duel",
    ),
    "a database of yesterday": (
        _database("UPDATE alembic_version SET version_num = '0001'"),
        "database",
        "python -m bot migrate",
    ),
    "no database": (_no_database, "database", "check DATABASE_URL"),
    "no folder": (_set(DATABASE_URL="sqlite:///nowhere/duel.db"), "database", "Make the folder"),
    "no server": (_set(DATABASE_URL="postgresql://u:hunter2@127.0.0.1:9/x"), "database", "that it is up"),
    "no key": (_unset("KEY"), "one+two", "KEY is missing"),
    "a refused key": (
        _two_will(fails(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})),
        "two",
        "check the key",
    ),
    "no credit": (_two_will(fails(402, {"error": {"message": "Insufficient Balance"}})), "two", "top it up"),
    "a model that is gone": (_two_will(fails(404, {})), "two", "correct the contender's model id"),
    "a paused contender": (_database(PAUSE), "two", "Start Duel anew"),
    "no price where money is limited": (_unpriced, "two", "[[contenders.two.prices]]"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "where", "cure"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_alone_is_found_where_it_is_with_its_cure(
    ward: Ward, fault: Callable[[Ward], Awaitable[None]], where: str, cure: str
) -> None:
    await fault(ward)
    report = await ward.found()
    assert not report["would_work"]
    faults = {what for what, finding in report["findings"].items() if finding["verdict"] == "fault"}
    assert faults == set(where.split("+"))
    for what in faults:
        assert cure in report["findings"][what]["cure"]


ANOTHER = Reply((usage(), chunk("gpt-2", content="ready"), chunk("gpt-2", finish="stop"), DONE))
DOUBTS = {
    "an optional scope": (_revoke("channels:history"), "scope channels:history", "If you mind"),
    "operators who cannot be told": (
        _set(OPERATORS_CHANNEL="C00000000"),
        "operators' channel",
        "Check the id",
    ),
    "no usage": (
        _two_will(Reply((chunk(content="ready"), chunk(finish="stop"), DONE))),
        "two",
        "It reports no usage",
    ),
    "another model": (_two_will(ANOTHER), "two", "It was asked for test-model"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("doubt", "where", "cure"), DOUBTS.values(), ids=DOUBTS.keys())
async def test_a_doubt_is_told_and_a_duel_would_work(
    ward: Ward, doubt: Callable[[Ward], Awaitable[None]], where: str, cure: str
) -> None:
    await doubt(ward)
    report = await ward.found()
    assert report["would_work"]
    doubts = {what for what, finding in report["findings"].items() if finding["verdict"] == "doubt"}
    assert doubts == {where}
    assert cure in report["findings"][where]["cure"]


@pytest.mark.slow
async def test_membership_is_told_where_it_can_be_and_else_that_it_cannot(ward: Ward) -> None:
    elsewhere = await ward.slack.add_channel("elsewhere")
    for channel, cure in ((elsewhere, "/invite @Duel"), ("C00000000", "Check the id")):
        report = await ward.found("--channel", channel)
        assert not report["would_work"]
        assert cure in report["findings"][f"channel {channel}"]["cure"]
    await ward.slack.levers.revoke_scope("channels:history", "groups:history")
    report = await ward.found("--channel", elsewhere)
    assert not report["would_work"]
    assert "only a history scope tells" in report["findings"][f"channel {elsewhere}"]["cure"]


@pytest.mark.slow
async def test_it_changes_nothing_in_a_database_that_is_there(ward: Ward) -> None:
    await _database("UPDATE alembic_version SET version_num = '0001'")(ward)
    before = (ward.folder / "duel.db").read_bytes()
    await ward.found()
    assert (ward.folder / "duel.db").read_bytes() == before


async def test_over_http_it_looks_for_what_http_needs(ward: Ward) -> None:
    del ward.environment["SLACK_APP_TOKEN"]
    ward.environment["SLACK_MODE"] = "http"
    found = (await ward.found())["findings"]
    assert found["signing secret"]["verdict"] == "fault"
    assert "app token" not in found
    ward.environment["SLACK_SIGNING_SECRET"] = "s"
    found = (await ward.found())["findings"]
    assert found["HTTP"]["found"] == "is set up for one workspace, on port 3000"
    ward.environment["SLACK_CLIENT_ID"] = "1.2"
    found = (await ward.found())["findings"]
    assert {"client secret", "installation keys"} <= found.keys()
    assert "bot token" not in found
