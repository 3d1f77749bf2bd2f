"""Random stretches of audio for the codec: single stems, mixes and real music, with what is known of their pitches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from d2m_bridge.engine.excitation import Pulse, Score, TonalClock, pulse_train, spectra
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.timeline import STEPS_PER_BEAT, Float32, sample_at
from training.partials import excitation, partials_of
from training.songs import Song, load_meta, load_song

MIX_SHARE, REAL_SHARE = 0.2, 0.2
_QUIET = 0.003


@dataclass(frozen=True, slots=True)
class Voices:
    """A song's stems, int16 [4, N] on disk, and the pulses of each; drums have none."""

    audio: NDArray[np.int16]
    pulses: tuple[list[Pulse], ...]

    def pulse_wave(self, row: int, start: int, length: int, clock: TonalClock) -> Float32:
        """float32 [length]: the pulse trains of one stem from a sample on."""
        return pulse_train(self.pulses[row], start, length, clock).astype(np.float32)


class Stretch(NamedTuple):
    """audio float32 [N]; excitation float32 [N / hop, 2 * bins]; bass_is_coded: 1 where the codes alone make what lies
    below 250 Hz, 0 where the pulses of the plan do.
    """

    audio: Float32
    excitation: Float32
    bass_is_coded: float


def load_songs(corpus: Path, split: str = "train") -> list[Voices]:
    """The songs of training.corpus that belong to a split."""
    folders = sorted(path.parent for path in corpus.glob("*/meta.json"))
    if not folders:
        raise FileNotFoundError(f"{corpus}: no songs; run python -m training.corpus --out {corpus}")
    return [song_voices(load_song(folder)) for folder in folders if load_meta(folder)["split"] == split]


def song_voices(song: Song, sample_rate: int = 44100) -> Voices:
    """One song's four rows."""
    score = Score()
    for step in song.plan:
        score.push(step, sample_at(song.grid.time_at(step.step / STEPS_PER_BEAT), sample_rate))
    return Voices(song.stems, tuple(score.pulses.get(stem, []) for stem in STEMS))


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
    """Draws stretches. Silence is drawn rarely: it teaches little."""

    def __init__(self, songs: list[Voices], real: list[NDArray[np.int16]], clock: TonalClock) -> None:
        self._songs, self._real, self._clock = songs, real, clock

    def draw(self, length: int, rng: np.random.Generator) -> Stretch:
        """`length` samples, a whole number of hops."""
        for _ in range(6):
            found = self._any(length, rng)
            if np.abs(found.audio).max() > _QUIET:
                break
        return found._replace(audio=found.audio * np.float32(rng.uniform(0.5, 1.1)))

    def _any(self, length: int, rng: np.random.Generator) -> Stretch:
        clock = self._clock
        kind = rng.random()
        if kind < REAL_SHARE:
            track = self._real[rng.integers(len(self._real))]
            start = rng.integers(len(track) - length)
            return self._foreign(track[start : start + length])
        song = self._songs[rng.integers(len(self._songs))]
        start = rng.integers(clock.lead, song.audio.shape[1] - length - clock.window)
        if kind < REAL_SHARE + MIX_SHARE:
            return self._foreign(song.audio[:, start : start + length].sum(axis=0, dtype=np.float32))
        row = int(rng.integers(len(STEMS)))
        wave = song.pulse_wave(row, start - clock.lead, length - clock.hop + clock.window, clock)
        piece = song.audio[row, start : start + length].astype(np.float32) / 32767
        return Stretch(piece, spectra(wave, clock), float(not song.pulses[row]))

    def _foreign(self, samples: NDArray[np.generic]) -> Stretch:
        """Music whose notes are not known: its partials are measured."""
        piece = samples.astype(np.float32) / 32767
        measured = excitation(partials_of(piece, self._clock), self._clock, len(piece) // self._clock.hop)
        return Stretch(piece, measured, 1.0)
