"""From rows of conditions to stems: generator, residual VQ and decoder in blocks at fixed places.

Blocks begin at multiples of block_frames, however the input was chunked: the graphs are called the same way live and
offline, which is why both give the same samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.conditioning import Conditioner
from d2m_bridge.engine.excitation import Exciter
from d2m_bridge.engine.graphs import Models, Stream
from d2m_bridge.engine.noise import sound_noise
from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.timeline import Float32


@dataclass(frozen=True, slots=True)
class StemBlock:
    """start: first sample. samples: float32 [4, N] mono stems in the order of STEMS. codes: int64 [4, books, T]."""

    start: int
    samples: Float32
    codes: NDArray[np.int64]


class SoundStream:
    """Takes steps of the plan, then one latent frame after the other; gives a block whenever one is full."""

    def __init__(self, models: Models, style: Float32, seed: int) -> None:
        self._manifest = models.manifest
        self._generator = Stream(models, "generator", len(STEMS))
        self._decoder = Stream(models, "decoder", len(STEMS))
        self._conditioner = Conditioner(self._manifest.hop)
        self._exciter = Exciter(models.clock)
        self._style = np.broadcast_to(style, (len(STEMS), self._manifest.block_frames, len(style))).astype(np.float32)
        self._seed = seed
        self._rows: list[tuple[Float32, Float32]] = []
        self._block = 0

    @property
    def frames_taken(self) -> int:
        """The next latent frame that advance() will take."""
        return self._block * self._manifest.block_frames + len(self._rows)

    @property
    def lag(self) -> int:
        """Samples by which the output lies behind the input."""
        return self._manifest.delay_samples + self._manifest.look_ahead_frames * self._manifest.hop

    def push(self, step: PlanStep, sample: int) -> None:
        """A step of the plan and the sample at which it starts."""
        self._conditioner.push(step, sample)
        self._exciter.push(step, sample)

    def advance(self, embedding: Float32) -> StemBlock | None:
        """One latent frame further, with its embedding float32 [E]; every step that starts in it must be known."""
        self._rows.append((self._conditioner.frame(self.frames_taken), embedding))
        count = self._manifest.block_frames
        if len(self._rows) < count:
            return None
        first = self._block * count
        noise = np.stack([sound_noise(self._seed, first + i, self._manifest.noise) for i in range(count)])
        embeddings = np.stack([embedding for _, embedding in self._rows])
        codes: NDArray[np.int64] = self._generator(
            conditions=np.stack([row for row, _ in self._rows], axis=1),
            embedding=np.repeat(embeddings[None], len(STEMS), axis=0),
            style=self._style,
            noise=np.repeat(noise[None], len(STEMS), axis=0),
        )
        latents = range(first - self._manifest.look_ahead_frames, first - self._manifest.look_ahead_frames + count)
        excitation = np.stack([self._exciter.frame(latent) for latent in latents], axis=1)
        audio = self._decoder(codes=codes, excitation=excitation)
        self._rows.clear()
        self._block += 1
        return self._placed(first * self._manifest.hop - self.lag, audio, codes)

    @staticmethod
    def _placed(start: int, audio: Float32, codes: NDArray[np.int64]) -> StemBlock:
        if start < 0:  # what comes before the first frame is the graphs' run-in
            audio = audio[:, -start:]
            start = 0
        return StemBlock(start, audio, codes)
