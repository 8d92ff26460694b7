"""One client and its provider on loopback, on a clock that only they move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from pydantic import SecretStr

from bot.clock import Clock
from bot.contenders.client import Client
from bot.contenders.roster import Contender
from bot.duel import Answer, ContenderId
from tests.worlds.clock import ManualClock
from tests.worlds.provider import Provider, Reply

KEY = "canary-4f9c2b7e1d8a6053"
"""Looks like nothing else, so that a trace of it can be found anywhere."""
MODEL = "test-model"
RATES = {"input": "2", "cache_hit": "0.5", "output": "6"}


def contender(base_url: str, **changes: Any) -> Contender:
    """A contender there, with 10 tokens in and 20 out at 0.00014 dollars."""
    fields: dict[str, Any] = {
        "label": "Tested",
        "base_url": base_url,
        "model": MODEL,
        "key": "TESTED_API_KEY",
        "prices": [{"since": "2026-01-01", "rates": RATES}],
        "extra_body": {"thinking": {"type": "disabled"}},
        **changes,
    }
    return Contender.model_validate(fields)


def client_of(asked: Contender, clock: Clock, key: str = KEY) -> Client:
    """Its key checked as where the settings equip it."""
    return Client(ContenderId("tested"), asked, asked.checked(SecretStr(key)), clock=clock, rng=Random(1))


@dataclass(frozen=True)
class Asking:
    """Somebody who asks."""

    clock: ManualClock
    provider: Provider
    client: Client

    async def answer(self, *replies: Reply, prompt: str = "why is the sky blue?") -> Answer:
        """The answer, when the provider replies with these, one a request."""
        if replies:
            self.provider.will(*replies)
        self.provider.requests.clear()
        return await self.client.answer(prompt)

    @property
    def requests(self) -> int:
        """How often the provider was asked for the last answer."""
        return len(self.provider.requests)


@asynccontextmanager
async def asking(
    *, key: str = KEY, clock: ManualClock | None = None, **changes: Any
) -> AsyncIterator[Asking]:
    """A client with these fields of its contender changed; the clock is its own unless given."""
    clock = clock or ManualClock()
    async with (
        Provider(clock) as provider,
        client_of(contender(provider.base_url, **changes), clock, key) as client,
    ):
        yield Asking(clock, provider, client)
