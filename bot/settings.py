"""The settings: read once, typed, frozen. Nobody else reads the environment."""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from platformdirs import user_cache_path
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import TomlConfigSettingsSource as TomlSource

from bot.budgets import Budgets, Limit, Per, Whose
from bot.contenders.roster import Contender, on_service, ready_made_contenders, ready_made_services
from bot.digest import Slot, parse_slot
from bot.duel import ContenderId
from bot.errors import SettingsError
from bot.people import Keeper, Keepers
from bot.prices import Price, PriceTable, ready_made_prices
from bot.rules import Voters
from bot.spelling import FourEmoji, KeeperNames, LanguageCodes, Length, TwoContenders, Zone
from bot.words import Language

ENV_FILE = ".env"
CONTENDERS_FILE = "contenders.toml"
_TABLES = ("contenders", "services", "prices", "holidays")
_SLACK_APP = "api.slack.com/apps → your app"


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
    slack_mode: Literal["socket", "http"] | None = Field(
        None,
        description="How Slack reaches Duel: socket or http; unset: http only where there is a signing "
        "secret and no app-level token",
    )
    slack_client_id: SecretStr | None = Field(
        None,
        description=f"{_SLACK_APP} → Basic Information → Client ID. With it, over HTTP, any number of "
        "workspaces can install Duel",
    )
    slack_client_secret: SecretStr | None = Field(
        None, description=f"{_SLACK_APP} → Basic Information → Client Secret"
    )
    installation_keys: SecretStr | None = Field(
        None,
        description="Keys under which workspaces' tokens are kept, the newest first, with commas between: "
        "Fernet keys, docs/install.md says how to make one",
    )
    forget_team_after: Length = Field(
        timedelta(days=30), description="How long the data of a workspace that removed Duel is kept: 30d"
    )
    http_host: str = Field("0.0.0.0", description="Address to listen on over HTTP")  # noqa: S104 # Slack must reach it
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
    keep_jobs_for: Length = Field(
        timedelta(days=30), ge=timedelta(days=1), description="How long finished jobs are remembered: 30d"
    )
    keep_prompts_for: Length | None = Field(
        None,
        ge=timedelta(hours=1),
        description="How long prompts and answers are kept after their duel: 90d; unset: for good",
    )
    port: int = Field(
        3000, ge=0, le=65535, description="Port of HTTP mode, and of the demo's page; 0: any free one"
    )
    duel_pair: TwoContenders = Field(
        (ContenderId("qwen-max"), ContenderId("deepseek-flash")),
        description="The two contenders that duel by default, with a comma between them",
    )
    vote_for: Length = Field(timedelta(hours=24), description="How long a vote stays open: 10m, 24h, 2d")
    duel_language: Language = Field(
        Language.ENGLISH,
        description="What Duel speaks where a channel has settled nothing: en, de or zh",
    )
    vote_quorum: int | None = Field(
        None, ge=1, description="Close the vote at this many votes; unset: by time only"
    )
    vote_emoji: FourEmoji = Field(
        ("a", "b", "handshake", "thumbsdown"),
        description="Emoji for A, B, tie and both bad, with commas between",
    )
    votes_of: Voters = Field(
        Voters.EVERYBODY,
        description="Whose votes count: everybody, team (nobody of another workspace) or members",
    )
    duels_by: Literal["everybody", "members"] = Field(
        "everybody", description="Who may start duels: everybody, or members, no guests"
    )
    reveal_by: Literal["asker", "anyone"] = Field(
        "asker", description="Who may end a vote early: asker or anyone"
    )
    settings_by: KeeperNames = Field(
        ("admins", "creator"),
        description="Who may use /duel settings: any of admins, creator (of the channel), everyone, and ids "
        "of people (U…) and user groups (S…), with commas between",
    )
    max_prompt: int = Field(8000, ge=1, le=100_000, description="Characters of a prompt at the most")
    ask_duel_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="Which part of /ask's questions become duels where the votes do not say yet who is "
        "better: 0 (none) to 1 (all)",
    )
    languages: LanguageCodes = Field(
        ("en", "de", "zh", "ja", "fr", "es", "it", "pt", "nl", "ru", "ko", "pl", "tr", "ar", "hi", "uk"),
        description="Languages that prompts may be in, two or more ISO 639-1 codes with commas between",
    )
    classify_topics: bool = Field(
        True,
        description="Whether a classifier on this machine says what a prompt is about, where its extra "
        "`topics` is installed and no person said it: true or false",
    )
    job_lease: Length = Field(
        timedelta(seconds=15),
        description="How long another process waits before it takes a silent one's work over",
    )
    duels_per_person_a_day: int | None = Field(
        None,
        ge=0,
        description="Duels of one person in a day; unset, as the next four: no limit",
    )
    duels_per_channel_a_day: int | None = Field(None, ge=0, description="Duels in one channel in a day")
    usd_per_channel_a_day: Decimal | None = Field(None, ge=0, description="US dollars, one channel, one day")
    duels_per_team_a_month: int | None = Field(None, ge=0, description="Duels in the workspace in a month")
    usd_per_team_a_month: Decimal | None = Field(
        None, ge=0, description="US dollars, the workspace, one month"
    )
    budget_zone: Zone = Field(
        ZoneInfo("UTC"), description="Time zone in which a limit's day and month begin, e.g. Europe/Berlin"
    )
    digest: str = Field(
        "mon 09:00",
        description="When a channel that dueled gets its digest of the week before: mon 09:00, or with "
        "a zone after it; off: only where it is asked for",
    )
    digest_zone: Zone = Field(
        ZoneInfo("UTC"), description="Time zone of a digest whose hour has none, e.g. Europe/Berlin"
    )
    digest_quiet: Literal["line", "silent"] = Field(
        "line", description="What is said of the first week without a duel: line or silent"
    )
    digest_catch_up: Length = Field(
        timedelta(days=3), description="How late a digest is still posted: 3d; after that it is skipped"
    )
    operators_channel: str | None = Field(
        None,
        pattern="^(T[A-Z0-9]{5,}/)?[CGD][A-Z0-9]{5,}$",
        description="Id of the channel that is told of paused contenders, C…: "
        "in Slack, the channel's name → About → Channel ID; with many workspaces T…/C…",
    )
    model_cache: Path = Field(
        user_cache_path("duel") / "models", description="Folder for the local models' weights (1.2 GB)"
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged")
    contenders: Mapping[ContenderId, Contender] = Field(
        default_factory=dict,
        description=f"Contenders of your own, as [contenders.NAME] tables in {CONTENDERS_FILE}",
    )
    services: Mapping[str, Mapping[str, Any]] = Field(
        default_factory=dict,
        description=f"What some contenders share, as [services.NAME] in {CONTENDERS_FILE}",
    )
    prices: Mapping[str, tuple[Price, ...]] = Field(
        default_factory=dict,
        description=f"Prices over the ready-made, as [[prices.NAME]] in {CONTENDERS_FILE}",
    )
    holidays: Mapping[str, frozenset[date]] = Field(
        default_factory=dict, description=f"Further holidays, under [holidays] in {CONTENDERS_FILE}"
    )
    keys: Mapping[str, SecretStr] = Field(default_factory=dict, exclude=True, repr=False)
    variables: Mapping[str, str] = Field(
        default_factory=dict, exclude=True, repr=False, description="What contenders' addresses are made of"
    )

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
    def _as_written(cls, values: dict[str, Any]) -> dict[str, Any]:
        """`NAME=` in a file or a shell means that it is not set; a contender has its service's fields."""
        values = {name: value for name, value in values.items() if value != ""}
        known = {**ready_made_services(), **values.get("services", {})}
        values["contenders"] = {
            name: on_service(name, fields, known) for name, fields in values.get("contenders", {}).items()
        }
        return values

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        if len(set(self.duel_pair)) != 2:
            raise ValueError("DUEL_PAIR: name two different contenders with a comma between them")
        for name in self.duel_pair:
            if name not in self.roster:
                raise ValueError(f"DUEL_PAIR: no contender “{name}”; there are {', '.join(self.roster)}")
        return self

    @model_validator(mode="after")
    def _operators_can_be_found(self) -> Self:
        if self.operators_channel and self.many_workspaces and "/" not in self.operators_channel:
            raise ValueError("OPERATORS_CHANNEL: with many workspaces say in which: T…/C…")
        return self

    @model_validator(mode="after")
    def _digest_is_a_slot(self) -> Self:
        try:
            _ = self.digest_slot
        except ValueError as error:
            raise ValueError(f"DIGEST: {error}, or off") from None
        return self

    @cached_property
    def over_http(self) -> bool:
        """Whether Slack reaches us over HTTP; else it is Socket Mode."""
        if self.slack_mode is not None:
            return self.slack_mode == "http"
        return self.slack_app_token is None and self.slack_signing_secret is not None

    @cached_property
    def many_workspaces(self) -> bool:
        """Whether workspaces install us by themselves; else there is one, whose token is a setting."""
        return self.over_http and self.slack_client_id is not None

    @property
    def secret(self) -> bytes:
        """What pseudonyms are keyed with, wherever one is made. Raises `SettingsError`."""
        whose = "slack_client_secret" if self.many_workspaces else "slack_bot_token"
        return self.need(whose).get_secret_value().encode()

    @cached_property
    def digest_slot(self) -> Slot | None:
        """When a channel that said nothing gets its digest; `None`: never."""
        return None if self.digest.strip().lower() == "off" else parse_slot(self.digest, self.digest_zone)

    @cached_property
    def budgets(self) -> Budgets:
        """The limits that are set."""
        limits = (
            Limit(Whose.PERSON, Per.DAY, self.duels_per_person_a_day),
            Limit(Whose.ROOM, Per.DAY, self.duels_per_channel_a_day, self.usd_per_channel_a_day),
            Limit(Whose.TEAM, Per.MONTH, self.duels_per_team_a_month, self.usd_per_team_a_month),
        )
        set_ = (limit for limit in limits if limit.duels is not None or limit.usd is not None)
        return Budgets(tuple(set_), self.budget_zone)

    @cached_property
    def keepers(self) -> Keepers:
        """Who may settle what holds in a channel."""
        kinds = frozenset(Keeper(name) for name in self.settings_by if name in tuple(Keeper))
        named = [name for name in self.settings_by if name not in tuple(Keeper)]
        groups = frozenset(name for name in named if name.startswith("S"))
        return Keepers(kinds, frozenset(named) - groups, groups)

    @cached_property
    def price_table(self) -> PriceTable:
        """The ready-made prices, and the operator's own over them."""
        return ready_made_prices().under(PriceTable(holidays=self.holidays, prices=self.prices))

    @cached_property
    def roster(self) -> Mapping[ContenderId, Contender]:
        """Every contender with its prices: the ready-made ones, and the operator's own over them."""
        everybody = {**ready_made_contenders(), **self.contenders}
        return {name: self._priced(name, contender) for name, contender in everybody.items()}

    def equip(self, name: ContenderId) -> tuple[Contender, SecretStr | None]:
        """A contender at its real address, with its key, `None` if it does without.

        Raises `SettingsError`, which names what is missing and where to get it.
        """
        contender = self.roster[name]
        for variable in contender.variables:
            if variable not in self.variables:
                where = f": {contender.needs[variable]}" if variable in contender.needs else ""
                raise SettingsError(
                    f"{variable} is missing; the address of {contender.label} is made of it{where}."
                )
        try:
            contender = contender.at(self.variables)
        except ValueError:
            raise SettingsError(
                f"{' and '.join(contender.variables)} cannot be made the address of {contender.label}: "
                "it must begin with http:// or https://."
            ) from None
        if key := self.keys.get(contender.key or ""):
            return contender, contender.checked(key)
        if contender.key is None or contender.key_optional:
            return contender, None
        where = f" Get it at: {contender.key_from}." if contender.key_from else ""
        raise SettingsError(f"{contender.key} is missing: it is the API key of {contender.label}.{where}")

    def _priced(self, name: ContenderId, contender: Contender) -> Contender:
        """A contender with the prices that its list or it itself names. Raises `ValueError`."""
        try:
            if contender.prices:
                found = self.price_table.ready(name, contender.prices)
            else:
                found = () if contender.priced_as is None else self.price_table.list(contender.priced_as)
        except ValueError as error:
            field = "prices" if contender.prices else "priced_as"
            raise ValueError(f"contenders.{name}.{field}: {error}") from None
        return contender.model_copy(update={"prices": found})

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
    found = {name: value for name, value in {**dotenv_values(ENV_FILE), **os.environ}.items() if value}
    everybody = settings.roster.values()
    keys = {at.key: SecretStr(found[at.key]) for at in everybody if at.key in found}
    variables = {name: found[name] for at in everybody for name in at.variables if name in found}
    return settings.model_copy(
        update={"keys": {**keys, **settings.keys}, "variables": {**variables, **settings.variables}}
    )


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        path = [str(part) for part in problem["loc"]]
        field = Settings.model_fields.get(path[0]) if path else None
        name = ".".join(path) if path[:1] and path[0] in _TABLES else "".join(path[:1]).upper()
        about = f" ({field.description})" if field and field.description else ""
        text = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {text}{about}" if name else text)
    return "These settings are wrong:\n  " + "\n  ".join(lines)
