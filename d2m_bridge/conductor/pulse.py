"""Where in the dancer's movement the beat lies, and which beats begin a bar."""

from __future__ import annotations

import numpy as np

from d2m_bridge.conductor.kinematics import Float64, Kinematics
from d2m_bridge.timeline import BEATS_PER_BAR

# A body falls fastest, and its joints come to rest, shortly after the beat: in beats, measured on AIST++ dancers.
_DROP_AFTER_BEAT = 0.05
_STOP_AFTER_BEAT = 0.05
_STOP_WEIGHT = 2.0
# A stop on the half beat must not draw the beat away: half beats are smoothed down to a quarter.
_BLUR_BEATS = 0.15


def beat_strength(motion: Kinematics, period_s: float) -> Float64:
    """float64 [T]: high where a beat would fit the movement, if beats are about period_s apart."""
    from scipy.ndimage import gaussian_filter1d

    ticks = np.arange(len(motion.present))
    beat_ticks = period_s * motion.rate_hz
    drop = np.interp(ticks + _DROP_AFTER_BEAT * beat_ticks, ticks, motion.drop.sum(axis=0), right=0.0)
    stop = np.interp(ticks + _STOP_AFTER_BEAT * beat_ticks, ticks, motion.stop.sum(axis=0), right=0.0)
    return np.asarray(gaussian_filter1d(drop + _STOP_WEIGHT * stop, _BLUR_BEATS * beat_ticks))


def strength_at(beats: Float64, strength: Float64, rate_hz: float) -> Float64:
    """The strength [T] at each of beats [B] in seconds; 0 outside the clip."""
    return np.interp(beats, np.arange(len(strength)) / rate_hz, strength, left=0.0, right=0.0)


def start_on_downbeat(beats: Float64, strength: Float64, rate_hz: float) -> Float64:
    """Chooses the bar lines and continues the beats to the left up to one.

    beats: rising, [B] seconds, the first at or before 0. Every fourth beat from a downbeat should be strong, and next
    to it the one in between.
    """
    heard = strength_at(beats, strength, rate_hz)

    def accent(first: int) -> float:
        bars, halves = heard[first::BEATS_PER_BAR], heard[first % 2 :: 2]
        return float(bars.mean() + halves.mean()) if len(bars) else -np.inf

    downbeat = max(range(BEATS_PER_BAR), key=accent)
    before = np.arange(-downbeat % BEATS_PER_BAR, 0, -1)
    return np.concatenate([beats[0] - (beats[1] - beats[0]) * before, beats])
