"""Signed HTTP: how Slack brings events, commands and interactions to an app's request URL."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from playground.errors import NotAcknowledged, NotTaken

_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(slots=True)
class RequestUrl:
    """An app's address. What is posted there is signed with the app's signing secret, by the real time."""

    url: str
    secret: str
    age: float = 0.0
    """Seconds by which a request is older than its arrival."""
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    async def ask(
        self, kind: str, payload: dict[str, Any], *, timeout: float, attempt: int = 0, reason: str = ""
    ) -> dict[str, Any]:
        """Post one delivery; the app's answer, {} where there is none.

        Raises:
            NotAcknowledged: not in `timeout` seconds.
            NotTaken: the app cannot be reached, or does not answer 2xx.
        """
        content_type, body = _encoded(kind, payload)
        headers = {"Content-Type": content_type, **self._signed(body)}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        status, answered, text = await self.post(body, headers, timeout=timeout)
        if not 200 <= status < 300:
            raise NotTaken(
                f"the app answered {status}", "http_error", final=answered.get("X-Slack-No-Retry") == "1"
            )
        if not text:
            return {}
        if not answered.get("Content-Type", "").startswith("application/json"):
            return {"text": text}
        answer: dict[str, Any] = json.loads(text)
        return answer

    async def post(
        self, body: bytes, headers: dict[str, str], *, timeout: float = 3.0
    ) -> tuple[int, Any, str]:
        """Post bytes as they are; status, headers and text of the answer. Raises as `ask` does."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        limit = aiohttp.ClientTimeout(total=timeout)
        sent = {"User-Agent": _AGENT, **headers}
        try:
            async with self._session.post(self.url, data=body, headers=sent, timeout=limit) as answer:
                return answer.status, answer.headers, await answer.text()
        except TimeoutError:
            raise NotAcknowledged(f"no answer in {timeout:g} s", "http_timeout") from None
        except aiohttp.ClientError as error:
            raise NotTaken(f"the app cannot be reached: {error}", "connection_failed") from None

    async def verify(self, token: str) -> bool:
        """Slack's challenge when an address is entered: whether the app gives it back."""
        challenge = hashlib.sha256(self.url.encode()).hexdigest()
        payload = {"token": token, "challenge": challenge, "type": "url_verification"}
        answer = await self.ask("url_verification", payload, timeout=3.0)
        return challenge in (answer.get("challenge"), answer.get("text"))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _signed(self, body: bytes) -> dict[str, str]:
        at = str(int(time.time() - self.age))
        base = b"v0:" + at.encode() + b":" + body
        digest = hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


def _encoded(kind: str, payload: dict[str, Any]) -> tuple[str, bytes]:
    """Events as JSON, commands as a form, interactions as JSON in a form's one field."""
    match kind:
        case "slash_commands":
            return _FORM, urlencode(payload).encode()
        case "interactive":
            return _FORM, urlencode({"payload": json.dumps(payload)}).encode()
        case _:
            return _JSON, json.dumps(payload).encode()
