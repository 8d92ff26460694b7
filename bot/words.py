"""The bot's own words in the language of whoever reads them. The English text is the key of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations


class Language(StrEnum):
    """Those that there is a catalogue of; ISO 639-1."""

    ENGLISH = "en"
    GERMAN = "de"
    CHINESE = "zh"


_spoken: ContextVar[Language] = ContextVar("spoken", default=Language.ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within, everything is said in that language."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def speak(language: Language) -> None:
    """From here to the end of this task, say everything in that language."""
    _spoken.set(language)


def spoken() -> Language:
    """What is being spoken now."""
    return _spoken.get()


def noted(text: str) -> str:
    """The text as it is, marked as one of the catalogues: `say` says it once it is shown."""
    return text


def say(text: str, /, **values: Any) -> str:
    """A message with its `{placeholders}` filled in; one that no catalogue knows stays as it is."""
    language = _spoken.get()
    if text and language is not Language.ENGLISH:
        text = catalogue(language).gettext(text)
    return text.format(**values) if values else text


def say_many(one: str, many: str, count: int, /, **values: Any) -> str:
    """The same, for so many of something; `{count}` is the number."""
    language = _spoken.get()
    if language is Language.ENGLISH:
        text = one if count == 1 else many
    else:
        text = catalogue(language).ngettext(one, many, count)
    return text.format(count=count, **values)


def after_colon(text: str) -> str:
    """A sentence as the rest of another one: English begins it small there, and needs no key of its own."""
    return text[:1].lower() + text[1:] if _spoken.get() is Language.ENGLISH else text


def figure(value: Any, pattern: str) -> str:
    """A number as it is written there; `pattern` is a format of Python's, like `.2f`."""
    plain = format(value, pattern)
    if _spoken.get() is Language.ENGLISH:
        return plain
    places = len(plain.partition(".")[2])
    shape = ("#,##0" if "," in plain else "0") + (f".{'0' * places}" if places else "")
    return format_decimal(plain.replace(",", ""), shape, locale=_spoken.get())


def day_and_time(at: datetime) -> str:
    """A moment in UTC, where Slack's own dates are not understood."""
    if _spoken.get() is Language.ENGLISH:
        return f"{at:%d %B, %H:%M} UTC"
    return f"{format_skeleton('MMMMd', at, locale=_spoken.get())}, {at:%H:%M} UTC"


@cache
def catalogue(language: Language) -> Translations:
    """Read from its text and made ready once, so that installing takes no step for it."""
    with (files("bot") / "catalogues" / language / "duel.po").open("rb") as text:
        entries = read_po(text, locale=language)
    compiled = BytesIO()
    write_mo(compiled, entries)
    compiled.seek(0)
    return Translations(compiled, "duel")
