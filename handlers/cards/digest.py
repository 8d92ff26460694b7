"""The weekly digest, its one line for a quiet week, and what is answered to `/duel digest …`."""

from datetime import datetime, timedelta
from enum import IntEnum

from bot.digest import Digest, Edition, Saving, Schedule, saving
from bot.duel import DuelId
from bot.standings import PairStanding, Standings
from handlers.cards import Block, Message, charts
from handlers.cards.duel import Labels
from handlers.cards.figures import dollars
from handlers.cards.routed import routed
from handlers.cards.standings import (
    Names,
    categories,
    claim,
    count,
    draws,
    interval,
    left_out,
    pair_rows,
    percent,
    position,
    quicker,
    rated,
    seen_by,
    table,
)
from handlers.cards.text import mrkdwn, shorten

OTHER_PAIRS = 4
SECTION = 2_900
"""Characters; a section takes 3,000."""


class Native(IntEnum):
    """What of a digest may be Slack's own; the rest is text."""

    TEXT = 0
    TABLES = 1
    CHARTS = 2
    """And tables."""


def digest(told: Digest, labels: Labels, *, native: Native = Native.CHARTS) -> Message:
    """What the votes, the clock and the bill say, and no more than they can support."""
    names = _names(told, labels)
    chart = charts.by_topic(told.pair, names)
    title = f"Duel digest · {_window(told.edition)}"
    happened = _happened(told)
    verdict = (
        claim(told.pair, names) if told.pair else "*No verdict:* there is no duel yet whose votes count."
    )
    lines = [
        line
        for line in (
            _share_of_week(told, names),
            _quicker(told, names),
            _saving(told, names),
            routed(told.routed),
        )
        if line
    ]
    blocks: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": title}},
        _section(verdict),
        _section(happened),
        *([_section("\n".join(lines))] if lines else []),
        *_figures(told, names, native >= Native.TABLES),
        *_drawn(chart, native),
        *_by_category(told, names),
        *_others(told, names),
        *_notable(told),
        _context(_small_print(told)),
    ]
    plain = "\n".join([title, verdict, happened, *lines]).replace("*", "").replace("_", "")
    seen = [charts.words(chart)] if chart else []
    return {"text": "\n".join([plain, *seen]), "blocks": blocks}


def chart_of(told: Digest, labels: Labels) -> charts.Chart | None:
    """What a digest draws, if anything."""
    return charts.by_topic(told.pair, _names(told, labels))


def quiet(edition: Edition) -> Message:
    """The first week without a duel."""
    text = (
        f"No duels here in {_window(edition)}. Ask one: `/duel why is the sky blue?` "
        "(This is said once; `/duel digest off` ends it for good.)"
    )
    return {"text": text, "blocks": [_context(text)]}


def switched_on(schedule: Schedule, next_at: datetime) -> str:
    """The answer to `/duel digest on`."""
    return (
        f"This channel gets a digest of the week before, Monday to Sunday, every {_slot(schedule)}. "
        f"The next one comes {_moment(next_at)}. `/duel digest preview` shows you what it would say now."
    )


SWITCHED_OFF = (
    "This channel gets no digest any more. `/duel digest on` brings it back, `/duel stats` works on."
)
COMES = "A digest of the last seven days is on its way."


def _names(told: Digest, labels: Labels) -> Names:
    return Names(labels, (at.series for at in told.ever.contenders))


def _drawn(chart: charts.Chart | None, native: Native) -> list[Block]:
    if chart is None:
        return []
    return charts.native(chart) if native is Native.CHARTS else charts.letters(chart)


def _slot(schedule: Schedule) -> str:
    slot = schedule.slot
    day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[slot.weekday]
    return f"{day} at {slot.at:%H:%M} ({slot.zone.key})"


def _moment(at: datetime) -> str:
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def _window(edition: Edition) -> str:
    first = edition.since.astimezone(edition.zone)
    last = (edition.until - timedelta(microseconds=1)).astimezone(edition.zone)
    start = f"{first.day} {first:%B}" if first.month != last.month else f"{first.day}"
    if first.year != last.year:
        start += f" {first.year}"
    days = f"{start} – {last.day} {last:%B %Y}"
    return (
        f"the last seven days ({days})" if edition.week is None else f"week {int(edition.week[6:])} ({days})"
    )


def _happened(told: Digest) -> str:
    week, before = told.week, told.before
    parts = [
        f"{count(told.activity.ended, 'duel')} ended, with {count(week.votes, 'vote')} of {_people(week)}"
    ]
    if told.activity.still_open:
        parts.append(f"{told.activity.still_open} still open")
    if week.contenders:
        unknown = sum(at.cost.unknown for at in week.contenders)
        more = f" and {count(unknown, 'answer')} of unknown cost" if unknown else ""
        parts.append(f"{dollars(week.spent)} spent{more}")
    span = "The seven days before" if told.edition.week is None else "The week before"
    past = (
        f"{count(before.duels, 'duel')}, {count(before.votes, 'vote')}, {dollars(before.spent)}"
        if before.duels
        else "none"
    )
    return f"*What happened:* {' · '.join(parts)}.\n_{span}: {past}._"


