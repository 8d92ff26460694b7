"""Lengths of time: what is written is read again, and a sentence says them in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.durations import parse_duration, say_duration, spell_duration
from bot.words import Language, speaking


@given(st.integers(min_value=0, max_value=10**8))
def test_what_is_written_is_read_as_the_same(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert parse_duration(say_duration(length)) == length


@pytest.mark.parametrize(
    ("length", "short", "words", "german", "chinese"),
    [
        (timedelta(days=1), "24h", "24 hours", "24 Stunden", "24 小时"),
        (timedelta(hours=1), "1h", "1 hour", "1 Stunde", "1 小时"),
        (timedelta(days=2, minutes=10), "2d10m", "2 days 10 minutes", "2 Tage 10 Minuten", "2 天 10 分钟"),
        (timedelta(), "0s", "0 seconds", "0 Sekunden", "0 秒"),
    ],
)
def test_a_day_is_24_hours_and_a_sentence_spells_units(
    length: timedelta, short: str, words: str, german: str, chinese: str
) -> None:
    assert say_duration(length) == short
    for language, said in zip(Language, (words, german, chinese), strict=True):
        with speaking(language):
            assert spell_duration(length) == said
