"""Weeks and slots by the clocks of people: zones, daylight saving, lateness."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.digest import Schedule, Slot, due, parse_slot, week_before, week_named, weeks_between
from bot.duel import Place

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def schedule(slot: Slot, since: str = "2026-01-01T00:00Z", *, on: bool = True) -> Schedule:
    return Schedule("T1", Place("C1"), slot, on, at(since))


@pytest.mark.parametrize(
    ("slot", "now", "latest"),
    [
        ("mon 09:00 UTC", "2026-11-23T09:00Z", "2026-11-23T09:00Z"),
        ("mon 09:00 UTC", "2026-11-23T08:59Z", "2026-11-16T09:00Z"),
        ("mon 09:00 Europe/Berlin", "2026-11-23T08:00Z", "2026-11-23T08:00Z"),
        ("mon 09:00 Europe/Berlin", "2026-07-06T07:00Z", "2026-07-06T07:00Z"),  # in summer an hour earlier
        ("sun 02:30 Europe/Berlin", "2026-03-29T12:00Z", "2026-03-29T01:30Z"),  # skipped: 03:30 on the clocks
        ("sun 02:30 Europe/Berlin", "2026-03-29T01:29Z", "2026-03-22T01:30Z"),
        (
            "sun 02:30 Europe/Berlin",
            "2026-10-25T12:00Z",
            "2026-10-25T00:30Z",
        ),  # doubled: the first of the two
        ("sun 02:30 Europe/Berlin", "2026-10-25T01:30Z", "2026-10-25T00:30Z"),
        ("mon 00:00 Pacific/Kiritimati", "2026-11-22T10:00Z", "2026-11-22T10:00Z"),
    ],
)
def test_when_a_slot_came_last(slot: str, now: str, latest: str) -> None:
    assert parse_slot(slot, BERLIN).latest(at(now)) == at(latest)


@given(
    moment=some.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - made aware below
    weekday=some.integers(0, 6),
    hour=some.times().map(lambda value: value.replace(second=0, microsecond=0, tzinfo=None)),
    zone=some.sampled_from(ZONES),
)
def test_between_the_last_slot_and_the_next_lies_now_and_nothing_else(
    moment: datetime, weekday: int, hour: time, zone: str
) -> None:
    now, slot = moment.replace(tzinfo=UTC), Slot(weekday, hour, ZoneInfo(zone))
    latest, coming = slot.latest(now), slot.next(now)
    assert latest <= now < coming
    assert abs(coming - latest - timedelta(weeks=1)) <= timedelta(hours=1)
    assert slot.latest(coming) == coming


def test_every_minute_of_two_years_each_week_is_due_once() -> None:
    """Through both changes of the clocks, at the hour that is skipped and doubled."""
    wanted = schedule(Slot(6, time(2, 30), BERLIN))
    now = at("2026-01-05T00:00Z")
    keys: list[str | None] = []
    while now < at("2028-01-03T00:00Z"):
        edition = due(wanted, now, timedelta(days=3))
        assert edition is not None
        if not keys or keys[-1] != edition.week:
            keys.append(edition.week)
        now += timedelta(minutes=30)
    assert keys == sorted(set(keys), key=str)
    assert len(keys) == 105


@pytest.mark.parametrize(
    ("slot", "key", "since", "until"),
    [
        ("2026-11-23T09:00Z", "2026-W47", "2026-11-15T23:00Z", "2026-11-22T23:00Z"),
        (
            "2026-11-20T16:00Z",
            "2026-W46",
            "2026-11-08T23:00Z",
            "2026-11-15T23:00Z",
        ),  # a Friday: the week before
        ("2026-03-30T09:00Z", "2026-W13", "2026-03-22T23:00Z", "2026-03-29T22:00Z"),  # 167 hours
        ("2027-01-04T09:00Z", "2026-W53", "2026-12-27T23:00Z", "2027-01-03T23:00Z"),
    ],
)
def test_a_digest_covers_the_last_whole_week(slot: str, key: str, since: str, until: str) -> None:
    week = week_before(at(slot), BERLIN)
    assert (week.key, week.since, week.until) == (key, at(since), at(until))
    assert week_named(key, BERLIN) == week


@pytest.mark.parametrize("key", ["2026-W54", "2026-47", "last", "2026-W00"])
def test_what_is_no_week_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="2026-W47"):
        week_named(key, BERLIN)


def test_a_slot_before_somebody_asked_for_it_is_not_due() -> None:
    slot = parse_slot("mon 09:00", ZoneInfo("UTC"))
    assert due(schedule(slot, "2026-11-23T09:01Z"), at("2026-11-24T00:00Z"), timedelta(days=3)) is None
    assert due(schedule(slot, on=False), at("2026-11-24T00:00Z"), timedelta(days=3)) is None


def test_how_late_is_too_late() -> None:
    wanted = schedule(parse_slot("mon 09:00", ZoneInfo("UTC")))
    in_time = due(wanted, at("2026-11-26T09:00Z"), timedelta(days=3))
    too_late = due(wanted, at("2026-11-26T09:01Z"), timedelta(days=3))
    assert in_time is not None
    assert too_late is not None
    assert (in_time.late, too_late.late) == (False, True)
    assert in_time.id == too_late.id == "digest:T1:C1:2026-W47"


def test_weeks_between() -> None:
    assert weeks_between("2026-W51", "2027-W01") == ["2026-W52", "2026-W53"]
    assert weeks_between("2026-W46", "2026-W47") == []
