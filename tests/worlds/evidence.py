"""Evidence made by hand: votes on duels of one pair, added up as a balance does."""

import numpy as np

from bot.standings.balance import left_out
from bot.standings.record import Ints
from bot.standings.verdict import Evidence, evidence


def told(tally: Ints, ended_at: Ints, duel: Ints, voter: Ints, kind: Ints) -> Evidence:
    """`tally` (k, 4) as the first of the pair sees it; `kind` (m,) 0 won, 1 lost, 2 tied, 3 both bad."""
    nothing, one = np.zeros((len(tally), 5), np.int64), np.ones((len(tally), 1), np.int64)
    ends = np.stack([ended_at, ended_at], axis=1)
    about, cast = np.zeros((len(duel), 4), np.int64), np.ones(len(duel), np.int64)
    changes = left_out(tally)[duel, kind]
    voters = np.column_stack([about, voter, cast, kind < 3, changes])
    return evidence(np.concatenate([nothing, tally, one, ends], axis=1), voters)
