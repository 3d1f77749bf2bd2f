"""What the dancer does on the 16ths, as the planner is told it.

The music comes a buffer after the dance: live a step is planned when half of it has been seen, and its own accent is
known, but nothing of the rest of its bar. Offline the whole dance is known: with *foresight* a step is planned when the
bar after its beginning has been seen. The same code tells the planner in training, of either kind.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.grid import StepClock
from d2m_bridge.timeline import STEPS_PER_BAR, Float32, MotionFrame

# accent_before: of the 16th before. bar_energy: mean over the step's whole bar. foreseen: 1 with foresight.
FELT = ("energy", "bar_energy", "accent", "accent_before", "foreseen")
FORESEEN_STEPS = STEPS_PER_BAR + 1  # the rest of any bar, and half a step for accents that are a little late


class Felt:
    """Motion in, in order; what was felt around one step after the other out."""

    def __init__(self, steps: StepClock, *, foresight: bool) -> None:
        self._steps, self._foresight = steps, foresight
        self._frames: deque[tuple[float, float, float]] = deque()  # t, energy, accent
        self._energy = 0.0

    def push(self, motion: MotionFrame) -> None:
        """The next tick."""
        self._frames.append((motion.t, motion.energy, motion.accent))

    def needs(self, step: int) -> float | None:
        """Seconds up to which the dance must be known before `at` may be asked; None while that is undecided."""
        if self._foresight:
            return self._steps.step_time(step + FORESEEN_STEPS)
        begin, end = self._steps.step_time(step), self._steps.step_time(step + 1)
        return None if begin is None or end is None else (begin + end) / 2

    def at(self, step: int, until: float) -> Float32:
        """float32 [FELT], each 0..1, from the ticks up to `until` s. The step's time is decided."""
        bar = step // STEPS_PER_BAR * STEPS_PER_BAR
        first = min(bar, step - 1) - 1  # whose accents are nobody's: they may belong to an earlier one
        edges = self._edges(first, bar + STEPS_PER_BAR)
        while self._frames and self._frames[0][0] < edges[0]:
            self._energy = self._frames.popleft()[1]
        known = np.array([frame for frame in self._frames if frame[0] <= until]).reshape(-1, 3)
        latest = float(known[-1, 1]) if len(known) else self._energy
        count = len(edges) - 1
        inside = np.searchsorted(edges, known[:, 0], side="right") - 1
        energies = np.full(STEPS_PER_BAR + bar - first, latest)
        for index in range(count):
            here = known[inside == index, 1]
            if len(here):
                energies[index] = here.mean()
        # An accent counts for the nearest 16th.
        near = np.searchsorted((edges[1:] + edges[:-1]) / 2, known[:, 0], side="right")

        def accent(index: int) -> float:
            return float(known[near == index, 2].max(initial=0.0))

        now = step - first
        felt = energies[now], energies[bar - first :].mean(), accent(now), accent(now - 1), self._foresight
        return np.array(felt, np.float32)

    def _edges(self, first: int, last: int) -> NDArray[np.float64]:
        """Beginnings of the 16ths from `first` on up to `last`, as far as they are decided."""
        times = []
        for step in range(first, last + 1):
            time = self._steps.step_time(step)
            if time is None:
                break
            times.append(time)
        return np.array(times)
