"""The weekly digest: which week, when it is due, and what in it deserves mention. No clock, no words.

A digest covers a whole week of the calendar, Monday to Sunday in the channel's own zone (ISO 8601), and is
due at the channel's slot after it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.duel import DuelId, Place
from bot.savings import Savings
from bot.standings import PairStanding, Series, Standings
from bot.words import noted, say

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = timedelta(weeks=1)
HOW = noted("write it like “mon 09:00 Europe/Berlin”")


@dataclass(frozen=True)
class Slot:
    """An hour of the week by the clocks of a zone."""

    weekday: int
    """0 is Monday."""
    at: time
    zone: ZoneInfo

    def __str__(self) -> str:
        return f"{DAYS[self.weekday]} {self.at:%H:%M} {self.zone.key}"

    @classmethod
    def usual(cls) -> "Slot":
        """Monday, nine o'clock, UTC."""
        return cls(0, time(9), ZoneInfo("UTC"))

    def latest(self, now: datetime) -> datetime:
        """When it last came, at `now` or before; in UTC.

        An hour that the clocks skip in spring comes when they have skipped it, one that they repeat in autumn
        only the first time.
        """
        today = now.astimezone(self.zone).date()
        day = today - timedelta(days=(today.weekday() - self.weekday) % 7)
        found = self._on(day)
        return found if found <= now else self._on(day - WEEK)

    def next(self, now: datetime) -> datetime:
        """When it comes next, after `now`; in UTC."""
        today = now.astimezone(self.zone).date()
        day = today + timedelta(days=(self.weekday - today.weekday()) % 7)
        found = self._on(day)
        return found if found > now else self._on(day + WEEK)

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Week:
    """A week of the calendar in a zone, from its first instant to the first after it; in UTC."""

    key: str
    """Its ISO year and week, e.g. `2026-W47`."""
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Schedule:
    """When a channel wants its digest."""

    team: str
    room: Place
    slot: Slot
    on: bool
    since: datetime
    """Slots before that are none of its own."""


@dataclass(frozen=True)
class Edition:
    """One digest that is to be, or was, posted."""

    id: str
    """The id of its job: for a week its natural key, so that it is made once."""
    team: str
    room: Place
    week: str | None
    """The week's key; `None`: somebody asked for the last seven days."""
    since: datetime
    until: datetime
    zone: ZoneInfo
    late: bool = False
    """Its slot is longer ago than a digest is caught up after: it is skipped, and only that is told."""

    @property
    def never_before(self) -> datetime:
        """No try to post it can have been made before: a week is over first, the last seven days move on."""
        return self.since if self.week is None else self.until


@dataclass(frozen=True)
class Activity:
    """What went on in a channel, whatever it counts for."""

    asked: int
    """Duels asked in the window."""
    ended: int
    """Duels that ended in it; these are what the figures of a window are made of."""
    still_open: int
    """Duels that had been asked by its end, and had not ended."""


@dataclass(frozen=True)
class Mention:
    """A duel that is worth a look."""

    prompt: str
    """Empty: it was erased."""
    link: str | None
    """Where it can be read, if that could be said."""


@dataclass(frozen=True)
class Saving:
    """What equal quality would save: dollars an answer, by taking the cheaper one."""

    cheaper: Series
    dearer: Series
    share: Decimal
    """Of what the dearer one costs, as 0 … 1."""
    a_week: Decimal | None
    """US dollars: what the dearer one's answers of this week would have cost less."""


@dataclass(frozen=True)
class Digest:
    """Everything that a digest says."""

    edition: Edition
    activity: Activity
    week: Standings
    """Of the window."""
    before: Standings
    """Of the window before it, as long."""
    ever: Standings
    """Of all duels of the channel up to the window's end, told apart by topic and language: verdicts are
    claimed of these."""
    mentions: Mapping[DuelId, Mention]
    """Those of `notable`, as far as they were looked up."""
    routed: Savings
    """What the window's questions saved and lost that one contender was chosen to answer."""
    unsaid: Sequence[str] = ()
    """Weeks since the last digest for which nothing was posted."""

    @property
    def pair(self) -> PairStanding | None:
        """The pair that this channel votes on most."""
        return self.ever.pairs[0] if self.ever.pairs else None

    @property
    def notable(self) -> tuple[DuelId | None, DuelId | None]:
        """The closest duel of the window and the most one-sided; the latter only where it is another one."""
        pair = self.week.pairs[0] if self.week.pairs else None
        if pair is None:
            return None, None
        return pair.closest, pair.clearest if pair.clearest != pair.closest else None

    def mentioning(self, mentions: Mapping[DuelId, Mention]) -> "Digest":
        """The same with these."""
        return replace(self, mentions=mentions)


