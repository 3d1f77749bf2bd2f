"""Random stretches of audio for the codec: single stems, mixes and real music."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

from d2m_bridge.engine.excitation import Score, TonalClock, pulse_train, spectra
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.timeline import STEPS_PER_BEAT, sample_at
from training.songs import Song, load_song

MIX_SHARE, REAL_SHARE = 0.15, 0.2
_QUIET = 0.003


@dataclass(frozen=True, slots=True)
class Voices:
    """What a codec row is drawn from: audio int16 [rows, N], excitation float32 [rows, N] (zeros: unknown notes)."""

    audio: NDArray[np.int16]
    pulses: NDArray[np.float32]


def load_songs(corpus: Path, clock: TonalClock) -> list[Voices]:
    """The stems of every song of training.corpus with the pulse trains of their notes."""
    folders = sorted(path.parent for path in corpus.glob("*/meta.json"))
    if not folders:
        raise FileNotFoundError(f"{corpus}: no songs; run python -m training.corpus --out {corpus}")
    return [song_voices(load_song(folder), clock) for folder in folders]


def song_voices(song: Song, clock: TonalClock) -> Voices:
    """One song's four rows."""
    score = Score()
    for step in song.plan:
        score.push(step, sample_at(song.grid.time_at(step.step / STEPS_PER_BEAT), clock.sample_rate))
    pulses = np.zeros(song.stems.shape, np.float32)
    for stem, notes in score.pulses.items():
        pulses[STEMS.index(stem)] = pulse_train(notes, 0, pulses.shape[1], clock)
    return Voices(song.stems, pulses)


def load_real_music(data: Path, split: str, sample_rate: int) -> dict[str, NDArray[np.int16]]:
    """Name -> int16 [N] mono: the whole tracks that the manifest puts in a split."""
    names = json.loads((data / "splits.json").read_text())["audio"][split]
    tracks = {}
    for name in names:
        if name.startswith("sonicpi"):
            continue
        samples, rate = soundfile.read(data / "audio" / name, dtype="float32", always_2d=True)
        mono = soxr.resample(samples.mean(axis=1), rate, sample_rate)
        tracks[name] = (np.clip(mono, -1, 1) * 32767).astype(np.int16)
    return tracks


class AudioSampler:
    """Draws batches. Silence is drawn rarely: it teaches little."""

    def __init__(self, songs: list[Voices], real: list[NDArray[np.int16]], clock: TonalClock, seed: int) -> None:
        self._songs, self._real, self._clock = songs, real, clock
        self._rng = np.random.default_rng(seed)

    def _one(self, length: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        rng = self._rng
        covered = length - self._clock.hop + self._clock.window
        for _ in range(6):
            kind = rng.random()
            if kind < REAL_SHARE:
                track = self._real[rng.integers(len(self._real))]
                start = rng.integers(self._clock.lead, len(track) - length)
                piece = track[start : start + length].astype(np.float32)
                pulses = np.zeros(covered, np.float32)
            else:
                song = self._songs[rng.integers(len(self._songs))]
                start = rng.integers(self._clock.lead, song.audio.shape[1] - length - self._clock.window)
                rows = slice(None) if kind < REAL_SHARE + MIX_SHARE else [rng.integers(len(STEMS))]
                piece = song.audio[rows, start : start + length].astype(np.float32).sum(axis=0)
                begin = start - self._clock.lead
                pulses = song.pulses[rows, begin : begin + covered].sum(axis=0)
            piece /= 32767
            if np.abs(piece).max() > _QUIET:
                break
        return piece * np.float32(rng.uniform(0.5, 1.1)), spectra(pulses, self._clock)

    def batch(self, size: int, length: int) -> tuple[Tensor, Tensor]:
        """Audio float32 [size, length], excitation float32 [size, length / hop, 2 * bins]."""
        audio, excitation = zip(*(self._one(length) for _ in range(size)), strict=True)
        return torch.from_numpy(np.stack(audio)), torch.from_numpy(np.stack(excitation))
