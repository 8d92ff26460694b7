"""The manifest: what Slack is asked for is what the code needs, no more and no less."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import playground.methods
from bot.commands import main
from handlers import checkup, manifest
from playground import Playground

ROOT = Path(__file__).parents[1]
METHODS = {name.replace(".", "_").casefold(): method for name, method in playground.methods.METHODS.items()}
UPLOAD = ("files.getUploadURLExternal", "files.completeUploadExternal")
"""What the SDK's `files_upload_v2` calls."""
FAMILIES = {"conversations_history": {"channels:history", "groups:history"}}
FAMILIES["conversations_replies"] = FAMILIES["conversations_history"]
FAMILIES["conversations_info"] = {"channels:read", "groups:read"}
"""Methods whose scope goes by the kind of channel."""


def _needed() -> dict[str, set[str]]:
    """The scopes that each call of our code needs, by its name in the SDK."""
    said = "".join(file.read_text() for file in (ROOT / "handlers").rglob("*.py"))
    called = {name.casefold() for name in re.findall(r"\.([a-z]+_[a-zA-Z_0-9]+)\(", said)}
    needed = {name: FAMILIES.get(name, set(METHODS[name].scopes)) for name in called & METHODS.keys()}
    if "files_upload_v2" in called:
        needed["files_upload_v2"] = {
            scope for name in UPLOAD for scope in playground.methods.METHODS[name].scopes
        }
    if '"url_private"' in said:
        needed["url_private"] = {"files:read"}  # fetched by its address, not by a method
    return needed


def test_the_committed_manifest_is_the_one_that_the_code_makes() -> None:
    made = manifest.text()
    assert (ROOT / manifest.FILE).read_text() == made, "run: python -m bot manifest > manifest.json"


def test_everything_routed_is_described_and_nothing_else() -> None:
    seen = manifest.routed()
    assert set(seen.commands) == set(manifest.COMMANDS)
    assert set(seen.shortcuts) == set(manifest.SHORTCUTS)
    assert set(seen.events) <= set(manifest.EVENTS)


def test_every_scope_is_needed_and_every_need_has_its_scope() -> None:
    events = {scope for name in manifest.routed().events if (scope := manifest.EVENTS[name][1])}
    needed = {"commands"} | events | {scope for scopes in _needed().values() for scope in scopes}
    asked = set(checkup.REQUIRED) | set(checkup.OPTIONAL)
    assert needed - asked == set(), "declare them in handlers/checkup.py, with what is lost without each"
    assert asked - needed == set(), "nothing needs these any more"


def test_every_call_of_ours_is_known_to_the_test_above() -> None:
    assert {"chat_postmessage", "reactions_add", "conversations_history"} <= _needed().keys()


def test_the_command_prints_it_and_http_puts_the_address_everywhere() -> None:
    run = CliRunner().invoke(main, ["manifest", "--http", "https://duel.example/"])
    made = json.loads(run.output)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == "https://duel.example/slack/events"
    assert made["settings"]["interactivity"]["request_url"] == "https://duel.example/slack/events"
    assert {one["url"] for one in made["features"]["slash_commands"]} == {"https://duel.example/slack/events"}
    assert made["oauth_config"]["redirect_urls"] == ["https://duel.example/slack/oauth_redirect"]
    assert json.loads(CliRunner().invoke(main, ["manifest"]).output) == manifest.manifest()


@pytest.mark.parametrize("url", [None, "https://duel.example"])
def test_a_workspace_can_be_made_from_it(url: str | None) -> None:
    Playground(manifest.manifest(url))
