"""The side information of music whose notes nobody knows: its strongest partials, measured, counted in bits, resounded.

The decoder's tonal head weighs an excitation (models.codec). Music of our own brings it along as the plan's notes. For
any other music this module sends the steadiest spectral peaks between 180 Hz and 2.5 kHz as tracks of one frequency
each (McAulay and Quatieri, 1986, without phases). How loud they are is the codes' business, by and large: a level that
is sent with each track corrects what is decoded from them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from d2m_bridge.engine.excitation import TonalClock, spectra
from d2m_bridge.timeline import Float32

WINDOW, HOP = 4096, 2048
LOWEST_HZ, HIGHEST_HZ = 180.0, 2500.0
GRID_CENTS = 10.0
MOST_AT_ONCE, BIRTHS_A_SECOND = 40, 50  # with the codes at most 2.6 kbit/s
SHORTEST, LONGEST = 2, 32  # analysis frames
LEVEL_STEP_DB, LOWEST_DB, HIGHEST_DB = 2.0, -20.0, 16.0
CORRECTIONS = 2
_PROMINENCE_DB, _FLOOR_DB = 7.5, -75.0
_NEAR_CENTS = 40.0
_SILENT_POWER = 1e-12
_FADE_S = 0.02
_PITCHES = int(1200 * np.log2(HIGHEST_HZ / LOWEST_HZ) / GRID_CENTS) + 1


@dataclass(frozen=True, slots=True)
class Partials:
    """One entry a track. hertz; onset, end: samples; level_db: 0 is as loud as the codes alone would have it.

    frames: analysis frames of the whole sound.
    """

    hertz: NDArray[np.float64]
    onset: NDArray[np.int64]
    end: NDArray[np.int64]
    level_db: NDArray[np.float64]
    frames: int

    @property
    def bits(self) -> int:
        """What they cost to send, by an adaptive arithmetic code: music comes back to its pitches."""
        pitches = (1200 * np.log2(self.hertz / LOWEST_HZ) / GRID_CENTS).round().astype(np.int64)
        births = np.bincount(self.onset // HOP, minlength=self.frames)
        lengths = (self.end - self.onset) // HOP - SHORTEST
        levels = ((self.level_db - LOWEST_DB) / LEVEL_STEP_DB).round().astype(np.int64)
        return math.ceil(
            adaptive_bits(pitches, _PITCHES)
            + adaptive_bits(births, MOST_AT_ONCE + 1)
            + adaptive_bits(lengths, LONGEST - SHORTEST + 1)
            + adaptive_bits(levels, round((HIGHEST_DB - LOWEST_DB) / LEVEL_STEP_DB) + 1)
        )


def adaptive_bits(symbols: NDArray[np.integer], size: int) -> float:
    """The length of an arithmetic code that learns on its way how often each of `size` symbols comes, in bits.

    Krichevsky and Trofimov, 1981: a symbol seen n times among N has the probability (n + 1/2) / (N + size/2).
    """
    counts, bits = np.full(size, 0.5), 0.0
    for index, symbol in enumerate(symbols):
        bits -= math.log2(counts[symbol] / (index + size / 2))
        counts[symbol] += 1
    return bits


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
    return Partials(hertz, onset, end, np.zeros(len(tracks)), len(frames))


def corrected(partials: Partials, audio: Float32, sample_rate: int, decode: Callable[[Partials], Float32]) -> Partials:
    """The partials with the levels at which the decoded ones are as loud as those of the audio.

    decode: what the codes and some partials sound like together, float32 [N], in step with the audio.
    """
    wanted = _loudness(audio, partials, sample_rate)
    for _ in range(CORRECTIONS):
        missing_db = 10 * np.log10(wanted / _loudness(decode(partials), partials, sample_rate))
        level_db = ((partials.level_db + missing_db) / LEVEL_STEP_DB).round() * LEVEL_STEP_DB
        partials = replace(partials, level_db=level_db.clip(LOWEST_DB, HIGHEST_DB))
    return partials


def _loudness(audio: Float32, partials: Partials, sample_rate: int) -> NDArray[np.float64]:
    """The power of each track's three bins, over its whole length."""
    power = np.square(_spectra_of(audio))
    bins = (partials.hertz * WINDOW / sample_rate).round().astype(int)
    spans = zip(bins, partials.onset // HOP, partials.end // HOP, strict=True)
    return np.array([power[first:last, at - 1 : at + 2].sum() for at, first, last in spans]) + _SILENT_POWER


def excitation(partials: Partials, clock: TonalClock, frames: int) -> Float32:
    """float32 [frames, 2 * bins]: the tracks as cosines, as the decoder's tonal frames see them; 0 dB: amplitude 1."""
    length = (frames - 1) * clock.hop + clock.window
    wave = np.zeros(length)
    fade = int(_FADE_S * clock.sample_rate)
    loudness = 10 ** (partials.level_db / 20)
    for hertz, onset, end, level in zip(partials.hertz, partials.onset, partials.end, loudness, strict=True):
        first, last = max(0, onset + clock.lead), min(length, end + fade + clock.lead)
        n = np.arange(first, last) - onset - clock.lead
        loud = np.minimum(1, np.minimum((n + 1) / fade, (end - onset + fade - n) / fade))
        wave[first:last] += level * loud * np.cos(2 * np.pi * hertz / clock.sample_rate * n)
    return spectra(wave, clock)


def _peaks(audio: NDArray[np.floating], sample_rate: int) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Cents above LOWEST_HZ and decibels of the spectral peaks of each frame; frame i is centred on (i + 1/2) * HOP."""
    spectrum = _spectra_of(audio)
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


def _spectra_of(audio: NDArray[np.floating]) -> NDArray[np.float64]:
    """Magnitudes [frames, WINDOW / 2 + 1]; a full-scale sine is 0.5."""
    edge = WINDOW // 2 - HOP // 2
    count = max(1, len(audio) // HOP)
    padded = np.pad(audio, (edge, WINDOW + HOP))
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[: count * HOP : HOP]
    return np.abs(np.fft.rfft(views * np.hanning(WINDOW), axis=1)) * (2 / WINDOW)


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
