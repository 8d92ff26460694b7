"""What stands beside the code agrees with it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.extras import install
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
FROM_FILES = {"contenders", "services", "prices", "holidays", "keys", "variables"}
"""Settings that do not come from the environment."""


def test_the_example_environment_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in set(Settings.model_fields) - FROM_FILES)


def test_every_setting_says_what_it_is() -> None:
    for name in set(Settings.model_fields) - {"keys"}:
        assert Settings.model_fields[name].description, name


def test_extras_are_installed_from_this_folder_and_exist() -> None:
    """An index has a project of the same name, which is not ours."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    told = "\n".join(
        file.read_text()
        for file in (
            *ROOT.glob("*.md"),
            *ROOT.glob("docs/*.md"),
            *ROOT.glob("bot/**/*.py"),
            *ROOT.glob("storage/*.py"),
        )
    )
    assert "'duel[" not in told
    said = {install(extra): extra for extra in extras}
    shown = re.findall(r"[\w./]*pip install -e '\.\[\w+\]'", told)
    assert {said[command] for command in shown} >= {"postgres", "topics", "charts", "parquet", "bedrock"}
    assert set(re.findall(r"""install\(['"](\w+)['"]\)""", told)) <= set(extras)


def test_the_documents_name_the_defaults_that_hold() -> None:
    told = "\n".join(file.read_text() for file in (ROOT / "docs").glob("*.md"))
    lease, late, gone, share = (
        Settings.model_fields[name].default
        for name in ("job_lease", "digest_catch_up", "forget_team_after", "ask_duel_share")
    )
    assert f"`JOB_LEASE` ({lease.seconds} s)" in told
    assert f"`DIGEST_CATCH_UP` ({late.days}d)" in told
    assert f"`FORGET_TEAM_AFTER` ({gone.days} days)" in told
    assert f"(`ASK_DUEL_SHARE`, {share})" in told


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        for to, anchor in re.findall(r"\]\((?!https?:)([^)#\s]+)#?([^)]*)\)", page.read_text()):
            there = page.parent / to
            assert there.exists(), f"{page.name}: {to}"
            heads = re.findall(r"^#+ (.*)$", there.read_text(), re.MULTILINE) if anchor else []
            slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
            assert not anchor or anchor in slugs, f"{page.name}: {to}#{anchor}"


@pytest.mark.parametrize("word", ["playground"])
def test_nothing_of_the_app_knows_the_playground(word: str) -> None:
    """Only the demo starts it, as a program beside the app."""
    knowing = [
        str(file.relative_to(ROOT))
        for folder in ("bot", "handlers", "storage")
        for file in (ROOT / folder).rglob("*.py")
        if word in file.read_text()
    ]
    assert knowing == ["bot/demo.py"]


def test_importing_the_app_starts_nothing_and_reads_no_setting() -> None:
    code = "import bot.arena, handlers, storage.ledger, bot.settings; print('quiet')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PORT": "not a port"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "quiet\n"
    assert not done.stderr
