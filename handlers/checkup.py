"""`doctor`'s look at Slack: both tokens, the scopes that were granted, and membership of channels."""

from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor import Finding, Verdict
from bot.settings import Settings
from handlers.posting import TIMEOUT_S, Slack

REQUIRED: Mapping[str, str] = {
    "commands": "there is no /duel",
    "chat:write": "nothing can be posted",
    "app_mentions:read": "mentions are not heard",
    "im:history": "direct messages are not heard",
    "reactions:read": "no vote is seen",
    "reactions:write": "the emoji to vote with are not offered",
    "users:read": "people cannot be told from bots",
}
"""The scopes of manifest.json, and what is lost without each."""
_MAY_DOUBLE = "after a lost connection a message may come twice"
OPTIONAL: Mapping[str, str] = {
    "channels:history": f"{_MAY_DOUBLE} in a public channel",
    "groups:history": f"{_MAY_DOUBLE} in a private channel",
    "files:read": "text files cannot be part of a prompt",
    "files:write": "/duel export cannot send its file, nor a digest the picture of its chart",
    "channels:read": "whoever made a public channel cannot use /duel settings there",
    "groups:read": "whoever made a private channel cannot use /duel settings there",
    "usergroups:read": "user groups in SETTINGS_BY are nobody",
}

_REINSTALL = "api.slack.com/apps → your app → OAuth & Permissions → Reinstall to Workspace"
_COPY_IT = (
    "Copy SLACK_BOT_TOKEN (xoxb-…) again: "
    "api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token."
)
_MAKE_IT = (
    "Make SLACK_APP_TOKEN (xapp-…) anew: api.slack.com/apps → your app → Basic Information → "
    "App-Level Tokens, with the scope connections:write; and see that Settings → Socket Mode is on."
)
_NETWORK = "Check the network, a proxy, and SLACK_API_URL."


async def examine(settings: Settings, channel: str | None) -> list[Finding]:
    """What is found. Of `channel`, an id, it is asked whether Duel is a member."""
    if settings.many_workspaces:
        return _over_http(settings)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session:
        token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
        client = Slack(token, settings.slack_api_url, session).client
        findings = await _bot_token(client) if token else [_missing("bot token", _COPY_IT)]
        works = findings[0].verdict is Verdict.FINE
        if settings.over_http:
            findings += _over_http(settings)
        elif settings.slack_app_token is None:
            findings.append(_missing("app token", _MAKE_IT))
        else:
            findings.append(await _app_token(client, settings.slack_app_token.get_secret_value()))
        if works and channel is not None:
            findings.append(await _membership(client, f"channel {channel}", channel, Verdict.FAULT))
        if works and settings.operators_channel is not None:
            who = "operators' channel"
            findings.append(await _membership(client, who, settings.operators_channel, Verdict.DOUBT))
        return findings


def _over_http(settings: Settings) -> list[Finding]:
    """What is set for HTTP. Whether Slack finds us there only Slack can tell: its page says *Verified*."""
    needed = {"slack_signing_secret": "signing secret"}
    if settings.many_workspaces:
        needed |= {"slack_client_secret": "client secret", "installation_keys": "installation keys"}
    lacking = [
        _missing(what, f"Set {name.upper()}: {type(settings).model_fields[name].description}.")
        for name, what in needed.items()
        if getattr(settings, name) is None
    ]
    whose = "for many workspaces" if settings.many_workspaces else "for one workspace"
    cure = "Slack must reach it by HTTPS: its page Event Subscriptions says Verified, docs/install.md."
    return lacking or [Finding("HTTP", Verdict.FINE, f"is set up {whose}, on port {settings.port}", cure)]


def _missing(what: str, cure: str) -> Finding:
    return Finding(what, Verdict.FAULT, "is missing", cure)


async def _bot_token(client: AsyncWebClient) -> list[Finding]:
    try:
        answer = await client.auth_test()
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        return [_failed("bot token", error, _COPY_IT)]
    found = Finding("bot token", Verdict.FINE, f"is that of @{answer['user']} in {answer['team']}")
    granted = {name.strip() for name in str(answer.headers.get("x-oauth-scopes", "")).split(",")} - {""}
    return [found, *_scopes(granted)]


def _scopes(granted: set[str]) -> list[Finding]:
    if not granted:
        cure = "Slack did not say which scopes are granted: compare them with manifest.json yourself."
        return [Finding("scopes", Verdict.DOUBT, "are unknown", cure)]
    lacking = {name: loss for name, loss in REQUIRED.items() if name not in granted}
    findings = [
        Finding(f"scope {name}", Verdict.FAULT, f"is not granted: {loss}", f"Grant it: {_REINSTALL}.")
        for name, loss in lacking.items()
    ]
    if not lacking:
        findings.append(Finding("scopes", Verdict.FINE, f"all {len(REQUIRED)} that are needed are granted"))
    findings += [
        Finding(f"scope {name}", Verdict.DOUBT, f"is not granted: {loss}", f"If you mind: {_REINSTALL}.")
        for name, loss in OPTIONAL.items()
        if name not in granted
    ]
    return findings


async def _app_token(client: AsyncWebClient, token: str) -> Finding:
    """Asks for an address to connect to, and connects to none."""
    try:
        await client.apps_connections_open(app_token=token)
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        return _failed("app token", error, _MAKE_IT)
    return Finding("app token", Verdict.FINE, "opens Socket Mode")


async def _membership(client: AsyncWebClient, what: str, channel: str, bad: Verdict) -> Finding:
    """Whether Duel is a member. Only reading its history tells, for which a scope may not be granted.

    Nothing is posted to find out: `conversations.info` would take a scope that Duel has no other use for.
    """
    try:
        await client.conversations_history(channel=channel, limit=1)
    except SlackApiError as error:
        said = str(error.response.get("error") or "")
        if said == "not_in_channel":
            return Finding(what, bad, "Duel is not a member", "Type /invite @Duel there.")
        if said == "channel_not_found":
            cure = "Check the id; if the channel is private, type /invite @Duel there."
            return Finding(what, bad, "is not known to Duel", cure)
        if said == "missing_scope":
            cure = (
                "Whether Duel is a member only a history scope tells, which is optional: channels:history or "
                "groups:history. Grant it, or type /duel there: it says so if it is not."
            )
            return Finding(what, bad, "cannot be looked into", cure)
        return _failed(what, error, "Try again later.", bad)
    except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        return _failed(what, error, _NETWORK, bad)
    return Finding(what, Verdict.FINE, "Duel is a member")


def _failed(what: str, error: Exception, cure: str, verdict: Verdict = Verdict.FAULT) -> Finding:
    if isinstance(error, SlackApiError):
        return Finding(what, verdict, f"Slack refuses: {error.response.get('error') or 'no reason'}", cure)
    return Finding(what, verdict, f"Slack cannot be reached ({type(error).__name__})", _NETWORK)
