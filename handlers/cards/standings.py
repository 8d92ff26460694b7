"""Standings in words and tables: what may be claimed of a pair, its figures, and what was left out."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.standings import (
    Category,
    ContenderFigures,
    Estimate,
    Exclusion,
    Facet,
    PairStanding,
    Refusal,
    Series,
    Standings,
    Verdict,
)
from bot.standings.intervals import Share
from bot.standings.speed import Paired, Quantile, Spread
from bot.words import figure, language_called, listed, noted, percent, say, say_many, sentences
from handlers.cards import Block
from handlers.cards.duel import Labels
from handlers.cards.figures import dollars, odds, seconds
from handlers.cards.text import mrkdwn

Rows = list[tuple[str, ...]]
"""A table: its head first."""
LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk", "zh")
)
"""Those that are called by their names."""
_TOPICS = {
    "coding": noted("Coding"),
    "maths": noted("Maths and reasoning"),
    "writing": noted("Writing"),
    "service": noted("Customer service"),
    "translation": noted("Translation"),
    "facts": noted("Facts"),
    "safety": noted("Safety"),
    "other": noted("Other"),
}


class Names:
    """What contenders are called, and their model's version where one name stands for several."""

    def __init__(self, labels: Labels, there: Iterable[Series]) -> None:
        self._labels = labels
        self._many = Counter(series.contender for series in set(there))

    def plain(self, series: Series) -> str:
        label = self._labels.get(series.contender, series.contender)
        version = series.model or say("version unknown")
        return f"{label} ({version})" if self._many[series.contender] > 1 else label

    def __call__(self, series: Series) -> str:
        """For Slack's markup."""
        return mrkdwn(self.plain(series))


def interval(estimate: Estimate) -> str:
    """A share with its interval, e.g. `61 % (54–68)`."""
    return f"{percent(estimate.value)} ({100 * estimate.low:.0f}–{100 * estimate.high:.0f})"


def tongue(code: str) -> str:
    """A language by its name, or else by its code."""
    return language_called(code) if code in LANGUAGES else code


def claim(pair: PairStanding, names: Names) -> str:
    """What may be said of a pair, or why nothing yet: one bold sentence, then its grounds."""
    verdict = pair.preference.verdict
    first, second = (names(series) for series in pair.pair)
    decided, points = verdict.won + verdict.lost, figure(100 * verdict.margin, ".0f")
    if verdict.winner is not None:
        said = say_many(
            "*{winner} answers this team's prompts better than {other}.* It won {most} of {count} decided "
            "duel; {evidence}.",
            "*{winner} answers this team's prompts better than {other}.* It won {most} of {count} decided "
            "duels; {evidence}.",
            decided,
            winner=names(verdict.winner),
            other=second if verdict.winner == pair.pair[0] else first,
            most=max(verdict.won, verdict.lost),
            evidence=_evidence(verdict),
        )
        if not verdict.equal:
            return said
        return sentences(
            said, say("The lead is small, though: a share within ±{points} points of half.", points=points)
        )
    if verdict.equal:
        return say_many(
            "*{first} and {second} are equally good on this team's prompts*: shares within ±{points} points "
            "of half, on {count} duel.",
            "*{first} and {second} are equally good on this team's prompts*: shares within ±{points} points "
            "of half, on {count} duels.",
            decided + verdict.split,
            first=first,
            second=second,
            points=points,
        )
    unsaid = say("*No verdict yet on {first} and {second}.*", first=first, second=second)
    return sentences(unsaid, _refusal(verdict, decided, names), _more(verdict))


def _refusal(verdict: Verdict, decided: int, names: Names) -> str:
    lead = say("Nobody is ahead.")
    if verdict.leader is not None:
        high, low = sorted((verdict.won, verdict.lost), reverse=True)
        lead = say("{name} is ahead, {high} duels to {low}.", name=names(verdict.leader), high=high, low=low)
    if verdict.refusal is Refusal.FEW_DUELS and verdict.split:
        return say_many(
            "Only {count} duel was decided by a majority ({draws}); a verdict takes ten at the least.",
            "Only {count} duels were decided by a majority ({draws}); a verdict takes ten at the least.",
            decided,
            draws=say_many("{count} more was a draw", "{count} more were a draw", verdict.split),
        )
    if verdict.refusal is Refusal.FEW_DUELS:
        return say_many(
            "Only {count} duel was decided by a majority; a verdict takes ten at the least.",
            "Only {count} duels were decided by a majority; a verdict takes ten at the least.",
            decided,
        )
    if verdict.refusal is Refusal.ONE_WEEK:
        why = say("All of them ended within one week, and a verdict takes more than that.")
    elif verdict.refusal is Refusal.ONE_VOTER and verdict.carried_by == 1:
        why = say("This lead would not hold without the votes of one person.")
    elif verdict.refusal is Refusal.ONE_VOTER:
        why = say(
            "This lead would not hold without the votes of any of {number} people.", number=verdict.carried_by
        )
    else:
        why = say("That may still be chance: {evidence}.", evidence=_evidence(verdict))
    return sentences(lead, why)


