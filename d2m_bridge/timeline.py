"""Values that travel through the program, and the units of time.

Times are seconds on the session's clock (0 = first video frame offline), positions in audio are integer samples,
musical positions are integer *steps* (16th notes) or float beats. Values are frozen; arrays inside are read-only by
agreement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
UInt8 = NDArray[np.uint8]

STEPS_PER_BEAT = 4
BEATS_PER_BAR = 4
STEPS_PER_BAR = STEPS_PER_BEAT * BEATS_PER_BAR
BARS_PER_PHRASE = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. image: uint8 [H, W, 3] RGB, upright; t: presentation time in seconds."""

    index: int
    t: float
    image: UInt8


@dataclass(frozen=True, slots=True)
class Pose:
    """One person in one frame, as 33 BlazePose landmarks (pose.skeleton names them).

    points: float32 [33, 2], x right and y down, in image heights (so that a circle stays a circle).
    confidence: float32 [33], 0..1. person: an id that stays with the same person while the tracker can follow.
    """

    t: float
    points: Float32
    confidence: Float32
    person: int = 0


@dataclass(frozen=True, slots=True)
class MotionFrame:
    """Body motion at one tick of the fixed motion rate.

    features: float32 [F], body-normalised (motion.features lists them); energy and accent: 0..1; present: a dancer
    was seen near this tick.
    """

    index: int
    t: float
    features: Float32
    energy: float
    accent: float
    present: bool


@dataclass(frozen=True, slots=True)
class VisualFrame:
    """What the picture itself says at one video frame. features: float32 [V], each about 0..1."""

    t: float
    features: Float32


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """start: first sample on the output's timeline. samples: float32 [N, C], -1..1."""

    start: int
    samples: Float32

    @property
    def stop(self) -> int:
        """The sample after the last."""
        return self.start + len(self.samples)


@dataclass(frozen=True, slots=True)
class BeatEvent:
    """A beat of the grid. bar and beat count from 0; beat is 0..3 inside the bar; bpm is the tempo at this beat."""

    t: float
    bar: int
    beat: int
    bpm: float


@dataclass(frozen=True, slots=True)
class NoteEvent:
    """A note of the plan, complete at its onset. velocity 0..1; pitch is MIDI (drums: General MIDI percussion).

    step is the 16th on which it starts and steps its length in 16ths; t and duration are the same in seconds.
    """

    t: float
    duration: float
    stem: str
    pitch: int
    velocity: float
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class AccentEvent:
    """The dancer marked a moment. strength 0..1."""

    t: float
    strength: float


@dataclass(frozen=True, slots=True)
class EnergyEvent:
    """How much the dancer moves, 0 (still) to 1; sent at a steady rate."""

    t: float
    value: float


@dataclass(frozen=True, slots=True)
class SectionEvent:
    """The music enters a section (intro, groove, build, drop, break) at the start of a bar."""

    t: float
    bar: int
    section: str


Event = BeatEvent | NoteEvent | AccentEvent | EnergyEvent | SectionEvent
EVENT_TYPES: dict[type, str] = {
    BeatEvent: "beat",
    NoteEvent: "note",
    AccentEvent: "accent",
    EnergyEvent: "energy",
    SectionEvent: "section",
}


def sample_at(t: float, sample_rate: int) -> int:
    """The audio sample that sounds at t seconds."""
    return round(t * sample_rate)


def seconds_at(sample: int, sample_rate: int) -> float:
    """The time in seconds of an audio sample."""
    return sample / sample_rate
