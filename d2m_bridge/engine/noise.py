"""Randomness that belongs to a place: keyed by seed and absolute index, so that any chunking draws the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.timeline import Float32

_PLAN, _SOUND, _KEY, _SONG = 1, 2, 3, 4


def _generator(seed: int, purpose: int, index: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, purpose], counter=[0, 0, 0, index]))


def plan_uniforms(seed: int, step: int, count: int) -> NDArray[np.float64]:
    """float64 [count] in 0..1 for the planner's decisions on a step."""
    return _generator(seed, _PLAN, step).random(count)


def sound_noise(seed: int, frame: int, count: int) -> Float32:
    """float32 [count], standard normal, for the generator's latent frame."""
    return _generator(seed, _SOUND, frame).standard_normal(count).astype(np.float32)


def key_of(seed: int) -> int:
    """Pitch class 0..11 of the song."""
    return int(_generator(seed, _KEY, 0).integers(12))


def song_chances(seed: int, places: int, voices: int) -> Float32:
    """float32 [places, voices], standard normal, for what holds in the whole song."""
    return _generator(seed, _SONG, 0).standard_normal((places, voices)).astype(np.float32)
