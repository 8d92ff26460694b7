"""The example in docs/judging.md is what the code computes."""

import re
from math import exp
from pathlib import Path

from bot.standings import Refusal, standings
from bot.standings.intervals import Share
from tests.worlds.records import Past, record

PAGE = Path(__file__).parents[2] / "docs" / "judging.md"
PEOPLE, DAYS = 8, 21


def example(page: str) -> list[Past]:
    """The duels of the page's example, spread over three weeks and eight people."""
    (votes,) = re.findall(r"```votes\n(.*?)```", page, re.DOTALL)
    kinds = [line.split(" × ") for line in votes.splitlines()]
    told = [letters for many, letters in kinds for _ in range(int(many))]
    return [
        Past(letters, day=at * DAYS / len(told), voters=[(3 * at + n) % PEOPLE for n in range(len(letters))])
        for at, letters in enumerate(told)
    ]


def figures(past: list[Past]) -> dict[str, str]:
    """What stands in the table, by what it is called there."""
    (pair,) = standings(record(past)).pairs
    votes, verdict = pair.preference.counts, pair.preference.verdict
    assert pair.preference.decisive is not None
    assert verdict.refusal is Refusal.EVIDENCE
    return {
        "won / lost / tied / both bad": f"{votes.won} / {votes.lost} / {votes.tied} / {votes.both_bad}",
        "of decisive votes": _share(pair.preference.decisive),
        "score": _share(pair.preference.score),
        "worth": f"{pair.preference.decisive.effective:.0f} independent votes",
        "duels": f"{verdict.won} to {verdict.lost}, {verdict.split} undecided",
        "evidence E": f"{exp(verdict.log_e):.1f} of {verdict.threshold:.0f}",
        "verdict": f"about {verdict.more_duels} more duels",
    }


def _share(found: Share | None) -> str:
    assert found is not None
    at = found.estimate
    return f"{at.value * 100:.1f} % ({at.low * 100:.0f}–{at.high * 100:.0f})"


def test_the_example_is_what_the_code_computes() -> None:
    page = PAGE.read_text()
    past = example(page)
    assert f"answer {len(past)} prompts" in page
    for name, figure in figures(past).items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {name} |")]
        assert figure in row, f"{name}: {figure}"
