"""Beat tracking by dynamic programming: the chain of beats that collects most of a pulse curve.

After D. Ellis, "Beat Tracking by Dynamic Programming" (2007). The state is not the last beat's tick but phase and
tempo, so that the tempo may drift, changes by a bounded step from beat to beat, and the phase never jumps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

RANGE = 0.08  # a drifting tempo stays within this part of the given one
_PHASES = 200  # of a beat: one tempo step moves the phase by one of them per beat
_EVEN = 1e-6  # what decides where nothing is seen: the given tempo
_LARGEST_MOVE = 3  # tempo steps from one beat to the next: 1.5 %


def track_beats(strength: Float64, rate_hz: float, period_s: float, stiffness: float | None) -> Float64:
    """strength: [T], any scale, high where a beat should lie -> rising beat times in seconds, at least two.

    They begin at or before 0 and end at or after the last tick. stiffness None: beats are exactly period_s apart and
    only their phase is sought. Otherwise the tempo may drift: it is what a change of tempo by 1 / 200 from one beat to
    the next costs, in standard deviations of the strength.
    """
    seen = _standard(_by_phase(strength, rate_hz, period_s))  # [N, phases]
    phase = _steady_path(seen) if stiffness is None else _best_path(seen, stiffness)
    position = np.arange(len(seen)) + phase / _PHASES  # in beats, at multiples of period_s
    # Two beats more on both sides, at the tempo that is there.
    first, last = position[1] - position[0], position[-1] - position[-2]
    more = np.array([1.0, 2.0])
    position = np.concatenate([position[0] - first * more[::-1], position, position[-1] + last * more])
    beats = np.arange(np.ceil(position[0]), np.floor(position[-1]) + 1)
    times = np.interp(beats, position, np.arange(-2, len(seen) + 2) * period_s)
    return np.asarray(times[np.searchsorted(times, 0.0, side="right") - 1 :])


def _by_phase(strength: Float64, rate_hz: float, period_s: float) -> Float64:
    """The strength where the beat nearest to n * period_s lies for each phase: [N, phases]."""
    count = max(2, int(np.ceil((len(strength) - 1) / rate_hz / period_s)) + 1)
    ahead = np.arange(_PHASES) / _PHASES
    ahead -= np.round(ahead)  # -0.5 .. 0.5
    at = (np.arange(count)[:, None] - ahead) * period_s
    return np.interp(at, np.arange(len(strength)) / rate_hz, strength, left=0.0, right=0.0)


def _standard(values: Float64) -> Float64:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-12))


def _steady_path(seen: Float64) -> Float64:
    return np.full(len(seen), float(seen.sum(axis=0).argmax()))


def _best_path(seen: Float64, stiffness: float) -> Float64:
    """Viterbi's algorithm over phase and tempo -> the unwrapped phase at each nominal beat, [N], in phase steps."""
    fastest = round(RANGE * _PHASES)
    tempos = np.arange(-fastest, fastest + 1)
    moves = np.arange(-_LARGEST_MOVE, _LARGEST_MOVE + 1)
    came_from = np.clip(np.arange(len(tempos)) - moves[:, None], 0, len(tempos) - 1)  # [moves, tempos]
    cost = stiffness * np.abs(tempos[came_from] - tempos) ** 2
    phases = np.arange(_PHASES)
    # A tempo carries a phase on: state (tempo, phase) was (tempo before, phase - tempo before).
    origin = (phases - tempos[:, None]) % _PHASES

    score = seen[0] - _EVEN * np.abs(tempos)[:, None]  # [tempos, phases]
    choices = np.empty((len(seen), len(tempos), _PHASES), np.int8)
    for step in range(1, len(seen)):
        carried = np.take_along_axis(score, origin, axis=1)
        options = carried[came_from] - cost[:, :, None]  # [moves, tempos, phases]
        choices[step] = options.argmax(axis=0)
        score = options.max(axis=0) + seen[step]

    tempo, phase = divmod(int(score.argmax()), _PHASES)
    path = np.empty(len(seen))
    path[-1] = phase
    for step in range(len(seen) - 1, 0, -1):
        tempo = int(came_from[choices[step, tempo, phase], tempo])
        phase = int(origin[tempo, phase])
        path[step - 1] = path[step] - tempos[tempo]
    return path
