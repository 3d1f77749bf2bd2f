"""How often each voice plays, beside other music for the same dances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.plan import STEMS, PlanStep

_TONAL = STEMS[1:]
_SELDOM = 0.001  # notes a 16th, one in sixty bars: below that there is no difference, and silence stays finite


def notes_off(plans: Iterable[Sequence[PlanStep]], wanted: Iterable[Sequence[PlanStep]]) -> float | None:
    """By which factor the eight drums, bass, chords and lead play more or less often than in `wanted`, geometric mean:
    1 where each plays as often, 2 where half of them play twice as often and half of them half as often. None where
    there is no plan.

    Which notes they are, and when, does not count.
    """
    ours, theirs = _rates(plans), _rates(wanted)
    return None if ours is None or theirs is None else float(np.exp(np.abs(np.log(ours / theirs)).mean()))


def _rates(plans: Iterable[Sequence[PlanStep]]) -> NDArray[np.float64] | None:
    """Notes a 16th, float64 [voices]."""
    steps = [step for plan in plans for step in plan]
    if not steps:
        return None
    struck = np.array([[bool(velocity) for velocity in step.drums] for step in steps])
    begun = np.array([[getattr(step, stem) is not None for stem in _TONAL] for step in steps])
    rates: NDArray[np.float64] = np.concatenate([struck, begun], axis=1).mean(axis=0)
    return rates + _SELDOM
