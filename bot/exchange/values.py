"""The values of a row: what kinds there are, and how each is read and said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Literal

Value = str | int | float | None
Row = Mapping[str, Value]
Kind = Literal["text", "count", "seconds", "time", "dollars"]


@dataclass(frozen=True)
class Column:
    """One column: what its values are, and how many characters they have at the most."""

    name: str
    kind: Kind = "text"
    most: int = 64
    needed: bool = False
    one_of: type[StrEnum] | None = None


class BadRow(ValueError):
    """A row that cannot be read; says the column and why."""


def value_of(column: Column, raw: Any) -> Value:
    """What stands in that column, whatever file it came from. Raises `BadRow`."""
    if raw is None or raw == "":
        if column.needed:
            raise BadRow(f"{column.name} is missing")
        return None
    try:
        match column.kind:
            case "count":
                return _natural(raw)
            case "seconds":
                return _seconds(raw)
            case "dollars":
                return _dollars(raw)
            case "time":
                return say_time(read_time(str(raw)))
            case "text":
                return _words(column, raw)
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise BadRow(f"{column.name}: “{str(raw)[:40]}” {error}") from None


def _words(column: Column, raw: Any) -> str:
    text = str(raw)
    if len(text) > column.most:
        raise ValueError(f"is longer than {column.most} characters")
    if column.one_of is not None and text not in list(column.one_of):
        raise ValueError(f"is none of {', '.join(column.one_of)}")
    return text


def _natural(raw: Any) -> int:
    try:
        number = int(raw)
    except ValueError:
        number = -1
    if not 0 <= number < 2**31 or number != float(raw):
        raise ValueError("is no whole number from 0 up")
    return number


def _seconds(raw: Any) -> float:
    try:
        number = float(raw)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError("is no length of time in seconds")
    return number


def _dollars(raw: Any) -> str:
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        number = Decimal("NaN")
    text = format(number, "f")
    if not number.is_finite() or number < 0 or len(text) > 40:
        raise ValueError("is no sum of dollars")
    return text


def say_time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_time(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is no time like 2026-11-24T12:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError("has no time zone: write it like 2026-11-24T12:00:00Z")
    return moment
