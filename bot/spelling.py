"""How settings are written, and what they are then: text made values, or a `ValueError` that says how."""

import re
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from bot.digest import parse_zone
from bot.duel import Pair
from bot.durations import parse_duration
from bot.people import Keeper


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",")]


def _length(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


def _positive(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("at least 1s is needed")
    return value


def _pair(value: Any) -> Any:
    names = tuple(_parts(value)) if isinstance(value, str) else value
    if len(names) != 2 or not all(names):
        raise ValueError("name two contenders with a comma between them, e.g. qwen-max,deepseek-flash")
    return names


def _emoji(value: Any) -> Any:
    names = [name.strip(": ") for name in value.split(",")] if isinstance(value, str) else value
    if len(names) != 4 or len(set(names)) != 4 or not all(names):
        raise ValueError("name four different emoji with commas between them, e.g. a,b,handshake,thumbsdown")
    return tuple(names)


def _keepers(value: Any) -> Any:
    names = _parts(value) if isinstance(value, str) else value
    if not names or not all(
        name in tuple(Keeper) or re.fullmatch(r"[USW][A-Z0-9]{2,}", name) for name in names
    ):
        raise ValueError("name any of admins, creator, everyone, or ids like U0123ABC and S0123ABC")
    return tuple(names)


def _languages(value: Any) -> Any:
    codes = [code.lower() for code in _parts(value)] if isinstance(value, str) else value
    if len(set(codes)) < 2 or not all(len(code) == 2 and code.isalpha() for code in codes):
        raise ValueError("name at least two languages with commas between them, e.g. en,de,zh")
    return tuple(dict.fromkeys(codes))


def _zone(value: Any) -> Any:
    return parse_zone(value) if isinstance(value, str) else value


Length = Annotated[timedelta, BeforeValidator(_length), AfterValidator(_positive)]
TwoContenders = Annotated[Pair, NoDecode, BeforeValidator(_pair)]
FourEmoji = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_emoji)]
KeeperNames = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_keepers)]
LanguageCodes = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_languages)]
Zone = Annotated[ZoneInfo, NoDecode, BeforeValidator(_zone)]
