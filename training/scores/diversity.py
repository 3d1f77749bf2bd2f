"""How much two seeds differ, measured in how much the bars of one song differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from training.scores.structure import Bar, similarity


def seed_diversity(first: Sequence[Bar], second: Sequence[Bar]) -> float | None:
    """Mean distance (1 - similarity) of the same bars of two seeds, over that of any two bars of one song.

    Above 1, another seed is more of a change than another bar. None under two bars, or where all bars are one.
    """
    between = [1 - similarity(a, b) for a, b in zip(first, second, strict=False)]
    within = [1 - similarity(a, b) for song in (first, second) for a, b in combinations(song, 2)]
    if len(between) < 2 or np.mean(within) < 1e-6:
        return None
    return float(np.mean(between) / np.mean(within))
