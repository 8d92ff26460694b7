"""Who can duel: each contender as configuration. What differs between services is written there, not coded.

`roster.toml` beside this file holds the ready-made ones, in the form of an operator's own `contenders.toml`.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, field_validator, model_validator

from bot.contenders.published import Published
from bot.duel import ContenderId
from bot.errors import SettingsError
from bot.prices import Price

THINKING_TOTAL_S = 600.0
"""Seconds for a whole answer of a contender that thinks, unless its limits say otherwise."""
_VARIABLE = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Limits(BaseModel):
    """How long and how much a contender may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int = Field(2048, ge=1, description="Tokens of one answer at the most, thinking apart")
    first_token_s: float = Field(120, gt=0, description="Seconds from the request to the first token")
    idle_s: float = Field(60, gt=0, description="Seconds between two chunks")
    total_s: float = Field(300, gt=0, description="Seconds for a whole answer; 600 where it thinks")
    concurrency: int = Field(8, ge=1, description="Answers streamed at once; further ones wait their turn")


class Switch(BaseModel):
    """How a service is told to think, not to, and for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: Mapping[str, Any] = Field(default_factory=dict, description="Merged into the body to think")
    off: Mapping[str, Any] = Field(default_factory=dict, description="Merged into the body not to")
    budget: str = Field(
        "max_tokens",
        description="Parameter that limits thinking; max_tokens: it caps both, so the budget is added to it",
    )


class Contender(BaseModel):
    """One model at one address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1, description="The name that people see after the reveal")
    base_url: str = Field(description="Address of the API; {NAME} stands for an environment variable")
    path: str = Field(
        "/chat/completions",
        pattern="^/",
        description="Added to base_url; {model} stands for the model id; may carry a query",
    )
    model: str = Field(min_length=1, max_length=128, description="The model id to ask for")
    dialect: Literal["openai", "converse"] = Field("openai", description="Form of request and stream")
    auth: Literal["bearer", "api-key"] = Field("bearer", description="Header in which the key is sent")
    key: str | None = Field(None, description="Name of the environment variable that holds the API key")
    key_from: str | None = Field(None, description="Where to get that key")
    key_optional: bool = Field(False, description="Whether it may do without the key")
    needs: Mapping[str, str] = Field(
        default_factory=dict, description="For each variable in base_url where to get its value"
    )
    thinking: bool | None = Field(
        None, description="Whether it thinks first; unset: nothing is sent about it"
    )
    thinks_first: bool = Field(
        False, description="Whether its text begins inside its thinking, so that only </think> is seen"
    )
    thinking_budget: int = Field(8192, ge=1, description="Tokens of thinking at the most")
    switch: Switch = Switch()
    asker: str | None = Field(None, description="Parameter that takes a hash of whoever asks")
    extra_body: Mapping[str, Any] = Field(default_factory=dict, description="Merged into the request's body")
    priced_as: str | None = Field(None, description="Name of the price list that it is billed by")
    prices: tuple[Price, ...] = Field((), description="Dated prices of its own; neither: the cost is unknown")
    limits: Limits = Limits()
    published: tuple[Published, ...] = Field((), description="Benchmark results from elsewhere")
    published_as: str | None = Field(None, description="Ready-made results that hold for it as well")
    retired: str | None = Field(None, description="Since when it is no longer served, where it was before")

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        filled = _VARIABLE.sub("x", value)
        if "{" in filled or "}" in filled:
            raise ValueError("in braces goes the name of an environment variable, like {AWS_REGION}")
        if not _VARIABLE.match(value):  # one that begins with a variable is checked once that is filled in
            HttpUrl(filled)
        return value.rstrip("/")

    @field_validator("published_as")
    @classmethod
    def _is_ready_made(cls, value: str | None) -> str | None:
        known = ready_made_results()
        if value is not None and value not in known:
            raise ValueError(f"no published results “{value}”; there are {', '.join(known)}")
        return value

    @model_validator(mode="after")
    def _thinking_takes_longer(self) -> Self:
        if self.thinking and "total_s" not in self.limits.model_fields_set:
            limits = self.limits.model_copy(update={"total_s": THINKING_TOTAL_S})
            object.__setattr__(self, "limits", limits)  # frozen for everybody else
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables that its address is made of."""
        return tuple(_VARIABLE.findall(self.base_url))

    @property
    def caps(self) -> frozenset[str]:
        """Parameters that limit an answer and its thinking: they are sent even if that makes a call fail.

        Without them the two of a duel would not have the same limits, and no reservation would hold.
        """
        return frozenset({"max_tokens", self.switch.budget})

    @property
    def results(self) -> tuple[Published, ...]:
        """Its benchmark results from elsewhere."""
        shared = () if self.published_as is None else ready_made_results()[self.published_as]
        return (*self.published, *shared)

    def checked(self, key: SecretStr) -> SecretStr:
        """The key without the white space that copying brings. Raises `SettingsError` if it can be none."""
        value = key.get_secret_value().strip()  # a header takes printable ASCII only
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise SettingsError(f"{self.key} holds characters that no API key has: copy the key again.")
        return SecretStr(value)

    def at(self, variables: Mapping[str, str]) -> "Contender":
        """It at its real address, with the prices that hold there.

        Raises `KeyError` for a variable that is missing, `ValueError` if that makes no address.
        """
        base_url = _VARIABLE.sub(lambda match: variables[match[1]], self.base_url).rstrip("/")
        HttpUrl(base_url)
        prices = tuple(price for price in self.prices if _holds(price, variables))
        return self.model_copy(update={"base_url": base_url, "prices": prices})


def _holds(price: Price, variables: Mapping[str, str]) -> bool:
    return all(variables.get(name, "").startswith(start) for name, start in price.where.items())


@cache
def _packaged(name: str = "roster.toml") -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


def ready_made_services() -> Mapping[str, Mapping[str, Any]]:
    """The ready-made services: what the contenders at one address have in common."""
    found: Mapping[str, Mapping[str, Any]] = _packaged()["services"]
    return found


@cache
def ready_made_results() -> Mapping[str, tuple[Published, ...]]:
    """The ready-made benchmark results, by the model that they are of."""
    raw = _packaged("published.toml")
    return {name: tuple(map(Published.model_validate, results)) for name, results in raw.items()}


@cache
def ready_made_contenders() -> Mapping[ContenderId, Contender]:
    """The ready-made contenders."""
    raw: Mapping[str, Any] = _packaged()["contenders"]
    return {
        ContenderId(name): Contender.model_validate(on_service(name, fields, ready_made_services()))
        for name, fields in raw.items()
    }


def on_service(name: str, fields: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    """The fields of a contender over those of the service it names; tables are merged, once.

    Raises `ValueError`, which names the contender and the field.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"contenders.{name}: a name takes up to 64 letters, digits, “.”, “-” and “_”")
    if not isinstance(fields, Mapping) or "service" not in fields:
        return fields
    service = fields["service"]
    if not isinstance(service, str) or service not in known:
        raise ValueError(f"contenders.{name}.service: no service “{service}”; there are {', '.join(known)}")
    merged = {**known[service]}
    for field, value in fields.items():
        below = merged.get(field)
        merged[field] = (
            {**below, **value} if isinstance(value, Mapping) and isinstance(below, Mapping) else value
        )
    del merged["service"]
    return merged
