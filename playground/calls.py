"""The record of what the app asked of the Web API, for tests to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Call:
    """One request to the Web API or to a response URL (`method` is then "response_url").

    `args` are merged from query, form and JSON, JSON strings decoded, the token taken out. `response` is what
    Slack answered, None until it does; a lost reply is recorded too. `at_index` is the place in the record.
    """

    method: str
    args: dict[str, Any]
    response: Mapping[str, Any] | None
    token_kind: str
    """bot, app, none or unknown"""
    at_index: int
    team: str = ""
    """The id of the team whose token it came with."""
