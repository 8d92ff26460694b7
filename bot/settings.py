"""The settings: read once, typed, frozen. Nobody else reads the environment."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from dotenv import dotenv_values
from platformdirs import user_cache_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import TomlConfigSettingsSource as TomlSource

from bot.contenders.roster import ROSTER, Contender
from bot.duel import ContenderId, Pair
from bot.durations import parse_duration
from bot.errors import SettingsError

ENV_FILE = ".env"
CONTENDERS_FILE = "contenders.toml"
_SLACK_APP = "api.slack.com/apps → your app"


def _length(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


def _pair(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


def _positive(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("at least 1s is needed")
    return value


Length = Annotated[timedelta, BeforeValidator(_length), AfterValidator(_positive)]


class Settings(BaseSettings):
    """Every setting, by the name of its environment variable in small letters."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, toml_file=CONTENDERS_FILE, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    slack_bot_token: SecretStr | None = Field(
        None, description=f"Bot token, xoxb-…: {_SLACK_APP} → OAuth & Permissions → Bot User OAuth Token"
    )
    slack_app_token: SecretStr | None = Field(
        None,
        description=f"App-level token, xapp-…: {_SLACK_APP} → Basic Information → App-Level Tokens, "
        "scope connections:write",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        description=f"{_SLACK_APP} → Basic Information → Signing Secret. Socket Mode works without it",
    )
    slack_api_url: str = Field("https://slack.com/api/", description="Any Slack-compatible server's Web API")
    dashscope_api_key: SecretStr | None = Field(
        None, description="Key for Qwen: Alibaba Cloud Model Studio, international (Singapore) → API keys"
    )
    deepseek_api_key: SecretStr | None = Field(
        None, description="Key for DeepSeek: platform.deepseek.com → API keys"
    )
    database_url: SecretStr = Field(
        SecretStr("sqlite:///duel.db"), description="sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME"
    )
    port: int = Field(
        3000, ge=0, le=65535, description="Port on which the demo's page is served; 0: any free one"
    )
    duel_pair: Annotated[Pair, NoDecode, BeforeValidator(_pair)] = Field(
        (ContenderId("qwen-max"), ContenderId("deepseek-flash")),
        description="The two contenders that duel by default, with a comma between them",
    )
    vote_for: Length = Field(timedelta(hours=24), description="How long a vote stays open: 10m, 24h, 2d")
    vote_quorum: int | None = Field(
        None, ge=1, description="Close the vote at this many votes; unset: by time only"
    )
    vote_emoji: Annotated[tuple[str, str, str, str], NoDecode, BeforeValidator(_pair)] = Field(
        ("a", "b", "handshake", "thumbsdown"),
        description="Emoji for A, B, tie and both bad, with commas between",
    )
    max_prompt: int = Field(8000, ge=1, le=100_000, description="Characters of a prompt at the most")
    job_lease: Length = Field(
        timedelta(seconds=30),
        description="How long another process waits before it takes a silent one's work over",
    )
    model_cache: Path = Field(
        user_cache_path("duel") / "models", description="Folder for the local models' weights (1.2 GB)"
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged")
    contenders: Mapping[ContenderId, Contender] = Field(
        default_factory=dict,
        description=f"Contenders of your own, as [contenders.NAME] tables in {CONTENDERS_FILE}",
    )
    keys: Mapping[str, SecretStr] = Field(default_factory=dict, exclude=True, repr=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, TomlSource(settings_cls), file_secret_settings

    @model_validator(mode="before")
    @classmethod
    def _unset_if_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        """`NAME=` in a file or a shell means that it is not set."""
        return {name: value for name, value in values.items() if value != ""}

    @model_validator(mode="after")
    def _pair_is_known(self) -> Self:
        if len(set(self.duel_pair)) != 2:
            raise ValueError("DUEL_PAIR: name two different contenders with a comma between them")
        for name in self.duel_pair:
            if name not in self.roster:
                raise ValueError(f"DUEL_PAIR: no contender “{name}”; there are {', '.join(self.roster)}")
        return self

    @property
    def roster(self) -> Mapping[ContenderId, Contender]:
        """Every contender there is: the ready-made ones, and the operator's own over them."""
        return {**ROSTER, **self.contenders}

    def key_for(self, name: ContenderId) -> SecretStr | None:
        """The API key of a contender, `None` if it needs none. Raises `SettingsError` where it is missing."""
        contender = self.roster[name]
        if contender.key is None:
            return None
        if key := self.keys.get(contender.key):
            return key
        where = f" Get it at: {contender.key_from}." if contender.key_from else ""
        raise SettingsError(f"{contender.key} is missing: it is the API key of {contender.label}.{where}")

    def need(self, name: str) -> SecretStr:
        """A secret that is optional in general and needed now. Raises `SettingsError` naming it."""
        value = getattr(self, name)
        if isinstance(value, SecretStr):
            return value
        raise SettingsError(f"{name.upper()} is missing. {type(self).model_fields[name].description}.")


def load(**given: Any) -> Settings:
    """Read the settings; `given` goes before the environment, which goes before the files.

    Raises `SettingsError`, which names each setting that is wrong.
    """
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    except (OSError, ValueError) as error:  # a .env or contenders.toml that cannot be read
        raise SettingsError(
            f"The settings cannot be read: {error}. Correct {CONTENDERS_FILE} or {ENV_FILE}."
        ) from None
    names = {contender.key for contender in settings.roster.values() if contender.key}
    found = {**dotenv_values(ENV_FILE), **os.environ}
    keys = {name: SecretStr(value) for name in names if (value := found.get(name))}
    return settings.model_copy(update={"keys": {**keys, **settings.keys}})


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        path = [str(part) for part in problem["loc"]]
        field = Settings.model_fields.get(path[0]) if path else None
        name = path[0].upper() if len(path) == 1 else ".".join(path)
        about = f" ({field.description})" if field and field.description else ""
        text = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {text}{about}" if name else text)
    return "These settings are wrong:\n  " + "\n  ".join(lines)
