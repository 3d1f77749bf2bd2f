"""Mono stems to a stereo picture: gain, equal-power pan that moves without a click, and a short ambience for width.

Limiting and loudness are not here: see limiter and master.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.timeline import Float32

# Stems that get width, and how loud their ambience is beside the dry sound. Drums and bass keep the centre firm.
WIDTH_DB = {"harmony": -6.0, "lead": -9.0}
TAPS = 28
FIRST_TAP_S, LAST_TAP_S = 0.004, 0.070
DECAY_DB = 24.0
BAND_HZ = (250.0, 7000.0)
GLIDE_S = 0.02
SEED = 20


@dataclass(frozen=True, slots=True)
class StemSettings:
    """gain_db: level; pan: -1 left .. 1 right; mute: the stem and its ambience are silent."""

    gain_db: float = 0.0
    pan: float = 0.0
    mute: bool = False

    def __post_init__(self) -> None:
        if not -1.0 <= self.pan <= 1.0:
            raise ValueError(f"pan runs from -1 (left) to 1 (right), got {self.pan}")


class Mixer:
    """Streams stems [4, N] (order of engine.plan.STEMS) to stereo. Any chunking gives the same bits."""

    def __init__(self, settings: Sequence[StemSettings], sample_rate: int) -> None:
        if len(settings) != len(STEMS):
            raise ValueError(f"a mix needs settings for {len(STEMS)} stems, got {len(settings)}")
        levels = np.array([0.0 if s.mute else 10 ** (s.gain_db / 20) for s in settings])
        self._levels = levels
        self._pans = tuple(s.pan for s in settings)
        self._gains = self._places(self._pans)
        self._before, self._left, self._glide = self._gains, 0, round(GLIDE_S * sample_rate)
        self._wide = [STEMS.index(name) for name in WIDTH_DB]
        amounts = np.array([levels[STEMS.index(name)] * 10 ** (db / 20) for name, db in WIDTH_DB.items()])
        self._ambience = _Ambience(amounts / np.sqrt(2), sample_rate)

    def pan(self, pans: tuple[float, ...]) -> None:
        """The stems glide to these places, each -1 left .. 1 right, from the next sample on."""
        if pans != self._pans:
            self._before, self._left = self._gains_now(1), self._glide
            self._pans, self._gains = pans, self._places(pans)

    def push(self, stems: Float32) -> Float32:
        """Stems float32 [4, N] to the mix float32 [N, 2]."""
        mix: Float32 = self._planes(stems).sum(axis=0)
        return np.ascontiguousarray(mix.T)

    def push_stems(self, stems: Float32) -> Float32:
        """Stems float32 [4, N] to their stereo parts float32 [4, N, 2], whose sum is what `push` gives."""
        return self._planes(stems).transpose(0, 2, 1)

    def _planes(self, stems: Float32) -> Float32:
        count = stems.shape[1]
        planes: Float32 = stems[:, None, :] * self._gains_now(count)  # [4, 2, N]
        self._left = max(0, self._left - count)
        # The ambience is pure side signal: it cancels in mono, where the dry stem remains as it was.
        side = self._ambience.push(stems[self._wide])
        planes[self._wide, 0] += side
        planes[self._wide, 1] -= side
        return planes

    def _places(self, pans: tuple[float, ...]) -> Float32:
        """float32 [4, 2, 1]."""
        angles = (np.array(pans) + 1) * np.pi / 4
        gains = np.stack([np.cos(angles), np.sin(angles)], axis=1) * self._levels[:, None]
        places: Float32 = gains.astype(np.float32)[:, :, None]
        return places

    def _gains_now(self, count: int) -> Float32:
        """float32 [4, 2, count], or [4, 2, 1] while nothing moves."""
        if not self._left:
            return self._gains
        to_go = np.maximum(0, (self._left - 1 - np.arange(count)) / self._glide).astype(np.float32)
        moving: Float32 = self._gains + to_go * (self._before - self._gains)
        return moving


class _Ambience:
    """Early reflections as decaying velvet noise: sparse taps of random sign, another pattern for each stem."""

    def __init__(self, amounts: np.ndarray[tuple[int], np.dtype[np.float64]], sample_rate: int) -> None:
        from scipy.signal import butter

        random = np.random.default_rng(SEED)
        edges = np.geomspace(FIRST_TAP_S, LAST_TAP_S, TAPS + 1) * sample_rate
        shape = (len(amounts), TAPS)
        # One tap at a random place in each slot, so that no slot is empty and none sounds like an echo.
        self._delays = np.round(edges[:-1] + random.random(shape) * np.diff(edges)).astype(int)
        weights = random.choice([-1.0, 1.0], shape) * 10 ** (-DECAY_DB / 20 * self._delays / self._delays.max())
        weights *= amounts[:, None] / np.linalg.norm(weights, axis=1, keepdims=True)
        self._weights = weights.astype(np.float32)
        self._past = np.zeros((len(amounts), int(self._delays.max())), np.float32)
        nyquist = sample_rate / 2
        self._band = butter(1, [BAND_HZ[0], min(BAND_HZ[1], 0.9 * nyquist)], "bandpass", fs=sample_rate, output="sos")
        self._band_state = np.zeros((len(self._band), len(amounts), 2))

    def push(self, dry: Float32) -> Float32:
        """Dry stems float32 [S, N] to their side signal float32 [S, N]."""
        from scipy.signal import sosfilt

        count = dry.shape[1]
        if count == 0:
            return dry
        band, self._band_state = sosfilt(self._band, dry, axis=1, zi=self._band_state)
        line = np.concatenate([self._past, band.astype(np.float32)], axis=1)
        origin = self._past.shape[1]
        self._past = line[:, line.shape[1] - origin :]
        side = np.zeros_like(dry)
        for out, past, delays, weights in zip(side, line, self._delays, self._weights, strict=True):
            for delay, weight in zip(delays, weights, strict=True):
                out += weight * past[origin - delay : origin - delay + count]
        return side
