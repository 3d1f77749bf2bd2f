"""Dances and music that belong together, made of accents at random places of a 16th grid."""

import numpy as np

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.motion.features import MOTION_FEATURES, VELOCITIES
from d2m_bridge.timeline import MotionFrame

RATE, TICK_HZ = 22050, 30.0


def accents_of(seed, seconds):
    """(beat in seconds, times of the accents, their strengths): some beats and some 16ths between."""
    rng = np.random.default_rng([5, seed])
    beat = 60 / rng.uniform(80, 130)
    steps = np.arange(0.2, seconds - 0.3, beat / 4)
    chance = np.where(np.arange(len(steps)) % 4 == 0, 0.5, 0.15)
    times = steps[rng.random(len(steps)) < chance]
    return beat, times, rng.uniform(0.6, 1.0, len(times))


def grid_of(seed):
    """Its beats."""
    return BeatGrid.steady(60 / accents_of(seed, 4.0)[0], 0.2, "known")


def dance_of(seed, seconds):
    """MotionFrames: every accent is a jerk of the whole body that dies away."""
    _, times, strengths = accents_of(seed, seconds)
    rng = np.random.default_rng([6, seed])
    ticks = np.arange(int(seconds * TICK_HZ)) / TICK_HZ
    accent, speed = np.zeros(len(ticks)), 0.1 + 0.02 * rng.random(len(ticks))
    for time, strength in zip(times, strengths, strict=True):
        at = int(np.ceil(time * TICK_HZ))
        accent[at] = strength
        speed[at:] += strength * np.exp(-(ticks[at:] - time) / 0.2)
    frames = []
    for index, t in enumerate(ticks):
        features = np.zeros(len(MOTION_FEATURES), np.float32)
        features[VELOCITIES] = speed[index] / 3
        features[-2] = accent[index]
        frames.append(MotionFrame(index, float(t), features, min(1.0, speed[index] / 2), accent[index], True))
    return tuple(frames)


def music_of(seed, seconds, rate=RATE):
    """A noisy hit on every accent, as strong as it is, over soft hats on all 16ths."""
    beat, times, strengths = accents_of(seed, seconds)
    soft = np.arange(0.2, seconds - 0.3, beat / 4)
    return struck(times, strengths, seconds, rate) + struck(soft, np.full(len(soft), 0.08), seconds, rate)


def struck(times, strengths, seconds, rate=RATE):
    """float32: bursts of noise."""
    sound = np.zeros(int(seconds * rate), np.float32)
    shape = np.random.default_rng(0).standard_normal(rate // 20) * np.exp(-np.arange(rate // 20) / (rate / 120))
    for time, strength in zip(times, strengths, strict=True):
        at = int(time * rate)
        sound[at : at + len(shape)] += (0.3 * strength * shape)[: len(sound) - at]
    return sound


def clicks(period, seconds, first=0.2, rate=RATE):
    """A metronome."""
    times = np.arange(first, seconds - 0.1, period)
    return struck(times, np.ones(len(times)), seconds, rate)
