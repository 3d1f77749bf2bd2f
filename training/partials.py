"""The side information of music whose notes nobody knows: its strongest partials, measured, counted in bits, resounded.

The decoder's tonal head weighs an excitation (models.codec). Music of our own brings it along as the plan's notes. For
any other music this module sends the steadiest spectral peaks between 180 Hz and 2.5 kHz as tracks of one frequency
each (McAulay and Quatieri, 1986, without amplitudes and phases: those are the codes' business).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from d2m_bridge.engine.excitation import TonalClock, spectra
from d2m_bridge.timeline import Float32

WINDOW, HOP = 4096, 2048
LOWEST_HZ, HIGHEST_HZ = 180.0, 2500.0
GRID_CENTS = 10.0
MOST_AT_ONCE, BIRTHS_A_SECOND = 12, 50
SHORTEST, LONGEST = 2, 32  # analysis frames
_PROMINENCE_DB, _FLOOR_DB = 9.0, -75.0
_NEAR_CENTS = 40.0
_FADE_S = 0.02
_FREQUENCY_BITS = int(np.ceil(np.log2(1200 * np.log2(HIGHEST_HZ / LOWEST_HZ) / GRID_CENTS)))
_LENGTH_BITS = int(np.ceil(np.log2(LONGEST - SHORTEST + 1)))
_COUNT_BITS = int(np.ceil(np.log2(MOST_AT_ONCE + 1)))


@dataclass(frozen=True, slots=True)
class Partials:
    """hertz, onset, end: one entry a track, float and samples. bits: what they cost to send."""

    hertz: NDArray[np.float64]
    onset: NDArray[np.int64]
    end: NDArray[np.int64]
    bits: int


@dataclass(slots=True)
class _Track:
    first: int
    cents: list[float]
    decibels: list[float]


def partials_of(audio: NDArray[np.floating], clock: TonalClock) -> Partials:
    """The partials of mono audio, float [N], full scale 1."""
    frames = _peaks(audio, clock.sample_rate)
    tracks = _kept(_follow(frames), clock.sample_rate)
    hertz = LOWEST_HZ * 2 ** (np.array([_middle(track) for track in tracks]) / 1200)
    onset = np.array([track.first for track in tracks], np.int64) * HOP
    end = onset + np.array([len(track.cents) for track in tracks], np.int64) * HOP
    bits = len(tracks) * (_FREQUENCY_BITS + _LENGTH_BITS) + len(frames) * _COUNT_BITS
    return Partials(hertz, onset, end, bits)


def excitation(partials: Partials, clock: TonalClock, frames: int) -> Float32:
    """float32 [frames, 2 * bins]: the tracks as cosines of amplitude 1, seen as the decoder's tonal frames see them."""
    length = (frames - 1) * clock.hop + clock.window
    wave = np.zeros(length)
    fade = int(_FADE_S * clock.sample_rate)
    for hertz, onset, end in zip(partials.hertz, partials.onset, partials.end, strict=True):
        first, last = max(0, onset + clock.lead), min(length, end + fade + clock.lead)
        n = np.arange(first, last) - onset - clock.lead
        loud = np.minimum(1, np.minimum((n + 1) / fade, (end - onset + fade - n) / fade))
        wave[first:last] += loud * np.cos(2 * np.pi * hertz / clock.sample_rate * n)
    return spectra(wave, clock)


def _peaks(audio: NDArray[np.floating], sample_rate: int) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Cents above LOWEST_HZ and decibels of the spectral peaks of each frame; frame i is centred on (i + 1/2) * HOP."""
    edge = WINDOW // 2 - HOP // 2
    count = max(1, len(audio) // HOP)
    padded = np.pad(audio, (edge, WINDOW + HOP))
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[: count * HOP : HOP]
    spectrum = np.abs(np.fft.rfft(views * np.hanning(WINDOW), axis=1)) * (2 / WINDOW)
    step = sample_rate / WINDOW
    low, high = int(LOWEST_HZ / step), int(np.ceil(HIGHEST_HZ / step))
    decibels = 20 * np.log10(spectrum[:, low - 1 : high + 2] + 1e-7)
    ground = median_filter(decibels, size=(1, 41), mode="nearest")
    here = decibels[:, 1:-1]
    is_peak = (here > decibels[:, :-2]) & (here >= decibels[:, 2:])
    is_peak &= (here > ground[:, 1:-1] + _PROMINENCE_DB) & (here > _FLOOR_DB)
    found = []
    for row, peaks in enumerate(is_peak):
        bins = np.nonzero(peaks)[0] + 1
        left, middle, right = (decibels[row, bins + d] for d in (-1, 0, 1))
        shift = 0.5 * (left - right) / (left - 2 * middle + right - 1e-9)
        hertz = (low - 1 + bins + shift) * step
        inside = (hertz > LOWEST_HZ) & (hertz < HIGHEST_HZ)
        order = np.argsort(-middle[inside], kind="stable")[: 2 * MOST_AT_ONCE]
        found.append((1200 * np.log2(hertz[inside][order] / LOWEST_HZ), middle[inside][order]))
    return found


def _follow(frames: list[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> list[_Track]:
    """Joins peaks of neighbouring frames, loudest first."""
    done: list[_Track] = []
    open_tracks: list[_Track] = []
    for index, (cents, decibels) in enumerate(frames):
        free = np.ones(len(cents), bool)
        still_open: list[_Track] = []
        for track in sorted(open_tracks, key=lambda track: -track.decibels[-1]):
            away = np.where(free, np.abs(cents - track.cents[-1]), np.inf)
            best = int(away.argmin()) if len(away) else -1
            if best >= 0 and away[best] < _NEAR_CENTS and len(track.cents) < LONGEST:
                free[best] = False
                track.cents.append(float(cents[best]))
                track.decibels.append(float(decibels[best]))
                still_open.append(track)
            else:
                done.append(track)
        for peak in np.nonzero(free)[0]:
            if len(still_open) >= MOST_AT_ONCE:
                break
            still_open.append(_Track(index, [float(cents[peak])], [float(decibels[peak])]))
        open_tracks = still_open
    return [track for track in (*done, *open_tracks) if len(track.cents) >= SHORTEST]


def _kept(tracks: list[_Track], sample_rate: int) -> list[_Track]:
    """The most telling tracks of every second, in order of time."""
    seconds: dict[int, list[_Track]] = {}
    for track in tracks:
        seconds.setdefault(track.first * HOP // sample_rate, []).append(track)
    kept = [
        track
        for _, born in sorted(seconds.items())
        for track in sorted(born, key=lambda track: -_weight(track))[:BIRTHS_A_SECOND]
    ]
    return sorted(kept, key=lambda track: track.first)


def _weight(track: _Track) -> float:
    return len(track.cents) * (max(track.decibels) - _FLOOR_DB)


def _middle(track: _Track) -> float:
    """The track's pitch in cents, on the grid that is sent."""
    return round(float(np.median(track.cents)) / GRID_CENTS) * GRID_CENTS
