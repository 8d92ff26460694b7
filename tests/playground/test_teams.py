"""Several teams: how an app is let in, and what each of them has for itself."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground, Team
from tests.playground.conftest import error

BACK = "https://quiz.example/back"


@pytest.fixture
async def other(slack: Playground) -> Team:
    slack.levers.redirect_url(BACK)
    return await slack.add_team("Other")


async def _consent(slack: Playground, answer: str, team: Team, **changes: str) -> tuple[int, str]:
    """Open the page, press a button: the status, and where that leads."""
    asked = {"client_id": slack.client_id, "scope": "commands,chat:write", "state": "s", **changes}
    url = f"{slack.url}/oauth/v2/authorize?{urlencode(asked)}"
    async with aiohttp.ClientSession() as browser:
        async with browser.get(url) as page:
            if page.status != 200:
                return page.status, await page.text()
            assert "Allow" in await page.text()
        form = {"answer": answer, "team": team.team_id}
        async with browser.post(url, data=form, allow_redirects=False) as pressed:
            return pressed.status, pressed.headers["Location"]


async def _let_in(slack: Playground, client: AsyncWebClient, team: Team) -> str:
    _, there = await _consent(slack, "allow", team)
    code = parse_qs(urlsplit(there).query)["code"][0]
    answer = await client.oauth_v2_access(
        code=code, client_id=slack.client_id, client_secret=slack.client_secret
    )
    assert answer["team"]["id"] == team.team_id
    assert await error(
        client.oauth_v2_access(code=code, client_id=slack.client_id, client_secret=slack.client_secret)
    ) == ("code_already_used")
    return str(answer["access_token"])


async def test_a_team_lets_the_app_in_and_throws_it_out(
    slack: Playground, client: AsyncWebClient, other: Team
) -> None:
    token = await _let_in(slack, client, other)
    assert token == other.bot_token != slack.bot_token
    told = await client.auth_test(token=token)
    assert (told["team_id"], told["user_id"]) == (other.team_id, other.bot_user_id)
    assert (
        await error(client.reactions_add(channel="C1", timestamp="1", name="a", token=token))
        == "missing_scope"
    )
    await other.uninstall()
    assert await error(client.auth_test(token=token)) == "account_inactive"
    assert (await client.auth_test())["team_id"] == slack.team_id
    assert await _let_in(slack, client, other) != token


async def test_a_token_opens_its_own_team_only(
    slack: Playground, client: AsyncWebClient, other: Team, general: str
) -> None:
    token = await _let_in(slack, client, other)
    assert (
        await error(client.chat_postMessage(channel=general, text="hi", token=token)) == "channel_not_found"
    )
    assert [call.team for call in slack.calls if call.method == "chat.postMessage"] == [other.team_id]
    assert general not in {other.channel("general"), other.channel("random")}


async def test_a_token_that_revokes_itself_serves_no_more(
    slack: Playground, client: AsyncWebClient, other: Team
) -> None:
    token = await _let_in(slack, client, other)
    assert (await client.auth_revoke(token=token))["revoked"] is True
    assert await error(client.auth_test(token=token)) == "token_revoked"


async def test_a_person_may_say_no(slack: Playground, other: Team) -> None:
    status, there = await _consent(slack, "cancel", other)
    assert (status, there) == (302, f"{BACK}?state=s&error=access_denied")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"client_id": "1.2"}, "client_id"),
        ({"scope": "admin"}, "permissions"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri"),
    ],
)
async def test_what_is_not_this_app_is_not_let_in(
    slack: Playground, other: Team, wrong: dict[str, str], says: str
) -> None:
    status, text = await _consent(slack, "allow", other, **wrong)
    assert status == 400
    assert says in text
