"""What the votes can support: pure functions from a record of ended duels to figures. No prose, no clock."""

from bot.standings.balance import Balance, together, weigh
from bot.standings.figures import (
    Category,
    Claims,
    ContenderFigures,
    Counts,
    Exclusion,
    Facet,
    PairStanding,
    Refusal,
    Standings,
    Verdict,
)
from bot.standings.intervals import Estimate
from bot.standings.judge import claims, standings
from bot.standings.record import CHOICES, OUTCOMES, UNKNOWN, Record, Series

__all__ = [
    "CHOICES",
    "OUTCOMES",
    "UNKNOWN",
    "Balance",
    "Category",
    "Claims",
    "ContenderFigures",
    "Counts",
    "Estimate",
    "Exclusion",
    "Facet",
    "PairStanding",
    "Record",
    "Refusal",
    "Series",
    "Standings",
    "Verdict",
    "claims",
    "standings",
    "together",
    "weigh",
]
