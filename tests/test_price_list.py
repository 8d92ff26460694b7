"""`python -m bot prices`."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot import price_list
from bot.settings import load


def beijing(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_price_list_shows_what_applies_now_the_window_and_the_next_change() -> None:
    shown = _shown(beijing(11, 24, 20))
    assert "deepseek-flash" in shown
    assert "0.003" in shown
    assert "peak" in shown
    assert "11-25 01:00" in shown  # 09:00 in Beijing
    assert "Price unknown: qwen-max-cn" in shown
    assert "days ago" not in shown


def test_the_price_list_warns_of_an_entry_that_was_not_checked_for_90_days_but_not_of_retired_ones() -> None:
    checked = datetime(2026, 11, 1, tzinfo=UTC)
    assert "days ago" not in _shown(checked + timedelta(days=90))
    shown = _shown(checked + timedelta(days=91))
    assert "last checked 91 days ago" in shown
    (warning,) = [
        part for part in shown.split("\n\n") if "last checked 91 days ago" in part.replace("\n", " ")
    ]
    assert "deepseek-v3-2025" not in warning


def test_a_server_of_ones_own_that_costs_nothing_is_compared_with_nobody() -> None:
    ours = {"label": "Ours", "base_url": "http://shelf/v1", "model": "m"}
    free = {**ours, "prices": [{"since": "2026-01-01", "rates": {"input": 0, "output": 0}}]}
    dear = {**ours, "prices": [{"since": "2026-01-01", "rates": {"input": 0, "output": 1}}]}
    lines = price_list.lines(load(contenders={"free": free, "dear": dear}), beijing(11, 24))
    assert {line.name: bool(line.warnings) for line in lines if line.name in ("free", "dear")} == {
        "free": False,
        "dear": True,
    }


def test_the_price_list_warns_in_time_that_next_years_holidays_are_unknown() -> None:
    assert "holidays of 2027" not in _shown(beijing(11, 10))
    assert "holidays of 2027" in _shown(beijing(12, 1))


def test_the_price_list_as_json_keeps_every_digit(capsys: pytest.CaptureFixture[str]) -> None:
    price_list.show(load(), beijing(11, 24, 10), Console(), json=True)
    found = {line["price_list"]: line for line in json.loads(capsys.readouterr().out)}
    flash = found["deepseek-flash"]
    assert flash["now"] == flash["windows"]["peak"] == {"input": "0.3", "cache_hit": "0.006", "output": "1.2"}
    assert flash["otherwise"] == flash["then"] == {"input": "0.15", "cache_hit": "0.003", "output": "0.6"}
    assert flash["changes_at"] == "2026-11-24T04:00:00+00:00"
    assert flash["contenders"] == ["deepseek-flash", "deepseek-flash-thinking"]
    assert found["unknown"]["now"] is None


def _shown(at: datetime) -> str:
    out = StringIO()
    price_list.show(load(), at, Console(file=out, width=200), json=False)
    return out.getvalue()
