"""The bot's own words in the language of whoever reads them. The English text is the key of each."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations


class Language(StrEnum):
    """Those that there is a catalogue of; ISO 639-1."""

    ENGLISH = "en"
    GERMAN = "de"
    CHINESE = "zh"


_spoken: ContextVar[Language] = ContextVar("spoken", default=Language.ENGLISH)
LONGEST_KEPT = 800
"""Characters; in somebody's own words the search for a shape takes long, by the cube of their length."""
_kept: dict[str, re.Pattern[str]] = {}
"""What texts look like once they are filled in, by what they are made of."""


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


def kept(text: str) -> str:
    """The same of one that is stored filled in, in English: `say` knows it again by its shape."""
    words = re.split(r"{(\w+)}", text)
    shape = "".join(f"(?P<{at}>.+)" if odd % 2 else re.escape(at) for odd, at in enumerate(words))
    _kept[text] = re.compile(shape, re.DOTALL)
    return text


def say(text: str, /, **values: Any) -> str:
    """A message with its `{placeholders}` filled in; one that no catalogue knows stays as it is."""
    language = _spoken.get()
    if text and language is not Language.ENGLISH:
        if not values:
            text, values = _made_of(text)
        text = catalogue(language).gettext(text)
    return text.format(**values) if values else text


def _made_of(text: str) -> tuple[str, dict[str, str]]:
    """What it was before it was filled in, and with what; one that is too long is no text of ours."""
    if len(text) > LONGEST_KEPT:
        return text, {}
    for template, shape in _kept.items():
        if found := shape.fullmatch(text):
            return template, {name: say(value) for name, value in found.groupdict().items()}
    return text, {}


def say_many(one: str, many: str, count: int, /, **values: Any) -> str:
    """The same, for so many of something; `{count}` is the number."""
    language = _spoken.get()
    if language is Language.ENGLISH:
        text = one if count == 1 else many
    else:
        text = catalogue(language).ngettext(one, many, count)
    return text.format(count=figure(count, ","), **values)


def sentences(*said: str) -> str:
    """One after the other, as the language sets them; those that are empty are left out.

    Chinese sets no space, but what ends bold must be followed by one to be it.
    """
    told = [one for one in said if one]
    if _spoken.get() is Language.CHINESE:
        told = [one if one.endswith("。") else f"{one} " for one in told[:-1]] + told[-1:]
        return "".join(told)
    return " ".join(told)


def listed(said: Iterable[str]) -> str:
    """One beside the other."""
    return ("、" if _spoken.get() is Language.CHINESE else ", ").join(said)


def after_colon(text: str) -> str:
    """A sentence as the rest of another one: English begins it small there, and needs no key of its own."""
    return text[:1].lower() + text[1:] if _spoken.get() is Language.ENGLISH else text


def figure(value: Any, pattern: str) -> str:
    """A number as it is written there; `pattern` is a format of Python's, like `.2f`."""
    plain = format(value, pattern)
    if _spoken.get() is Language.ENGLISH:
        return plain
    number = Decimal(plain.replace(",", ""))
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    shape = ("#,##0" if "," in pattern else "0") + (f".{'0' * places}" if places else "")
    return format_decimal(number, shape, locale=_spoken.get())


def percent(share: float) -> str:
    """A share of 0 … 1, in whole percent."""
    if _spoken.get() is Language.ENGLISH:
        return f"{100 * share:.0f} %"
    return format_percent(float(share), locale=_spoken.get())


def day_and_time(at: datetime) -> str:
    """A moment in UTC, where Slack's own dates are not understood."""
    if _spoken.get() is Language.ENGLISH:
        return f"{at:%d %B, %H:%M} UTC"
    return f"{format_skeleton('MMMMd', at, locale=_spoken.get())}, {at:%H:%M} UTC"


def stamp(at: datetime) -> str:
    """A moment in figures, by its own clock."""
    if _spoken.get() is Language.ENGLISH:
        return f"{at:%Y-%m-%d %H:%M}"
    return f"{format_date(at, locale=_spoken.get())} {at:%H:%M}"


def days(first: date, last: date) -> str:
    """From one day to another, both included."""
    if _spoken.get() is not Language.ENGLISH:
        return format_interval(first, last, "yMMMMd", locale=_spoken.get())
    start = f"{first.day} {first:%B}" if first.month != last.month else f"{first.day}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} – {last.day} {last:%B %Y}"


def weekday(number: int) -> str:
    """A day of the week; 0 is Monday."""
    name: str = get_day_names("wide", locale=_spoken.get())[number]
    return name


def language_called(code: str) -> str:
    """A language of that ISO 639-1 code by its name."""
    name: str = Locale(_spoken.get()).languages.get(code, code)
    return name


@cache
def catalogue(language: Language) -> Translations:
    """Read from its text and made ready once, so that installing takes no step for it."""
    with (files("bot") / "catalogues" / language / "duel.po").open("rb") as text:
        entries = read_po(text, locale=language)
    compiled = BytesIO()
    write_mo(compiled, entries)
    compiled.seek(0)
    return Translations(compiled, "duel")
