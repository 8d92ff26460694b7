"""Who can duel: each contender as configuration. What differs between services is written here, not coded."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, field_validator

from bot.duel import ContenderId
from bot.prices import Price, Rates, Window


class Limits(BaseModel):
    """How long and how much a contender may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int = Field(2048, ge=1, description="Tokens of one answer at the most")
    first_token_s: float = Field(120, gt=0, description="Seconds from the request to the first token")
    idle_s: float = Field(60, gt=0, description="Seconds between two chunks")
    total_s: float = Field(300, gt=0, description="Seconds for a whole answer")
    concurrency: int = Field(8, ge=1, description="Answers streamed at once; further ones wait their turn")


class Contender(BaseModel):
    """One model at one address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1, description="The name that people see after the reveal")
    base_url: str = Field(description="Address of the OpenAI-compatible API; /chat/completions is added")
    model: str = Field(min_length=1, description="The model id to ask for")
    key: str | None = Field(None, description="Name of the environment variable that holds the API key")
    key_from: str | None = Field(None, description="Where to get that key")
    extra_body: Mapping[str, Any] = Field(default_factory=dict, description="Merged into the request's body")
    prices: tuple[Price, ...] = Field((), description="Dated prices; none: the cost is unknown")
    limits: Limits = Limits()

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        HttpUrl(value)
        return value.rstrip("/")


def _usd(input_: str, cache_hit: str | None, output: str) -> Rates:
    hit = None if cache_hit is None else Decimal(cache_hit)
    return Rates(input=Decimal(input_), cache_hit=hit, output=Decimal(output))


_CHINESE_HOLIDAYS = frozenset(
    {
        # State Council's calendar for 2026; a day that is not listed counts as a working day (dearer).
        *(date(2026, 1, d) for d in (1, 2, 3)),
        *(date(2026, 2, d) for d in range(15, 24)),
        *(date(2026, 4, d) for d in (4, 5, 6)),
        *(date(2026, 5, d) for d in range(1, 6)),
        *(date(2026, 6, d) for d in (19, 20, 21)),
        *(date(2026, 9, d) for d in (25, 26, 27)),
        *(date(2026, 10, d) for d in range(1, 8)),
    }
)


def _peak(rates: Rates) -> Window:
    """DeepSeek's peak hours: 09–12 and 14–18 Beijing time, Monday to Friday, public holidays excepted."""
    return Window(
        name="peak",
        zone="Asia/Shanghai",
        weekdays=frozenset(range(5)),
        hours=((time(9), time(12)), (time(14), time(18))),
        except_on=_CHINESE_HOLIDAYS,
        rates=rates,
    )


_MODEL_STUDIO = {
    "base_url": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    "key": "DASHSCOPE_API_KEY",
    "key_from": "Alibaba Cloud Model Studio, international (Singapore), API keys",
}
_DEEPSEEK = {
    "base_url": "https://api.deepseek.com",
    "key": "DEEPSEEK_API_KEY",
    "key_from": "platform.deepseek.com: API keys",
}

ROSTER: Mapping[ContenderId, Contender] = {
    ContenderId("qwen-max"): Contender(
        **_MODEL_STUDIO,
        label="Qwen3.8 Max",
        model="qwen3.8-max",
        extra_body={"enable_thinking": False},
        prices=(Price(since=date(2026, 7, 13), rates=_usd("2", "0.25", "6")),),
    ),
    ContenderId("qwen2.5-max"): Contender(
        **_MODEL_STUDIO,
        label="Qwen2.5 Max",
        model="qwen-max-2025-01-25",
        prices=(Price(since=date(2025, 1, 25), rates=_usd("1.6", None, "6.4")),),
    ),
    ContenderId("deepseek-flash"): Contender(
        **_DEEPSEEK,
        label="DeepSeek V4.1 Flash",
        model="deepseek-flash",
        extra_body={"thinking": {"type": "disabled"}},
        prices=(
            Price(
                since=date(2026, 7, 24),
                rates=_usd("0.15", "0.003", "0.6"),
                windows=(_peak(_usd("0.3", "0.006", "1.2")),),
            ),
        ),
    ),
    ContenderId("deepseek-pro"): Contender(
        **_DEEPSEEK,
        label="DeepSeek V4 Pro",
        model="deepseek-v4-pro",
        extra_body={"thinking": {"type": "disabled"}},
        prices=(
            Price(
                since=date(2026, 7, 24),
                rates=_usd("0.66", "0.022", "1.98"),
                windows=(_peak(_usd("1.32", "0.044", "3.96")),),
            ),
        ),
    ),
}
"""Ready-made contenders. An operator adds to them, or replaces one, in `contenders.toml`."""
