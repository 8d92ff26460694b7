"""Standings in words and tables: what may be claimed of a pair, its figures, and what was left out."""

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
from handlers.cards import Block
from handlers.cards.duel import Labels
from handlers.cards.figures import dollars, odds, seconds
from handlers.cards.text import mrkdwn

Rows = list[tuple[str, ...]]
"""A table: its head first."""
LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


class Names:
    """What contenders are called, and their model's version where one name stands for several."""

    def __init__(self, labels: Labels, there: Iterable[Series]) -> None:
        self._labels = labels
        self._many = Counter(series.contender for series in set(there))

    def plain(self, series: Series) -> str:
        label = self._labels.get(series.contender, series.contender)
        version = series.model or "version unknown"
        return f"{label} ({version})" if self._many[series.contender] > 1 else label

    def __call__(self, series: Series) -> str:
        """For Slack's markup."""
        return mrkdwn(self.plain(series))


def percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def interval(estimate: Estimate) -> str:
    """A share with its interval, e.g. `61 % (54–68)`."""
    return f"{percent(estimate.value)} ({100 * estimate.low:.0f}–{100 * estimate.high:.0f})"


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def claim(pair: PairStanding, names: Names) -> str:
    """What may be said of a pair, or why nothing yet: one bold sentence, then its grounds."""
    verdict = pair.preference.verdict
    first, second = (names(series) for series in pair.pair)
    decided = verdict.won + verdict.lost
    if verdict.winner is not None:
        winner = names(verdict.winner)
        other = second if verdict.winner == pair.pair[0] else first
        most = max(verdict.won, verdict.lost)
        also = (
            f" The difference is small, though: within ±{100 * verdict.margin:.0f} points."
            if verdict.equal
            else ""
        )
        return (
            f"*{winner} answers this team's prompts better than {other}.* It won {most} of "
            f"{count(decided, 'decided duel')}; {_evidence(verdict)}.{also}"
        )
    if verdict.equal:
        return (
            f"*{first} and {second} are equally good on this team's prompts*, "
            f"within ±{100 * verdict.margin:.0f} points, on {count(decided + verdict.split, 'duel')}."
        )
    return f"*No verdict yet on {first} and {second}.* {_refusal(verdict, decided, names)}{_more(verdict)}"


def _refusal(verdict: Verdict, decided: int, names: Names) -> str:
    lead = "Nobody is ahead."
    if verdict.leader is not None:
        high, low = sorted((verdict.won, verdict.lost), reverse=True)
        lead = f"{names(verdict.leader)} is ahead, {high} duels to {low}."
    if verdict.refusal is Refusal.FEW_DUELS:
        split = (
            f" ({verdict.split} more {'was' if verdict.split == 1 else 'were'} a draw)"
            if verdict.split
            else ""
        )
        were = "duel was" if decided == 1 else "duels were"
        return f"Only {decided} {were} decided by a majority{split}; a verdict takes ten at the least."
    if verdict.refusal is Refusal.ONE_WEEK:
        return f"{lead} All of them ended within one week, and a verdict takes more than that."
    if verdict.refusal is Refusal.ONE_VOTER:
        who = "one person" if verdict.carried_by == 1 else f"any of {verdict.carried_by} people"
        return f"{lead} It would not hold without the votes of {who}."
    return f"{lead} That may still be chance: {_evidence(verdict)}."


def _more(verdict: Verdict) -> str:
    if verdict.more_duels is not None and verdict.more_duels > 0:
        return f" About {count(verdict.more_duels, 'more duel')} if this lead holds."
    return (
        ""
        if verdict.refusal in (Refusal.ONE_WEEK, Refusal.ONE_VOTER)
        else " How many more it takes cannot be said."
    )


def _evidence(verdict: Verdict) -> str:
    return f"the evidence is {odds(verdict.log_e)} to 1, and {verdict.threshold:,.0f} to 1 is asked for"


def pair_rows(pair: PairStanding, names: Names, figures: Iterable[ContenderFigures], corner: str) -> Rows:
    """The two beside each other: votes, speed on the same prompts, failures, cost."""
    counts, verdict = pair.preference.counts, pair.preference.verdict
    each = {at.series: at for at in figures}
    both = [each.get(series) for series in pair.pair]
    rows: Rows = [
        (corner, *(names.plain(series) for series in pair.pair)),
        ("Duels won", str(verdict.won), str(verdict.lost)),
        ("Votes won", str(counts.won), str(counts.lost)),
        ("Share of decisive votes", *_two_shares(pair, pair.preference.decisive)),
        ("Score, a tie as half", *_two_shares(pair, pair.preference.score)),
    ]
    rows += [
        (f"{what}, median · p90", _spread(paired.first, unit), _spread(paired.second, unit))
        for what, paired, unit in (
            ("First words", pair.speed.ttfa, "s"),
            ("Whole answer", pair.speed.total, "s"),
            ("Tokens a second", pair.speed.visible, ""),
        )
        if isinstance(paired, Paired)
    ]
    rows.append(("Failed answers", *(_failed(at) for at in both)))
    rows.append(("Cost an answer", *(dollars(at.cost.per_answer) if at else "unknown" for at in both)))
    rows.append(("Cost a duel won", *(_per_win(at) for at in both)))
    return rows


