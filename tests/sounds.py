"""Test signals, and independent ways to measure sound."""

import numpy as np
from scipy.signal import resample_poly

CHUNKS = [1, 7, 64, 65, 8193]


def chunks(samples: np.ndarray, size: int) -> list[np.ndarray]:
    """Cut float32 [N, C] into pieces of `size`."""
    return [samples[start : start + size] for start in range(0, len(samples), size)]


def sine(hz: float, amplitude: float, length_s: float, sample_rate: int, phase: float = 0.0) -> np.ndarray:
    """The same sine on both channels, float32 [N, 2]."""
    t = np.arange(round(length_s * sample_rate)) / sample_rate
    wave = amplitude * np.sin(2 * np.pi * hz * t + phase)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def drum_loop(length_s: float, sample_rate: int, seed: int = 0) -> np.ndarray:
    """Kick, snare and hats at 120 bpm with high peaks and short tails, float32 [N, 2]."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(length_s * sample_rate))
    t = np.arange(sample_rate // 4) / sample_rate
    kick = np.sin(2 * np.pi * 55 * t) * np.exp(-t / 0.04)
    snare = 0.8 * rng.standard_normal(len(t)) * np.exp(-t / 0.02)
    hat = 0.4 * np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-t / 0.006)
    for eighth in range(int(length_s * 4)):
        hit = hat + (kick if eighth % 4 == 0 else 0) + (snare if eighth % 4 == 2 else 0)
        start = eighth * sample_rate // 4
        sound[start : start + len(hit)] += hit[: len(sound) - start]
    return np.stack([sound, sound], axis=1).astype(np.float32)


def true_peak_db(samples: np.ndarray) -> float:
    """The peak between the samples, by eightfold oversampling of float32 [N, C]."""
    peak = np.abs(resample_poly(samples.astype(np.float64), 8, 1, axis=0, window=("kaiser", 9.0))).max(initial=0.0)
    return float(20 * np.log10(peak)) if peak > 0 else -np.inf
