"""The contenders that can be called on here: a client for each, made when it is first needed."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from bot.clock import Clock
from bot.contenders import faults
from bot.contenders.client import Client, OnDelta
from bot.contenders.endpoint import missing_extra
from bot.contenders.probe import PROBE, tiny
from bot.contenders.roster import Contender
from bot.contenders.said import Exchange, Said
from bot.contenders.spending import at_most, so_far
from bot.duel import Answer, ContenderId, Outcome, Pair
from bot.errors import SettingsError, UsageError
from bot.extras import install
from bot.words import listed, say

Equip = Callable[[ContenderId], tuple[Contender, SecretStr | None]]
"""A contender at its address, with its key. Raises `SettingsError` where something is missing."""


def _ignore(_: object) -> None:
    pass


class Lineup:
    """Every contender of the roster, ready or not. Closed at the end (`async with`), with all its clients."""

    def __init__(
        self, roster: Mapping[ContenderId, Contender], equip: Equip, *, clock: Clock, rng: Random
    ) -> None:
        self._roster = roster
        self._equip = equip
        self._clock = clock
        self._rng = rng
        self._clients: dict[ContenderId, Client] = {}
        self._stack = AsyncExitStack()
        self.names = tuple(
            name for name in roster if roster[name].retired is None and self._trouble(name) is None
        )
        """Those that are served and have what they need, in the roster's order."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def knows(self, name: ContenderId) -> bool:
        """Whether it is on the roster, ready or not."""
        return name in self._roster

    def check(self, pair: tuple[str, ...]) -> Pair:
        """Two names as a pair that can duel here. Raises `UsageError`, which lists the names that can."""
        if len(pair) != 2 or pair[0] == pair[1]:
            raise UsageError(
                say(
                    "A duel takes two different contenders, with a comma between. {ready}",
                    ready=self._ready(),
                )
            )
        first, second = (ContenderId(name) for name in pair)
        for name in (first, second):
            if name not in self._roster:
                raise UsageError(
                    say("There is no contender “{name}”. {ready}", name=name, ready=self._ready())
                )
            try:
                self._client(name)
            except SettingsError as error:
                raise UsageError(
                    say(
                        "“{name}” cannot be called here: {error} {ready}",
                        name=name,
                        error=error,
                        ready=self._ready(),
                    )
                ) from None
        return first, second

    def call_up(self, pair: Pair) -> Pair:
        """The same pair, made ready now. Raises `SettingsError`, which names what is missing or wrong."""
        for name in pair:
            self._client(name)
        return pair

    async def answer(
        self,
        name: ContenderId,
        prompt: str,
        on_delta: OnDelta = _ignore,
        *,
        asker: str | None = None,
        system: str | None = None,
        before: Sequence[Exchange] = (),
    ) -> Answer:
        """One contender's answer, as `Client.answer`. Where its model is not served, it names those that are.

        Raises `SettingsError` for one that is not ready.
        """
        answer = await self._client(name).answer(prompt, on_delta, asker=asker, system=system, before=before)
        if answer.outcome is not Outcome.CONFIGURATION:
            return answer
        retired = self._roster[name].retired
        others = ", ".join(other for other in self.names if other != name)
        says = faults.RETIRED.format(says=answer.detail, since=retired) if retired else answer.detail
        return replace(answer, detail=faults.OTHERS.format(says=says, names=others) if others else says)

    def at_most(
        self,
        name: ContenderId,
        prompt: str,
        at: datetime,
        *,
        system: str | None = None,
        before: Sequence[Exchange] = (),
    ) -> Decimal | None:
        """What its answer may cost, as `spending.at_most`. Raises `SettingsError` if it is not ready."""
        return at_most(self._client(name).contender, Said(prompt, system, before), at)

    def so_far(
        self,
        name: ContenderId,
        prompt: str,
        streamed: int,
        at: datetime,
        *,
        system: str | None = None,
        before: Sequence[Exchange] = (),
    ) -> Decimal | None:
        """What an answer that was broken off may have cost, as `spending.so_far`."""
        return so_far(self._client(name).contender, Said(prompt, system, before), streamed, at)

    async def probe(self, name: ContenderId) -> Answer:
        """One tiny real call, by a client of its own: it waits behind no duel.

        Raises `SettingsError` for one that is not ready.
        """
        if trouble := self._trouble(name):
            raise SettingsError(trouble)
        contender, key = self._equip(name)
        async with Client(name, tiny(contender), key, clock=self._clock, rng=self._rng) as client:
            return await client.answer(PROBE)

    def _client(self, name: ContenderId) -> Client:
        if name not in self._clients:
            if trouble := self._trouble(name):
                raise SettingsError(trouble)
            client = Client(name, *self._equip(name), clock=self._clock, rng=self._rng)
            self._stack.push_async_exit(client)
            self._clients[name] = client
        return self._clients[name]

    def _trouble(self, name: ContenderId) -> str | None:
        """Why it cannot be called, as a sentence."""
        if name not in self._roster:
            return say("“{name}” is no longer on the roster: ask again with another.", name=name)
        try:
            contender, _ = self._equip(name)
        except SettingsError as error:
            return str(error)
        if extra := missing_extra(contender):
            return f"its service needs a further package; install it with: {install(extra)}"
        return None

    def _ready(self) -> str:
        if not self.names:
            return say("None is ready here: set an API key first.")
        return say("Ready here: {names}.", names=listed(self.names))
