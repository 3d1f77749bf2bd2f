"""From logits to a step of the plan: sampling under the grammar of the grid. Pure; the graph that made the logits is
elsewhere.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.feel import AS_DANCED, Feel
from d2m_bridge.engine.felt import FELT
from d2m_bridge.engine.noise import song_chances
from d2m_bridge.engine.plan import DRUMS, SECTIONS
from d2m_bridge.engine.tokens import HEAD_INDEX, HEADS, LENGTHS, LOOK_BACK, TOTAL_CLASSES, longest_at
from d2m_bridge.timeline import BARS_PER_PHRASE, STEPS_PER_BAR, STEPS_PER_BEAT, Float32

POSITION_FEATURES = STEPS_PER_BAR + BARS_PER_PHRASE + 1
PLANNER_INPUTS = POSITION_FEATURES + len(FELT) + len(LOOK_BACK) * TOTAL_CLASSES
TEMPERATURE = 0.45
_INTRO_BARS = 8
# Dance music must let the beat be heard: drums lean towards beats and away from the 16ths between eighths. Added to the
# log odds of a hit on the first and third beat of a bar, on the second and fourth, and on such a 16th.
_LEANS = {"kick": (2.8, 1.4, -1.0), "snare": (0.7, 2.8, -1.0), "hat_closed": (2.8, 2.8, -1.0)}
# Full complexity adds these to the log odds of a note on a beat, between two beats, and between two eighths.
_SYNCOPATION = (-0.4, 0.8, 1.8)
# Dice thrown below temperature 1 starve what is less likely than not, a walking bass first; habits of either sign make
# more notes. Added to the log odds of a note, these bring every voice back to how often it plays in the teacher's
# lessons, the crash to a third of that.
_BALANCE = {
    "kick": -0.4, "snare": -0.2, "hat_closed": -0.5, "hat_open": 0.2, "tom_low": -0.1, "tom_high": 0.2, "crash": -0.7,
    "ride": 0.2, "bass": 0.3, "lead": 0.2, "harmony": -0.3,
}  # fmt: skip
_MELODIC = ("bass", "harmony", "lead")
_PLAYED = (*DRUMS, "bass", "lead")
# A song likes some notes at some places of two bars, from its first bar to its last.
HABITUAL = (*_PLAYED, "harmony")
HABIT_STEPS = 2 * STEPS_PER_BAR
_HABIT = 2.0  # what a habit of one standard deviation adds to the log odds of a note
_DENSITY = 2.0  # added to the log odds of a note at full density
_CRASH_RINGS = STEPS_PER_BAR // 2  # a crash struck again before it has rung out is noise
_OFFSETS = np.cumsum([0] + [head.classes for head in HEADS])


def one_hot(tokens: NDArray[np.int64]) -> Float32:
    """int64 [..., heads] -> float32 [..., TOTAL_CLASSES]; a negative token (nothing yet) stays all zero."""
    out = np.zeros((*tokens.shape[:-1], TOTAL_CLASSES), np.float32)
    flat, rows = out.reshape(-1, TOTAL_CLASSES), tokens.reshape(-1, len(HEADS))
    for head in range(len(HEADS)):
        known = rows[:, head] >= 0
        flat[np.nonzero(known)[0], _OFFSETS[head] + rows[known, head]] = 1
    return out


def position_features(step: int) -> Float32:
    """float32 [POSITION_FEATURES]: place in the bar, bar in the phrase, distance from the beginning."""
    out = np.zeros(POSITION_FEATURES, np.float32)
    bar = step // STEPS_PER_BAR
    out[step % STEPS_PER_BAR] = 1
    out[STEPS_PER_BAR + bar % BARS_PER_PHRASE] = 1
    out[-1] = min(bar, _INTRO_BARS) / _INTRO_BARS
    return out


def metric_lean(voice: str, step: int) -> float:
    """What is added to the log odds of a drum's hit for its place in the bar."""
    downbeat, backbeat, between = _LEANS.get(voice, (0.0, 0.0, 0.0))
    if step % STEPS_PER_BEAT == 0:
        return backbeat if step // STEPS_PER_BEAT % 2 else downbeat
    return between if step % 2 else 0.0


