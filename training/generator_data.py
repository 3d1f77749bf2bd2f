"""What the generator learns from: for every paired song the codec's latents, and what the engine would know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from d2m_bridge.engine.conditioning import Conditioner
from d2m_bridge.engine.excitation import TonalClock, spectra
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.timeline import STEPS_PER_BEAT, sample_at
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from models.codec import Codec
from models.motion_encoder import MotionEncoder
from training.audio_data import Voices, song_voices
from training.pairs import MOTION_RATE_HZ
from training.songs import Song
from training.styles import STYLE_NAMES

_SILENT = 1e-3


@dataclass(frozen=True, slots=True)
class StemRow:
    """One stem of one song, frame by frame, float16 to fit in memory; its sound stays on disk.

    stem: which row of the song's voices; loud: frames where it is heard.
    """

    conditions: NDArray[np.float16]
    embedding: NDArray[np.float16]
    style: int
    latent: NDArray[np.float16]
    voices: Voices
    stem: int
    loud: NDArray[np.bool_]


def conditions_of(song: Song, clock: TonalClock, frames: int) -> NDArray[np.float32]:
    """float32 [4, frames, CONDITIONS], made by the runtime's own code."""
    conditioner = Conditioner(clock.hop)
    for step in song.plan:
        conditioner.push(step, sample_at(song.grid.time_at(step.step / STEPS_PER_BEAT), clock.sample_rate))
    return np.stack([conditioner.frame(index) for index in range(frames)], axis=1)


def frame_embeddings(song: Song, embedding: NDArray[np.float32], clock: TonalClock, frames: int) -> NDArray[np.float32]:
    """float32 [frames, E]: each latent frame carries the embedding that its step was planned with (engine.engine)."""
    starts = np.array([song.grid.time_at(step.step / STEPS_PER_BEAT) for step in song.plan])
    step = np.searchsorted(starts * clock.sample_rate, np.arange(frames) * clock.hop, side="right") - 1
    before = np.array([song.grid.time_at((s - 1) / STEPS_PER_BEAT) for s in np.maximum(step, 0)])
    tick = np.floor(before * MOTION_RATE_HZ + 1e-6).astype(int)
    known = (tick >= 0) & (step >= 0)
    return np.where(known[:, None], embedding[np.clip(tick, 0, len(embedding) - 1)], 0).astype(np.float32)


@torch.no_grad()
def stem_rows(song: Song, codec: Codec, encoder: MotionEncoder, clock: TonalClock) -> list[StemRow]:
    """The four rows of a song; silent stems are left out. Codec and encoder are on one device."""
    frames = song.stems.shape[1] // clock.hop
    no_picture = np.zeros((len(song.motion), len(VISUAL_FEATURES)), np.float32)
    seen = np.concatenate([song.motion, no_picture], axis=1)
    device = next(codec.parameters()).device
    embedding = encoder.whole(torch.from_numpy(seen)[None].to(device))[0].cpu().numpy()
    conditions = conditions_of(song, clock, frames).astype(np.float16)
    embeddings = frame_embeddings(song, embedding, clock, frames).astype(np.float16)
    audio = song.stems[:, : frames * clock.hop]
    voices = song_voices(song, clock.sample_rate)
    rows = []
    for index in range(len(STEMS)):
        samples = audio[index].astype(np.float32) / 32767
        loud = np.abs(samples).reshape(frames, clock.hop).max(axis=1) > _SILENT
        if loud.mean() < 0.05:
            continue
        latent = codec.encoder(torch.from_numpy(samples)[None].to(device))[0].cpu().numpy().astype(np.float16)
        rows.append(StemRow(conditions[index], embeddings, song.style, latent, voices, index, loud))
    return rows


class Passage(NamedTuple):
    """float32. conditions, embedding, style, noise, latent: [frames, ...] of a stem.

    audio [heard*hop] and excitation [heard, 2*bins]: of the last frames.
    """

    conditions: NDArray[np.float32]
    embedding: NDArray[np.float32]
    style: NDArray[np.float32]
    noise: NDArray[np.float32]
    latent: NDArray[np.float32]
    audio: NDArray[np.float32]
    excitation: NDArray[np.float32]


class RowSampler:
    """Draws passages of rows, rarely silent ones."""

    def __init__(self, rows: list[StemRow], clock: TonalClock, noise: int) -> None:
        self._rows, self._clock, self._noise = rows, clock, noise

    def draw(self, frames: int, heard: int, rng: np.random.Generator) -> Passage:
        """`frames` frames, of which the last `heard` can be heard."""
        hop, clock = self._clock.hop, self._clock
        while True:
            row = self._rows[rng.integers(len(self._rows))]
            room = len(row.latent) - frames - clock.window // hop
            if room < 1:
                continue
            start = int(rng.integers(room))
            here = slice(start, start + frames)
            if not row.loud[start + frames - heard : start + frames].any() and rng.random() < 0.9:
                continue
            style = np.zeros((frames, len(STYLE_NAMES)), np.float32)
            style[:, row.style] = 1
            begin = (start + frames - heard) * hop
            pulses = row.voices.pulse_wave(row.stem, begin - clock.lead, (heard - 1) * hop + clock.window, clock)
            return Passage(
                row.conditions[here].astype(np.float32),
                row.embedding[here].astype(np.float32),
                style,
                rng.standard_normal((frames, self._noise), np.float32),
                row.latent[here].astype(np.float32),
                row.voices.audio[row.stem, begin : begin + heard * hop].astype(np.float32) / 32767,
                spectra(pulses, clock),
            )