def _two_shares(pair: PairStanding, share: Share | None) -> tuple[str, str]:
    if share is None:
        return "none yet", "none yet"
    first, second = (interval(seen_by(series, pair, share.estimate)) for series in pair.pair)
    return first, second


def seen_by(series: Series, pair: PairStanding, share: Estimate) -> Estimate:
    """A share of the first of the pair, as one of the two sees it."""
    return share if series == pair.pair[0] else Estimate(1 - share.value, 1 - share.high, 1 - share.low)


def _spread(spread: Spread, unit: str) -> str:
    return f"{_quantile(spread.median, unit)} · {_quantile(spread.p90, unit)}"


def _quantile(at: Quantile, unit: str) -> str:
    return ("over " if at.at_least else "") + (seconds(at.value) if unit else f"{at.value:.0f}")


def _failed(figures: ContenderFigures | None) -> str:
    return f"{figures.failed} of {figures.answers}" if figures else "unknown"


def _per_win(figures: ContenderFigures | None) -> str:
    if figures is None or figures.cost.unknown:
        return "unknown"
    return "none won" if figures.cost.per_win is None else dollars(figures.cost.per_win)


def draws(pair: PairStanding) -> str:
    """What the votes said that decides nothing."""
    counts, split = pair.preference.counts, pair.preference.verdict.split
    said = f"{count(counts.tied, 'tie')} and {counts.both_bad} “both bad” among the votes"
    return f"{said} · {count(split, 'duel')} drawn"


def quicker(pair: PairStanding, names: Names) -> str | None:
    """Who is faster where the interval of the difference says so; `None`: nobody can be said to be."""
    paired = pair.speed.total
    if paired is None or paired.median is None or paired.median.low <= 0 <= paired.median.high:
        return None
    at, fast = paired.median, 0 if paired.median.value < 0 else 1
    low, high = sorted((abs(at.low), abs(at.high)))
    return (
        f"*{names(pair.pair[fast])} is faster*: its whole answer comes {seconds(abs(at.value))} sooner "
        f"(median; {seconds(low)} to {seconds(high)})."
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
        said.append(f"No verdict yet on {', '.join(unsaid)}; in brackets the number of votes.")
    return said


def _category(category: Category, pair: PairStanding, names: Names) -> str | None:
    verdict, decisive = category.preference.verdict, category.preference.decisive
    name, apart = called(category), category.difference
    if verdict.winner is not None and decisive is not None:
        share = interval(seen_by(verdict.winner, pair, decisive.estimate))
        return f"*{name}:* {names(verdict.winner)} is better, with {share} of the decisive votes."
    if verdict.equal:
        return f"*{name}:* equally good, within ±{100 * verdict.margin:.0f} points."
    if decisive is not None and apart is not None and not apart.low <= 0 <= apart.high:
        better = pair.pair[0] if apart.value > 0 else pair.pair[1]
        share = interval(seen_by(better, pair, decisive.estimate))
        return (
            f"*{name}:* {names(better)} does better there than on other prompts, with {share} of the "
            "decisive votes; no verdict yet."
        )
    return None


def called(category: Category) -> str:
    """A topic or language by its name, as it begins a sentence."""
    if category.facet is Facet.LANGUAGE:
        return LANGUAGES.get(category.name, category.name)
    return {"maths": "Maths and reasoning", "service": "Customer service"}.get(
        category.name, category.name.capitalize()
    )


def position(share: Share | None) -> str | None:
    """How much the side itself draws votes."""
    if share is None:
        return None
    at = share.estimate
    bias = " (the side itself draws votes: mind it)" if not at.low <= 0.5 <= at.high else ""
    return f"Side A got {interval(at)} of the decisive votes{bias}."


def left_out(exclusions: Sequence[Exclusion]) -> str:
    """What was left out of what, and why."""
    if not exclusions:
        return "Nothing was left out."
    nouns = {"duels": "duel", "answers": "answer"}
    parts = [
        f"{count(at.count, nouns.get(at.unit, at.unit))} not in {at.of}: {mrkdwn(at.reason).rstrip('.')}"
        for at in exclusions
    ]
    return "Left out: " + "; ".join(parts) + "."


def rated(standings: Standings, names: Names) -> Rows:
    """From three contenders up, all on one scale, each with its distance from the best."""
    ratings = standings.ratings
    if ratings is None:
        return []
    rows: Rows = [("Rating", "points", "behind the first")]
    for number, (series, points) in enumerate(zip(ratings.series, ratings.points, strict=True)):
        behind = ratings.differences[0][number]
        apart = f"{behind.value:.0f} ({behind.low:.0f} to {behind.high:.0f})" if number else "–"
        rows.append((names.plain(series), f"{points:.0f}", apart))
    return rows


def table(rows: Rows, *, native: bool) -> Block:
    """A table block, or where Slack takes none, the same in letters of one width."""
    if native:
        cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
        settings = [{"is_wrapped": True}, *({"align": "right"} for _ in rows[0][1:])]
        return {"type": "table", "rows": cells, "column_settings": settings}
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    text = {"type": "text", "text": "\n".join(lines)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [text]}]}
