"""The planner's alphabet: one table of heads, from which model, sampling and teacher take their sizes.

A step of the plan is written as one small integer per head. Tokens are relative (degrees of a chord or scale, velocity
classes, lengths), so that every combination is in key and on the grid; engine.harmony turns them into pitches.
"""

from __future__ import annotations

from dataclasses import dataclass

from d2m_bridge.engine.plan import DRUMS, SECTIONS
from d2m_bridge.timeline import STEPS_PER_BAR

VELOCITIES = (0.45, 0.7, 1.0)
LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16)
BASS_DEGREES = ("root", "third", "fifth", "seventh", "octave")
LEAD_DEGREES = 15  # two octaves of a seven-note scale
CHORD_DEGREES = 7


@dataclass(frozen=True, slots=True)
class Head:
    """One decision of the planner. classes: number of tokens; in the voices and onset heads 0 is silence."""

    name: str
    classes: int


HEADS: tuple[Head, ...] = (
    Head("section", len(SECTIONS)),
    Head("chord", CHORD_DEGREES),
    *(Head(voice, 1 + len(VELOCITIES)) for voice in DRUMS),
    Head("bass", 1 + len(BASS_DEGREES)),
    Head("bass_length", len(LENGTHS)),
    Head("bass_velocity", len(VELOCITIES)),
    Head("harmony", 2),
    Head("harmony_length", len(LENGTHS)),
    Head("harmony_velocity", len(VELOCITIES)),
    Head("lead", 1 + LEAD_DEGREES),
    Head("lead_length", len(LENGTHS)),
    Head("lead_velocity", len(VELOCITIES)),
)
HEAD_INDEX = {head.name: i for i, head in enumerate(HEADS)}
TOTAL_CLASSES = sum(head.classes for head in HEADS)

# How far back the planner reads its own plan: the step before, the bar before, the phrase before.
LOOK_BACK = (1, STEPS_PER_BAR, 4 * STEPS_PER_BAR)


def longest_at(step: int) -> int:
    """The longest tone (in 16ths) that may start on a step: tones end with their bar, where the chord changes."""
    return STEPS_PER_BAR - step % STEPS_PER_BAR


def length_token(steps: int) -> int:
    """The token of the longest length that is not above `steps`."""
    return max(i for i, length in enumerate(LENGTHS) if length <= steps)


def velocity_token(velocity: float) -> int:
    """The nearest velocity class."""
    return min(range(len(VELOCITIES)), key=lambda i: abs(VELOCITIES[i] - velocity))