def _people(week: Standings) -> str:
    return "1 person" if week.voters == 1 else f"{week.voters} people"


def _share_of_week(told: Digest, names: Names) -> str | None:
    """This week's votes on the main pair, against the week before: figures, and no claim."""
    if told.pair is None:
        return None
    now, past = (_same(standings, told.pair) for standings in (told.week, told.before))
    if now is None or now.preference.decisive is None:
        return None
    who = told.pair.preference.verdict.leader or told.pair.pair[0]
    share = seen_by(who, told.pair, now.preference.decisive.estimate)
    was = past.preference.decisive if past else None
    against = (
        f", {percent(seen_by(who, told.pair, was.estimate).value)} the week before" if was is not None else ""
    )
    return (
        f"*This week alone:* {names(who)} got {interval(share)} of the decisive votes{against}. "
        "One week decides nothing."
    )


def _same(standings: Standings, pair: PairStanding) -> PairStanding | None:
    return next((at for at in standings.pairs if at.pair == pair.pair), None)


def _quicker(told: Digest, names: Names) -> str | None:
    return quicker(told.pair, names) if told.pair else None


def _saving(told: Digest, names: Names) -> str | None:
    found = saving(told)
    if found is None or told.pair is None:
        return None
    cheaper, dearer = names(found.cheaper), names(found.dearer)
    verdict = told.pair.preference.verdict
    less = f"{percent(float(found.share))} less an answer than {dearer}"
    if verdict.equal and verdict.winner is None:
        return f"*Equal on quality so far:* {cheaper} costs {less}.{_would_save(found, cheaper)}"
    if verdict.winner is not None:
        return f"*Cost:* {cheaper} costs {less}."
    would = _would_save(found, cheaper, "Should they be equally good, ")
    return f"*Cost:* {cheaper} costs {less}.{would}"


def _would_save(found: Saving, cheaper: str, if_: str = "") -> str:
    if found.a_week is None:
        return ""
    return f" {if_}{cheaper} alone would have saved {dollars(found.a_week)} this week."


def _figures(told: Digest, names: Names, native: bool) -> list[Block]:
    if told.pair is None:
        return []
    rows = pair_rows(told.pair, names, told.ever.contenders, "All duels here so far")
    week = {at.series: at for at in told.week.contenders}
    spent = (dollars(week[at].cost.spent) if at in week else "$0" for at in told.pair.pair)
    rows.append(("Spent this week", *spent))
    timed, ever = told.ever.timed, told.ever.duels
    newest = f" · speed: of the newest {count(timed, 'duel')}" if timed < ever else ""
    grounds = f"{draws(told.pair)} · in brackets 95 % intervals{newest}"
    return [table(rows, native=native), _context(grounds)]


def _by_category(told: Digest, names: Names) -> list[Block]:
    lines = categories(told.pair, names) if told.pair else []
    return [_section("*By topic and language*\n" + "\n".join(f"• {line}" for line in lines))] if lines else []


def _others(told: Digest, names: Names) -> list[Block]:
    """The other pairs that met this week, and from three contenders up their ratings."""
    met = {at.pair for at in told.week.pairs}
    others = [pair for pair in told.ever.pairs[1:] if pair.pair in met]
    if not others:
        return []
    lines = [f"• {claim(pair, names)}" for pair in others[:OTHER_PAIRS]]
    if len(others) > OTHER_PAIRS:
        lines.append(f"… and {len(others) - OTHER_PAIRS} more: `/duel stats here`")
    rows = rated(told.ever, names)
    return [_section("\n".join(lines)), *([table(rows, native=False)] if rows else [])]


def _notable(told: Digest) -> list[Block]:
    closest, clearest = told.notable
    parts = [
        f"{what}: {_duel(told, id_)}"
        for what, id_ in (("closest", closest), ("most one-sided", clearest))
        if id_
    ]
    return [_section(f"*Worth a look* · {' · '.join(parts)}")] if parts else []


def _duel(told: Digest, id_: DuelId) -> str:
    mention = told.mentions[id_]
    where = f" (<{mention.link}|open it>)" if mention.link else ""
    return f"“{mrkdwn(shorten(mention.prompt, 80))}”{where}"


def _small_print(told: Digest) -> str:
    parts = [position(told.week.side_a), left_out(told.week.exclusions)]
    if told.unsaid:
        weeks = ", ".join(told.unsaid)
        parts.append(f"No digest was posted for {weeks}: Duel was not running at its time.")
    parts.append("All of this is about this channel's own prompts, and nothing beyond them.")
    return " ".join(part for part in parts if part)


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}]}
