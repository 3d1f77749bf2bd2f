"""How far the stems are from being as loud, against each other, as the corpus' instruments play the same plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_HEARD_DB = -70.0


def balance_off_db(stems: NDArray[np.floating], wanted: NDArray[np.floating]) -> float | None:
    """How many dB the stems, [4, N], are off from the balance of `wanted`, [4, M]: the mean of what is left when all
    are turned up or down together. None with fewer than two stems that are wanted.
    """
    levels, aims = _levels_db(stems), _levels_db(wanted)
    known = aims > _HEARD_DB
    if known.sum() < 2:
        return None
    off = np.maximum(levels[known], _HEARD_DB) - aims[known]
    return float(np.abs(off - np.median(off)).mean())


def _levels_db(stems: NDArray[np.floating]) -> NDArray[np.float64]:
    power = np.mean(np.square(stems, dtype=np.float64), axis=1)
    return np.asarray(10 * np.log10(power + 1e-12))
