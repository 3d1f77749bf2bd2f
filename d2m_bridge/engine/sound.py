"""From rows of conditions to stems, in blocks at fixed places: generator and residual VQ, then the decoder.

Blocks begin at multiples of block_frames, however the input was chunked: the graphs are called the same way live and
offline, which is why both give the same samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.conditioning import Conditioner
from d2m_bridge.engine.dynamics import Dynamics
from d2m_bridge.engine.excitation import Exciter
from d2m_bridge.engine.graphs import Models, Stream
from d2m_bridge.engine.noise import sound_noise
from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.manifest import Manifest
from d2m_bridge.timeline import Float32


@dataclass(frozen=True, slots=True)
class CodedBlock:
    """What the decoder needs for block_frames latent frames.

    start: its first sample, below 0 while the decoder runs in. codes: int64 [4, books, T]. excitation: float32
    [4, T, 2 * bins]. gains: float32 [T * hop], of the samples.
    """

    start: int
    codes: NDArray[np.int64]
    excitation: Float32
    gains: Float32


@dataclass(frozen=True, slots=True)
class LostBlock:
    """A block whose time had passed before it could be composed. start: its first sample; count: samples of silence."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class StemBlock:
    """start: first sample. samples: float32 [4, N] mono stems in the order of STEMS. codes: int64 [4, books, T], T is 0
    where the block was lost.
    """

    start: int
    samples: Float32
    codes: NDArray[np.int64]


class CodeStream:
    """Takes steps of the plan, then one latent frame after the other; gives a block whenever one is full."""

    def __init__(self, models: Models, style: Float32, seed: int) -> None:
        self._manifest = models.manifest
        self._generator = Stream(models, "generator", len(STEMS))
        self._conditioner = Conditioner(self._manifest.hop)
        self._exciter = Exciter(models.clock)
        self._dynamics = Dynamics(self._manifest.sample_rate)
        self.set_style(style)
        self.seed = seed
        self.heard_from = -lag(models.manifest)  # a block that ends before this sample is lost: nobody would hear it
        self._rows: list[tuple[Float32, Float32]] = []
        self._block = 0

    @property
    def frames_taken(self) -> int:
        """The next latent frame that advance() will take."""
        return self._block * self._manifest.block_frames + len(self._rows)

    def set_style(self, style: Float32) -> None:
        """From the next block on; float32 [S], weights that sum to 1."""
        self._style = np.broadcast_to(style, (len(STEMS), self._manifest.block_frames, len(style))).astype(np.float32)

    def push(self, step: PlanStep, sample: int, energy: float, accent: float = 0.0, level_db: float = 0.0) -> None:
        """A step of the plan, its first sample, the dancer's energy and accent, 0..1, what is added to its level."""
        self._conditioner.push(step, sample)
        self._exciter.push(step, sample)
        self._dynamics.push(sample, energy, accent, level_db)

    def advance(self, embedding: Float32) -> CodedBlock | LostBlock | None:
        """One latent frame further, with its embedding float32 [E]; every step that starts in it must be known."""
        self._rows.append((self._conditioner.frame(self.frames_taken), embedding))
        count = self._manifest.block_frames
        if len(self._rows) < count:
            return None
        first = self._block * count
        start, samples = first * self._manifest.hop - lag(self._manifest), count * self._manifest.hop
        if start + samples <= self.heard_from:
            self._rows.clear()
            self._block += 1
            return LostBlock(start, samples)
        noise = np.stack([sound_noise(self.seed, first + i, self._manifest.noise) for i in range(count)])
        embeddings = np.stack([embedding for _, embedding in self._rows])
        codes: NDArray[np.int64] = self._generator(
            conditions=np.stack([row for row, _ in self._rows], axis=1),
            embedding=np.repeat(embeddings[None], len(STEMS), axis=0),
            style=self._style,
            noise=np.repeat(noise[None], len(STEMS), axis=0),
        )
        latents = range(first - self._manifest.look_ahead_frames, first - self._manifest.look_ahead_frames + count)
        excitation = np.stack([self._exciter.frame(latent) for latent in latents], axis=1)
        self._rows.clear()
        self._block += 1
        return CodedBlock(start, codes, excitation, self._dynamics.gains(start, samples))


class StemDecoder:
    """Codes to sound; takes the blocks of one stream in order."""

    def __init__(self, models: Models) -> None:
        self._decoder = Stream(models, "decoder", len(STEMS))
        self._no_codes = np.zeros((len(STEMS), models.manifest.books, 0), np.int64)

    def __call__(self, block: CodedBlock | LostBlock) -> StemBlock:
        """The block's stems; the first blocks are shorter, or empty: what comes before sample 0 is the run-in."""
        audio: Float32
        if isinstance(block, LostBlock):
            audio, codes = np.zeros((len(STEMS), block.count), np.float32), self._no_codes
        else:
            audio, codes = self._decoder(codes=block.codes, excitation=block.excitation) * block.gains, block.codes
        return StemBlock(max(0, block.start), audio[:, max(0, -block.start) :], codes)


def lag(manifest: Manifest) -> int:
    """Samples by which the decoder's output lies behind the latent frames."""
    return manifest.delay_samples + manifest.look_ahead_frames * manifest.hop
