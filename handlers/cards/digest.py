"""The weekly digest, its one line for a quiet week, and what is answered to `/duel digest …`."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum

from bot.digest import Digest, Edition, Saving, Schedule, saving
from bot.duel import DuelId
from bot.standings import PairStanding, Standings
from bot.words import days, listed, noted, percent, say, sentences, stamp, weekday
from handlers.cards import Block, Message, charts
from handlers.cards.duel import Labels
from handlers.cards.figures import answers, dollars, duels, people, votes
from handlers.cards.routed import routed
from handlers.cards.standings import (
    Names,
    categories,
    claim,
    draws,
    interval,
    left_out,
    legend,
    pair_rows,
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
    title = " · ".join([say("Duel digest"), _window(told.edition)])
    happened = _happened(told)
    unsaid = say("*No verdict:* there is no duel yet whose votes count.")
    verdict = claim(told.pair, names) if told.pair else unsaid
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
    text = say(
        "No duels here in {window}. Ask one: `/duel why is the sky blue?` (This is said once; "
        "`/duel digest off` ends it for good.)",
        window=_window(edition),
    )
    return {"text": text, "blocks": [_context(text)]}


def switched_on(schedule: Schedule, next_at: datetime) -> str:
    """The answer to `/duel digest on`."""
    slot = schedule.slot
    return say(
        "This channel gets a digest of the week before, Monday to Sunday, every {day} at {time} ({zone}). "
        "The next one comes {moment}. `/duel digest preview` shows you what it would say now.",
        day=weekday(slot.weekday),
        time=f"{slot.at:%H:%M}",
        zone=slot.zone.key,
        moment=_moment(next_at),
    )


SWITCHED_OFF = noted(
    "This channel gets no digest any more. `/duel digest on` brings it back, `/duel stats` works on."
)
COMES = noted("A digest of the last seven days is on its way.")


def _names(told: Digest, labels: Labels) -> Names:
    return Names(labels, (at.series for at in told.ever.contenders))


def _drawn(chart: charts.Chart | None, native: Native) -> list[Block]:
    if chart is None:
        return []
    return charts.native(chart) if native is Native.CHARTS else charts.letters(chart)


def _moment(at: datetime) -> str:
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{stamp(at)} UTC>"


def _window(edition: Edition) -> str:
    first = edition.since.astimezone(edition.zone)
    last = (edition.until - timedelta(microseconds=1)).astimezone(edition.zone)
    span = days(first.date(), last.date())
    if edition.week is None:
        return say("the last seven days ({days})", days=span)
    return say("week {number} ({days})", number=int(edition.week[6:]), days=span)


def _happened(told: Digest) -> str:
    week, before = told.week, told.before
    ended = say(
        "{duels} ended, with {votes} of {people}",
        duels=duels(told.activity.ended),
        votes=votes(week.votes),
        people=people(week.voters),
    )
    parts = [ended]
    if told.activity.still_open:
        parts.append(say("{number} still open", number=told.activity.still_open))
    if week.contenders:
        unknown = sum(at.cost.unknown for at in week.contenders)
        amount = dollars(week.spent)
        spent = say("{amount} spent", amount=amount)
        more = say("{amount} spent and {answers} of unknown cost", amount=amount, answers=answers(unknown))
        parts.append(more if unknown else spent)
    past = (
        listed((duels(before.duels), votes(before.votes), dollars(before.spent)))
        if before.duels
        else say("no duels")
    )
    span = (
        say("_The seven days before: {past}._", past=past)
        if told.edition.week is None
        else say("_The week before: {past}._", past=past)
    )
    return "\n".join([say("*What happened:* {what}.", what=" · ".join(parts)), span])


def _share_of_week(told: Digest, names: Names) -> str | None:
    """This week's votes on the main pair, against the week before: figures, and no claim."""
    if told.pair is None:
        return None
    now, past = (_same(standings, told.pair) for standings in (told.week, told.before))
    if now is None or now.preference.decisive is None:
        return None
    who = told.pair.preference.verdict.leader or told.pair.pair[0]
    share = interval(seen_by(who, told.pair, now.preference.decisive.estimate))
    was = past.preference.decisive if past else None
    if was is None:
        return say(
            "*This week alone:* {name} got {share} of the decisive votes. One week decides nothing.",
            name=names(who),
            share=share,
        )
    return say(
        "*This week alone:* {name} got {share} of the decisive votes, {was} the week before. One week "
        "decides nothing.",
        name=names(who),
        share=share,
        was=percent(seen_by(who, told.pair, was.estimate).value),
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
    less = percent(float(found.share))
    if verdict.equal and verdict.winner is None:
        equal = say(
            "*Equal on quality so far:* {cheaper} costs {less} less an answer than {dearer}.",
            cheaper=cheaper,
            less=less,
            dearer=dearer,
        )
        return sentences(equal, _would_save(found, cheaper, equal=True))
    cost = say(
        "*Cost:* {cheaper} costs {less} less an answer than {dearer}.",
        cheaper=cheaper,
        less=less,
        dearer=dearer,
    )
    return cost if verdict.winner is not None else sentences(cost, _would_save(found, cheaper, equal=False))


def _would_save(found: Saving, cheaper: str, *, equal: bool) -> str:
    if found.a_week is None:
        return ""
    amount = dollars(found.a_week)
    if equal:
        return say("{cheaper} alone would have saved {amount} this week.", cheaper=cheaper, amount=amount)
    return say(
        "Should they be equally good, {cheaper} alone would have saved {amount} this week.",
        cheaper=cheaper,
        amount=amount,
    )


def _figures(told: Digest, names: Names, native: bool) -> list[Block]:
    if told.pair is None:
        return []
    rows = pair_rows(told.pair, names, told.ever.contenders, say("All duels here so far"))
    week = {at.series: at for at in told.week.contenders}
    spent = (dollars(week[at].cost.spent if at in week else Decimal(0)) for at in told.pair.pair)
    rows.append((say("Spent this week"), *spent))
    timed, ever = told.ever.timed, told.ever.duels
    newest = [say("speed: of the newest {duels}", duels=duels(timed))] if timed < ever else []
    grounds = " · ".join([draws(told.pair), legend(told.pair), *newest])
    return [table(rows, native=native), _context(grounds)]


def _by_category(told: Digest, names: Names) -> list[Block]:
    lines = categories(told.pair, names) if told.pair else []
    head = say("*By topic and language*")
    return [_section("\n".join([head, *(f"• {line}" for line in lines)]))] if lines else []


def _others(told: Digest, names: Names) -> list[Block]:
    """The other pairs that met this week, and from three contenders up their ratings."""
    met = {at.pair for at in told.week.pairs}
    others = [pair for pair in told.ever.pairs[1:] if pair.pair in met]
    if not others:
        return []
    lines = [f"• {claim(pair, names)}" for pair in others[:OTHER_PAIRS]]
    if len(others) > OTHER_PAIRS:
        lines.append(say("… and {number} more: `/duel stats here`", number=len(others) - OTHER_PAIRS))
    rows = rated(told.ever, names)
    return [_section("\n".join(lines)), *([table(rows, native=False)] if rows else [])]


def _notable(told: Digest) -> list[Block]:
    closest, clearest = told.notable
    parts = [
        *([say("closest: {duel}", duel=_duel(told, closest))] if closest else []),
        *([say("most one-sided: {duel}", duel=_duel(told, clearest))] if clearest else []),
    ]
    return [_section(" · ".join([say("*Worth a look*"), *parts]))] if parts else []


def _duel(told: Digest, id_: DuelId) -> str:
    mention = told.mentions[id_]
    prompt = say("“{prompt}”", prompt=mrkdwn(shorten(mention.prompt or say("(erased)"), 80)))
    opens = say("open it")
    return f"{prompt} (<{mention.link}|{opens}>)" if mention.link else prompt


def _small_print(told: Digest) -> str:
    parts = [position(told.week.side_a), left_out(told.week.exclusions)]
    if told.unsaid:
        weeks = listed(told.unsaid)
        parts.append(say("No digest was posted for {weeks}: Duel was not running at its time.", weeks=weeks))
    parts.append(say("All of this is about this channel's own prompts, and nothing beyond them."))
    return sentences(*parts)


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}]}
