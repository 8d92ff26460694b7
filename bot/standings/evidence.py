"""How strongly duels speak for one contender, in a currency that may be looked at every week: e-values."""

from math import log

import numpy as np

from bot.standings.record import Flags, Floats, Ints

PRIOR = 10.0
"""a of the Beta(a, a) that a bet on the share of duels is spread over: most of it between 35 % and 65 %."""
FAR = 100_000
"""Duels further away than this are not predicted."""


def log_gamma(z: Floats) -> Floats:
    """ln Γ(z) to 12 digits for z ≥ 10, by Stirling's series: Abramowitz and Stegun 6.1.41."""
    inverse = 1 / z
    square = inverse * inverse
    tail = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    result: Floats = (z - 0.5) * np.log(z) - z + 0.5 * np.log(2 * np.pi) + tail
    return result


def log_beta(a: Floats, b: Floats) -> Floats:
    """ln B(a, b) for a, b ≥ 10."""
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)


def log_e(x: Ints | Floats | float, n: Ints | Floats | float, p: float = 0.5) -> Floats:
    """ln E against “the first wins a share p of the duels”, after x of n; of one shape with x and n.

    E = B(x + a, n − x + a) / (B(a, a) pˣ (1 − p)ⁿ⁻ˣ); for p = ½ that is 2ⁿ B(x + a, n − x + a) / B(a, a).
    Under that hypothesis it ever passes 1/α with probability α at most, however often one looks: Ville 1939;
    the mixture by Robbins, Ann. Math. Statist. 41 (1970) 1397. It stays valid where duels give any points
    between 0 and 1 and x is their sum, since the bet is convex in them: Waudby-Smith and Ramdas, JRSS B 86
    (2024) 1.
    """
    x, n = np.asarray(x, float), np.asarray(n, float)
    prior = log_beta(np.asarray(PRIOR), np.asarray(PRIOR))
    evidence: Floats = log_beta(x + PRIOR, n - x + PRIOR) - prior - x * log(p) - (n - x) * log(1 - p)
    return evidence


def within(x: Floats, n: Floats, margin: float, threshold: float) -> Flags:
    """Whether every share further than `margin` from ½ is ruled out, at E ≥ threshold each.

    The shares that are not ruled out are a confidence sequence: it too may be looked at every week.
    """
    bar = log(threshold)
    inside = np.abs(x - n / 2) < margin * n
    result: Flags = inside & (log_e(x, n, 0.5 - margin) >= bar) & (log_e(x, n, 0.5 + margin) >= bar)
    return result


def more_needed(x: float, n: float, threshold: float, least: int) -> int | None:
    """How many more decided duels carry E over the threshold if the lead x/n holds; `None`: out of sight."""
    bar = log(threshold)

    def enough(more: int) -> bool:
        return n + more >= least and bool(log_e(x + more * x / n, n + more) >= bar)

    if not n or x * 2 == n or not enough(FAR):
        return None
    low, high = 0, FAR
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low