def syncopation(step: int) -> float:
    """What full complexity adds to the log odds of a note for its place in the beat."""
    on_beat, on_eighth, on_sixteenth = _SYNCOPATION
    if step % STEPS_PER_BEAT == 0:
        return on_beat
    return on_sixteenth if step % 2 else on_eighth


def feel_lean(step: int, feel: Feel) -> float:
    """What the performer adds to the log odds of a note."""
    return _DENSITY * feel.density + syncopation(step) * feel.complexity


NO_HABITS = np.zeros((HABIT_STEPS, len(HABITUAL)), np.float32)


def habits_of(seed: int) -> Float32:
    """float32 [HABIT_STEPS, HABITUAL]: what a song adds to the log odds of a note, for voice and place in two bars.

    By them two songs for one dance differ from their first bar to the last.
    """
    return np.float32(_HABIT) * song_chances(seed, HABIT_STEPS, len(HABITUAL))


class PlanSampler:
    """Remembers the plan as far back as the planner looks, and which tones still sound."""

    def __init__(self) -> None:
        self._history: deque[NDArray[np.int64]] = deque(maxlen=max(LOOK_BACK))
        self._busy = dict.fromkeys((*_MELODIC, "crash"), 0)

    def inputs(self, step: int, felt: Float32) -> Float32:
        """float32 [PLANNER_INPUTS]: position, what the dancer does (engine.felt), and the plan's own past."""
        nothing = np.full(len(HEADS), -1, np.int64)
        past = [self._history[-back] if len(self._history) >= back else nothing for back in LOOK_BACK]
        return np.concatenate([position_features(step), felt, one_hot(np.stack(past)).ravel()])

    def choose(
        self,
        step: int,
        logits: Float32,
        uniforms: NDArray[np.float64],
        feel: Feel = AS_DANCED,
        section: str | None = None,
        habits: Float32 = NO_HABITS,
    ) -> NDArray[np.int64]:
        """Logits float32 [TOTAL_CLASSES], uniforms float64 [heads] -> tokens int64 [heads], remembered.

        section: this one, whatever the logits say. habits: as habits_of. Chord and section change at bars only; a tone
        starts when the one before it has ended, and ends with its bar; a crash rings for half a bar.
        """
        tokens = np.zeros(len(HEADS), np.int64)
        held = self._history[-1] if self._history and step % STEPS_PER_BAR else None
        for index, head in enumerate(HEADS):
            if held is not None and head.name in ("section", "chord"):
                tokens[index] = held[index]
                continue
            scores = logits[_OFFSETS[index] : _OFFSETS[index + 1]].astype(np.float64) / TEMPERATURE
            if head.name == "section" and section is not None:
                tokens[index] = SECTIONS.index(section)
                continue
            if head.name == "section" and feel.hold and self._history:
                tokens[index] = self._history[-1][index]
                continue
            if head.name in _PLAYED:
                scores[1:] += (metric_lean(head.name, step) + feel_lean(step, feel)) / TEMPERATURE
            if head.name in HABITUAL:
                habit = habits[step % HABIT_STEPS, HABITUAL.index(head.name)]
                scores[1:] += (_BALANCE[head.name] + habit) / TEMPERATURE
            if head.name.endswith("_length"):
                scores[np.array(LENGTHS) > longest_at(step)] = -np.inf
            weights = np.exp(scores - scores.max())
            ladder = np.cumsum(weights) / weights.sum()
            tokens[index] = min(int(np.searchsorted(ladder, uniforms[index], side="right")), head.classes - 1)
        for stem in _MELODIC:
            if self._busy[stem] > step:
                tokens[HEAD_INDEX[stem]] = 0
            elif tokens[HEAD_INDEX[stem]]:
                self._busy[stem] = step + LENGTHS[tokens[HEAD_INDEX[f"{stem}_length"]]]
        if self._busy["crash"] > step:
            tokens[HEAD_INDEX["crash"]] = 0
        elif tokens[HEAD_INDEX["crash"]]:
            self._busy["crash"] = step + _CRASH_RINGS
        self._history.append(tokens)
        return tokens
