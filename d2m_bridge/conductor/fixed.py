"""A number as master: the user's tempo, with its phase on the dancer's movement."""

from __future__ import annotations

import math
from collections.abc import Sequence

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.conductor.kinematics import measure
from d2m_bridge.conductor.pulse import beat_strength, start_on_downbeat
from d2m_bridge.conductor.tracking import track_beats
from d2m_bridge.errors import InputError
from d2m_bridge.timeline import MotionFrame

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0


def fixed_grid(bpm: float, motion: Sequence[MotionFrame] | None) -> BeatGrid:
    """A steady grid. With the clip's motion its beats lie on the movement; without, or with nobody moving, beat 0 on 0.

    InputError when bpm is not within 40 to 240.
    """
    if not (math.isfinite(bpm) and SLOWEST_BPM <= bpm <= FASTEST_BPM):
        raise InputError(f"the tempo must be {SLOWEST_BPM:g} to {FASTEST_BPM:g} BPM, got {bpm:g}: choose another --bpm")
    if motion is None or len(motion) < 2:
        return BeatGrid.steady(bpm, 0.0, "fixed")
    kinematics = measure(motion)
    strength = beat_strength(kinematics, 60.0 / bpm)
    if not strength.any():
        return BeatGrid.steady(bpm, 0.0, "fixed")
    beats = track_beats(strength, kinematics.rate_hz, 60.0 / bpm, None)
    return BeatGrid(start_on_downbeat(beats, strength, kinematics.rate_hz), "fixed")