def parse_slot(text: str, zone: ZoneInfo) -> Slot:
    """Read a slot, in `zone` where it names none. Raises `ValueError` whose text shows how it is written."""
    words = text.split()
    if not 2 <= len(words) <= 3:
        raise ValueError(say("“{text}” is no day and hour: {how}", text=text, how=say(HOW)))
    return Slot(_weekday(words[0]), _time(words[1]), parse_zone(words[2]) if len(words) == 3 else zone)


def parse_zone(name: str) -> ZoneInfo:
    """Raises `ValueError` where there is no such time zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(say("no time zone “{name}”; write one like Europe/Berlin", name=name)) from None


def is_weekday(word: str) -> bool:
    """Whether it names a day of the week, in full or by its first three letters."""
    return word.lower() in (*DAYS, *_NAMES)


def _weekday(word: str) -> int:
    if not is_weekday(word):
        raise ValueError(say("“{word}” is no day of the week: {how}", word=word, how=say(HOW)))
    return DAYS.index(word.lower()[:3])


def _time(word: str) -> time:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", word)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(say("“{word}” is no time of day: {how}", word=word, how=say(HOW)))
    return time(int(found[1]), int(found[2]))


def week_before(slot: datetime, zone: ZoneInfo) -> Week:
    """The last whole week before that moment."""
    today = slot.astimezone(zone).date()
    return _week(today - timedelta(days=today.weekday() + 7), zone)


def week_named(key: str, zone: ZoneInfo) -> Week:
    """The week of that key, e.g. `2026-W47`. Raises `ValueError` where there is none."""
    found = re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", key.strip())
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        monday = None
    if monday is None:
        raise ValueError(f"“{key}” is no week: write it like 2026-W47")
    return _week(monday, zone)


def _week(monday: date, zone: ZoneInfo) -> Week:
    year, number, _ = monday.isocalendar()
    midnights = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (monday, monday + WEEK))
    return Week(f"{year}-W{number:02}", *midnights)


def due(schedule: Schedule, now: datetime, catch_up: timedelta) -> Edition | None:
    """The edition of the channel's latest slot, if it has one, whether it was made before or not."""
    slot = schedule.slot.latest(now)
    if not schedule.on or slot < schedule.since:
        return None
    week = week_before(slot, schedule.slot.zone)
    return Edition(
        id=f"digest:{schedule.team}:{schedule.room}:{week.key}",
        team=schedule.team,
        room=schedule.room,
        week=week.key,
        since=week.since,
        until=week.until,
        zone=schedule.slot.zone,
        late=now - slot > catch_up,
    )


def before(edition: Edition) -> datetime:
    """Where the window before that of an edition begins; it ends where that one begins."""
    start = edition.since.astimezone(edition.zone)
    return datetime.combine(start.date() - WEEK, start.timetz()).astimezone(UTC)


def weeks_between(last: str, this: str) -> list[str]:
    """The keys of the weeks after `last` and before `this`."""
    utc = ZoneInfo("UTC")
    at, end = week_named(last, utc).since + WEEK, week_named(this, utc).since
    found = []
    while at < end:
        found.append(_week(at.date(), utc).key)
        at += WEEK
    return found


def saving(digest: Digest) -> Saving | None:
    """What taking the cheaper one would save, where both costs are known; of quality this says nothing."""
    if digest.pair is None:
        return None
    cost = {at.series: at.cost for at in digest.ever.contenders}
    priced = [(cost[one].per_answer, one) for one in digest.pair.pair if cost[one].per_answer is not None]
    if len(priced) < 2:
        return None
    (low, cheaper), (high, dearer) = sorted(priced, key=lambda at: at[0] or 0)
    assert low is not None
    assert high is not None
    if low == high:
        return None
    this_week = {at.series: at for at in digest.week.contenders}.get(dearer)
    answers = this_week.cost.known if this_week else 0
    return Saving(cheaper, dearer, 1 - low / high, (high - low) * answers if answers else None)
