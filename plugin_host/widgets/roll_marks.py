"""What a step of the plan looks like on the roll: pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from d2m_bridge.engine.plan import Chord, PlanStep
from d2m_bridge.timeline import STEPS_PER_BEAT

LOWEST, HIGHEST = 28, 88  # MIDI notes
DRUM_LANES = 5
_DRUM_LANE = (0, 1, 2, 2, 3, 3, 4, 4)  # kick, snare, hats, toms, cymbals
_MAJOR = ("C", "D\u266d", "D", "E\u266d", "E", "F", "G\u266d", "G", "A\u266d", "A", "B\u266d", "B")
_MINOR = ("Cm", "C\u266fm", "Dm", "E\u266dm", "Em", "Fm", "F\u266fm", "Gm", "G\u266fm", "Am", "B\u266dm", "Bm")


@dataclass(frozen=True, slots=True)
class Mark:
    """A note to draw; start and length in beats. row: 0 at the lowest of its stem's rows. stem: index into STEMS."""

    stem: int
    row: int
    start: float
    length: float
    velocity: float


def marks_of(step: PlanStep) -> Iterator[Mark]:
    """What starts on a 16th."""
    start = step.step / STEPS_PER_BEAT
    for voice, velocity in enumerate(step.drums):
        if velocity > 0:
            yield Mark(0, _DRUM_LANE[voice], start, 0.8 / STEPS_PER_BEAT, velocity)
    for stem, tone in ((1, step.bass), (2, step.harmony), (3, step.lead)):
        if tone is not None:
            for pitch in tone.pitches:
                row = min(max(pitch, LOWEST), HIGHEST - 1) - LOWEST
                yield Mark(stem, row, start, tone.steps / STEPS_PER_BEAT, tone.velocity)


def chord_name(chord: Chord) -> str:
    """As musicians write it: Am, F, B flat."""
    third = {(pitch - chord.root) % 12 for pitch in chord.pitches}
    return (_MINOR if 3 in third and 4 not in third else _MAJOR)[chord.root % 12]