def _more(verdict: Verdict) -> str:
    if verdict.more_duels is not None and verdict.more_duels > 0:
        return say_many(
            "About {count} more duel if this lead holds.",
            "About {count} more duels if this lead holds.",
            verdict.more_duels,
        )
    if verdict.refusal in (Refusal.ONE_WEEK, Refusal.ONE_VOTER):
        return ""
    return say("How many more it takes cannot be said.")


def _evidence(verdict: Verdict) -> str:
    return say(
        "the evidence is {odds} to 1, and {threshold} to 1 is asked for",
        odds=odds(verdict.log_e),
        threshold=figure(verdict.threshold, ",.0f"),
    )


def pair_rows(pair: PairStanding, names: Names, figures: Iterable[ContenderFigures], corner: str) -> Rows:
    """The two beside each other: votes, speed on the same prompts, failures, cost."""
    counts, verdict = pair.preference.counts, pair.preference.verdict
    each = {at.series: at for at in figures}
    both = [each.get(series) for series in pair.pair]
    rows: Rows = [
        (corner, *(names.plain(series) for series in pair.pair)),
        (say("Duels won"), str(verdict.won), str(verdict.lost)),
        (say("Votes won"), str(counts.won), str(counts.lost)),
        (say("Share of decisive votes"), *_two_shares(pair, pair.preference.decisive)),
        (say("Score, a tie as half"), *_two_shares(pair, pair.preference.score)),
    ]
    rows += [
        (what, _spread(paired.first, unit), _spread(paired.second, unit))
        for what, paired, unit in (
            (say("First words, median · p90"), pair.speed.ttfa, "s"),
            (say("Whole answer, median · p90"), pair.speed.total, "s"),
            (say("Tokens a second, median · p90"), pair.speed.visible, ""),
        )
        if isinstance(paired, Paired)
    ]
    rows.append((say("Failed answers"), *(_failed(at) for at in both)))
    rows.append((say("Cost an answer"), *(dollars(at.cost.per_answer if at else None) for at in both)))
    rows.append((say("Cost a duel won"), *(_per_win(at) for at in both)))
    return rows


def _two_shares(pair: PairStanding, share: Share | None) -> tuple[str, str]:
    if share is None:
        return say("none yet"), say("none yet")
    first, second = (interval(seen_by(series, pair, share.estimate)) for series in pair.pair)
    return first, second


def seen_by(series: Series, pair: PairStanding, share: Estimate) -> Estimate:
    """A share of the first of the pair, as one of the two sees it."""
    return share if series == pair.pair[0] else Estimate(1 - share.value, 1 - share.high, 1 - share.low)


def _spread(spread: Spread, unit: str) -> str:
    return f"{_quantile(spread.median, unit)} · {_quantile(spread.p90, unit)}"


def _quantile(at: Quantile, unit: str) -> str:
    value = seconds(at.value) if unit else figure(at.value, ".0f")
    return say("over {value}", value=value) if at.at_least else value


def _failed(figures: ContenderFigures | None) -> str:
    if figures is None:
        return say("unknown")
    return say("{failed} of {answers}", failed=figures.failed, answers=figures.answers)


def _per_win(figures: ContenderFigures | None) -> str:
    if figures is None or figures.cost.unknown:
        return say("unknown")
    return say("none won") if figures.cost.per_win is None else dollars(figures.cost.per_win)


def draws(pair: PairStanding) -> str:
    """What the votes said that decides nothing."""
    counts, split = pair.preference.counts, pair.preference.verdict.split
    said = say_many(
        "{count} “equally good” and {bad} “both bad” among the votes",
        "{count} “equally good” and {bad} “both bad” among the votes",
        counts.tied,
        bad=counts.both_bad,
    )
    return " · ".join([said, say_many("{count} duel drawn", "{count} duels drawn", split)])


def legend(pair: PairStanding) -> str:
    """What stands in the table of a pair, and explains itself to nobody."""
    brackets = say("in brackets {share} intervals", share=percent(0.95))
    timed = isinstance(pair.speed.total, Paired)
    return " · ".join(
        [brackets, *([say("p90: nine of ten answers are at least that fast")] if timed else [])]
    )


