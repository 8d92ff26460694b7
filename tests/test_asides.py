"""What people type after `/duel` that is no prompt, and what only looks like it."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.digest import Slot
from bot.duel import DuelId, Place, Topic
from bot.errors import UsageError
from handlers.asides import Aside, DigestOn, DigestTo, Stats, When, Why, aside

UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("digest on mon 09:00 Europe/Berlin", DigestOn(Slot(0, time(9), BERLIN))),
        ("Digest on Friday 16:30", DigestOn(Slot(4, time(16, 30), UTC))),
        ("digest on", DigestOn(None)),
        ("digest off", DigestTo(When.OFF)),
        ("digest now", DigestTo(When.NOW)),
        (" digest  preview ", DigestTo(When.PREVIEW)),
        ("stats", Stats()),
        ("stats 7d", Stats(timedelta(days=7))),
        ("stats 30d coding", Stats(timedelta(days=30), Topic.CODING)),
        ("stats all here de", Stats(language="de", here=True)),
        ("stats maths zh 7d", Stats(timedelta(days=7), Topic.MATHS, "zh")),
        ("why abcdefgh23", Why(DuelId("abcdefgh23"))),
        ("why <https://x.slack.com/archives/C01AB/p1764000000000100>", Why(Place("C01AB/1764000000.000100"))),
        ("why https://x.test/archives/C01AB/p1764000000000100?x=1", Why(Place("C01AB/1764000000.000100"))),
    ],
)
def test_what_is_no_prompt_is_read(text: str, asked: Aside) -> None:
    assert aside(text, UTC) == asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "why is the sky blue?",
        "why me?",
        "stats are boring, why?",
        "stats for beginners",
        "digest this text: it is long",
        "digest on climate change, please",
        "digest on mondays",
        "digest off the record",
        "digest now or later?",
        "why abcdefgh23 and not another?",
        "for:10m stats",
    ],
)
def test_what_only_begins_like_it_stays_a_prompt(text: str) -> None:
    assert aside(text, UTC) is None


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("digest", "/duel digest on mon 09:00"),
        ("digest on mon", "no day and hour"),
        ("digest on mon 25:00", "no time of day"),
        ("digest on 09:00 mon", "no day of the week"),
        ("digest on mon 09:00 Berlin", "like Europe/Berlin"),
        ("stats 90d", "Windows are 7d, 30d and all"),
        ("stats codng", "Did you mean “coding”"),
        ("stats 7d 30d", "at the most"),
        ("why", "Copy the link"),
    ],
)
def test_what_is_not_quite_right_is_answered_with_how_it_goes(text: str, advice: str) -> None:
    with pytest.raises(UsageError) as refused:
        aside(text, UTC)
    assert advice in str(refused.value)
