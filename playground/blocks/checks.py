"""Checks of JSON values that complain as Slack does: a sentence, and a pointer to the place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

Complain = Callable[[str, str], None]
"""Takes the sentence and the pointer."""
Check = Callable[[Any, str, Complain], None]


def string(most: int, *, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str, complain: Complain) -> None:
        if not isinstance(value, str):
            complain("must be a string", at)
        elif len(value) < least:
            complain(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            complain(f"must be less than {most + 1} characters", at)

    return check


def word(*allowed: str) -> Check:
    def check(value: Any, at: str, complain: Complain) -> None:
        if value not in allowed:
            complain(f"must be one of: {', '.join(allowed)}", at)

    return check


def boolean(value: Any, at: str, complain: Complain) -> None:
    if not isinstance(value, bool):
        complain("must be a boolean", at)


def number(least: float | None = None, most: float | None = None) -> Check:
    def check(value: Any, at: str, complain: Complain) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            complain("must be a number", at)
        elif least is not None and value < least:
            complain(f"must be greater than or equal to {least:g}", at)
        elif most is not None and value > most:
            complain(f"must be less than or equal to {most:g}", at)

    return check


def anything(_value: Any, _at: str, _complain: Complain) -> None:
    """For what Slack takes and this workspace never looks into."""


def array(each: Check, most: int, *, least: int = 1) -> Check:
    def check(value: Any, at: str, complain: Complain) -> None:
        if not isinstance(value, list):
            complain("must be an array", at)
            return
        if len(value) < least:
            complain(f"no fewer than {least} items allowed", at)
        if len(value) > most:
            complain(f"no more than {most} items allowed", at)
        for index, item in enumerate(value):
            each(item, f"{at}/{index}", complain)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str, complain: Complain) -> None:
        if not isinstance(value, dict):
            complain("must be an object", at)
            return
        for name in required:
            if name not in value:
                complain(f"missing required field: {name}", at)
        for name, item in value.items():
            if name in known:
                known[name](item, f"{at}/{name}", complain)
            else:
                complain(f"invalid additional property: {name}", at)

    return check


def either(*names: str) -> Callable[[Check], Check]:
    """Adds to a record that exactly one of these fields must be there."""

    def wrap(inner: Check) -> Check:
        def check(value: Any, at: str, complain: Complain) -> None:
            inner(value, at, complain)
            if isinstance(value, dict) and sum(name in value for name in names) != 1:
                complain(f"must define exactly one of: {', '.join(names)}", at)

        return check

    return wrap


def typed(kinds: Mapping[str, Check], *, only: Collection[str] | None = None) -> Check:
    """An object whose `type` says which check it must meet; `only` narrows the types that fit here."""

    def check(value: Any, at: str, complain: Complain) -> None:
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            complain("missing required field: type", at)
            return
        kind = value["type"]
        if kind not in kinds or (only is not None and kind not in only):
            complain(f"unsupported type: {kind}", f"{at}/type")
            return
        kinds[kind]({name: item for name, item in value.items() if name != "type"}, at, complain)

    return check