def quicker(pair: PairStanding, names: Names) -> str | None:
    """Who is faster where the interval of the difference says so; `None`: nobody can be said to be."""
    paired = pair.speed.total
    if paired is None or paired.median is None or paired.median.low <= 0 <= paired.median.high:
        return None
    at, fast = paired.median, 0 if paired.median.value < 0 else 1
    low, high = sorted((abs(at.low), abs(at.high)))
    return say(
        "*{name} is faster*: its whole answer comes {time} sooner (median; {low} to {high}).",
        name=names(pair.pair[fast]),
        time=seconds(abs(at.value)),
        low=seconds(low),
        high=seconds(high),
    )


def categories(pair: PairStanding, names: Names) -> list[str]:
    """Topics and languages of which something can be said, a line each; then those of which nothing can."""
    said, unsaid = [], []
    for category in pair.categories:
        if category.preference.counts.total == pair.preference.counts.total:
            continue  # the only one there is
        if (line := _category(category, pair, names)) is not None:
            said.append(line)
        else:
            unsaid.append(f"{called(category)} ({category.preference.counts.total})")
    if unsaid:
        said.append(say("No verdict yet on {what}; in brackets the number of votes.", what=listed(unsaid)))
    return said


def _category(category: Category, pair: PairStanding, names: Names) -> str | None:
    verdict, decisive = category.preference.verdict, category.preference.decisive
    name, apart = called(category), category.difference
    if verdict.winner is not None and decisive is not None:
        return say(
            "*{name}:* {winner} is better, with {share} of the decisive votes.",
            name=name,
            winner=names(verdict.winner),
            share=interval(seen_by(verdict.winner, pair, decisive.estimate)),
        )
    if verdict.equal:
        points = figure(100 * verdict.margin, ".0f")
        return say(
            "*{name}:* equally good, shares within ±{points} points of half.", name=name, points=points
        )
    if decisive is not None and apart is not None and not apart.low <= 0 <= apart.high:
        better = pair.pair[0] if apart.value > 0 else pair.pair[1]
        return say(
            "*{name}:* {better} does better there than on other prompts, with {share} of the decisive votes; "
            "no verdict yet.",
            name=name,
            better=names(better),
            share=interval(seen_by(better, pair, decisive.estimate)),
        )
    return None


def called(category: Category) -> str:
    """A topic or language by its name, as it begins a sentence."""
    if category.facet is Facet.LANGUAGE:
        return tongue(category.name)
    return say(_TOPICS.get(category.name, category.name.capitalize()))


def position(share: Share | None) -> str:
    """How much the side itself draws votes; empty where nobody knows."""
    if share is None:
        return ""
    at = share.estimate
    if at.low <= 0.5 <= at.high:
        return say("Side A got {share} of the decisive votes.", share=interval(at))
    return say(
        "Side A got {share} of the decisive votes (the side itself draws votes: mind it).",
        share=interval(at),
    )


def left_out(exclusions: Sequence[Exclusion]) -> str:
    """What was left out of what, and why."""
    if not exclusions:
        return say("Nothing was left out.")
    return say("Left out: {what}.", what="; ".join(map(_left_out, exclusions)))


def _left_out(at: Exclusion) -> str:
    why = mrkdwn(say(at.reason)).rstrip(".。")
    if at.of == "preference":
        return say_many(
            "{count} duel not in preference: {why}",
            "{count} duels not in preference: {why}",
            at.count,
            why=why,
        )
    if at.of == "verdict":
        return say_many(
            "{count} duel not in verdict: {why}", "{count} duels not in verdict: {why}", at.count, why=why
        )
    if at.of == "speed":
        return say_many(
            "{count} answer not in speed: {why}", "{count} answers not in speed: {why}", at.count, why=why
        )
    return say_many(
        "{count} answer not in cost: {why}", "{count} answers not in cost: {why}", at.count, why=why
    )


def rated(standings: Standings, names: Names) -> Rows:
    """From three contenders up, all on one scale, each with its distance from the best."""
    ratings = standings.ratings
    if ratings is None:
        return []
    rows: Rows = [(say("Rating"), say("points"), say("behind the first"))]
    for number, (series, points) in enumerate(zip(ratings.series, ratings.points, strict=True)):
        behind = ratings.differences[0][number]
        value, low, high = (figure(at, ".0f") for at in (behind.value, behind.low, behind.high))
        apart = say("{value} ({low} to {high})", value=value, low=low, high=high) if number else "–"
        rows.append((names.plain(series), figure(points, ".0f"), apart))
    return rows


def table(rows: Rows, *, native: bool) -> Block:
    """A table block, or where Slack takes none, the same in letters of one width."""
    if native:
        cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
        settings = [{"is_wrapped": True}, *({"align": "right"} for _ in rows[0][1:])]
        return {"type": "table", "rows": cells, "column_settings": settings}
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            " " * (width - _width(cell)) + cell if number else cell + " " * (width - _width(cell))
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    text = {"type": "text", "text": "\n".join(lines)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [text]}]}


def _width(text: str) -> int:
    """In columns: a sign of Chinese takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
