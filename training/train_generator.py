"""Train the generator: D2M-GAN's losses (Zhu et al., ECCV 2022), with gradient through the decoder.

    python -m training.train_generator --corpus corpus/pairs --codec runs/codec --planner runs/planner --run RUN

Terms and weights are the paper's code's (adversarial 1, feature matching 3, latent 5, code 8, mel 15); there the mel
term had no gradient, here codes pass it straight through. Its audio term, an L1 of waveforms without gradient, is one
of levels here (docs/decisions/0010-levels-not-waveforms.md); spectra and pitch classes are compared besides. The
adversary hears spectrograms of the decoded audio and joins late. Resumes from RUN/last.safetensors, written every five
minutes and at the end (training.runner). --start-from MODEL goes on with the generator of an exported model.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from d2m_bridge.engine.conditioning import CONDITIONS
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from models.codec import Codec, CodecConfig
from models.generator import Generator
from models.ranks import ranks, total_of_ranks
from training.adversary import Adversary
from training.board import Board
from training.encode import codec_file
from training.exported_generator import load_exported_generator
from training.generator_data import Passage, RowSampler, StemRow, stem_rows
from training.losses import CHROMA_SIZE, STFT_SIZES, chroma_loss, level_loss, mel_loss, spectral_level, spectral_loss
from training.mel import chroma_basis
from training.pairs import MOTION_RATE_HZ
from training.runner import RunOptions, add_run_options, launch, one_line_errors, train
from training.songs import load_song
from training.styles import STYLE_NAMES, STYLES
from training.task import Outcome, Task, averaged
from training.train_codec import load_codec, tonal_clock
from training.train_planner import EMBEDDING, encoder_file, load_encoder

if TYPE_CHECKING:
    from lightning.fabric import Fabric

NOISE = 16
W_FEATURES, W_LATENT, W_CODE, W_LEVEL, W_MEL, W_SPECTRAL, W_CHROMA = 3.0, 5.0, 8.0, 15.0, 15.0, 5.0, 5.0
# At its height; a generator that has learnt already would forget at the rate of one that has not.
LEARNING_RATE, RATE_OF_GOING_ON = 6e-4, 3e-4
ADVERSARY_JOINS = 0.8  # of the run
_RUN_IN = 4  # latent frames that the decoder hears before it is judged


def make_generator(latent: int) -> Generator:
    """An untrained generator of the shipped size."""
    return Generator(CONDITIONS, EMBEDDING, len(STYLE_NAMES), NOISE, latent)


def untrained(latent: int, rows: Sequence[StemRow]) -> Generator:
    """An untrained generator that knows of what size these rows' latents are."""
    generator = make_generator(latent)
    sample = torch.cat([torch.from_numpy(row.latent[row.loud]).float() for row in rows])
    generator.latent_mean.copy_(sample.mean(0))
    generator.latent_std.copy_(sample.std(0))
    return generator


def generator_facts() -> dict[str, object]:
    """What export must know beside the weights."""
    return {
        "styles": [[name, style.mode] for name, style in STYLES.items()],
        "noise": NOISE,
        "embedding": EMBEDDING,
        "motion_rate_hz": MOTION_RATE_HZ,
        "motion_features": MOTION_FEATURES,
        "visual_features": VISUAL_FEATURES,
    }


class Listener(nn.Module):
    """The frozen codec as a differentiable ear: latents -> codes -> audio."""

    def __init__(self, codec: Codec) -> None:
        super().__init__()
        self.codec = codec.eval().requires_grad_(False)
        self.register_buffer("chroma_basis", chroma_basis(codec.config.sample_rate, CHROMA_SIZE))

    def quantise(self, latent: Tensor) -> Tensor:
        """The code vectors of a latent, with straight-through gradient."""
        nearest = self.codec.quantizer.lookup(self.codec.quantizer.encode(latent.detach()))
        return latent + (nearest - latent).detach()

    def decode(self, latent: Tensor, excitation: Tensor) -> Tensor:
        """Latent [B, T, D], excitation [B, T, 2*bins] -> audio [B, T*hop], delayed as the decoder delays."""
        return self.codec.decoder(latent, excitation, self.codec.decoder.initial_state(latent.shape[0]))[0]


def heard_part(listener: Listener, ours: Tensor, batch: Passage, ahead: int) -> Tensor:
    """Decoded audio [B, N] of the last frames, without the decoder's run-in.

    ours lacks the last `ahead` frames, which the generator has only looked at.
    """
    heard = batch.excitation.shape[1] - ahead
    decoded = listener.decode(listener.quantise(ours[:, -heard:]), batch.excitation[:, :heard])
    return decoded[:, listener.codec.config.delay + _RUN_IN * listener.codec.config.hop :]


def true_part(config: CodecConfig, batch: Passage, ahead: int) -> Tensor:
    """True audio [B, N], sample for sample that of heard_part."""
    heard = batch.excitation.shape[1] - ahead
    return batch.audio[:, _RUN_IN * config.hop : heard * config.hop - config.delay]


class Spectra(NamedTuple):
    """The window of this step's spectra, and spectral_level of the whole batch at it."""

    size: int
    level: Tensor


class GeneratorTask(Task):
    """Generator and slow average, the frozen codec that makes latents heard, and the adversary, which joins late."""

    largest_gradient = 2.0

    def __init__(
        self,
        generator: Generator,
        codec: Codec,
        sampler: RowSampler,
        frames: int,
        heard: int,
        rate: float = LEARNING_RATE,
    ) -> None:
        """frames: length of a row, of which the last `heard` are decoded; rate: of learning, at its height."""
        self._sampler, self._frames, self._heard, self._rate = sampler, frames, heard, rate
        self.net, self.adversary, self._listener = generator, Adversary(), Listener(codec)
        self.optimiser = torch.optim.AdamW(generator.parameters(), lr=rate, betas=(0.8, 0.99))
        self.average = averaged(generator)
        self.modules = {"generator": generator, "average": self.average, "adversary": self.adversary.net}
        self.optimisers = {"optimiser": self.optimiser, "opponent": self.adversary.optimiser}
        self.facts = generator_facts()

    def place(self, fabric: Fabric, *, mixed: bool) -> None:
        super().place(fabric, mixed=mixed)
        self._listener.to(fabric.device)

    def row(self, rng: np.random.Generator) -> Passage:
        return self._sampler.draw(self._frames, self._heard, rng)

    def schedule(self, step: int, steps: int) -> bool:
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate * min(1.0, (step + 1) / 100) * (1 - 0.9 * step / steps)
        return step > ADVERSARY_JOINS * steps

    @torch.no_grad()
    def survey(self, parts: Sequence[Passage]) -> list[Spectra]:
        size = STFT_SIZES[int(torch.randint(len(STFT_SIZES), ()))]  # one a step: the others get their turn
        levels = torch.stack([spectral_level(self._truth(part), size) for part in parts])
        return [Spectra(size, total_of_ranks(levels.mean(0)) / ranks())] * len(parts)

    def _truth(self, part: Passage) -> Tensor:
        return true_part(self._listener.codec.config, part, self.net.look_ahead)

    def outcome(self, part: Passage, known: Spectra) -> Outcome:
        stack, listener, ahead = self.net.stack, self._listener, self.net.look_ahead
        past = part.noise.new_zeros(part.noise.shape[0], stack.memory, stack.channels)
        latent, _ = self.everywhere(part.conditions, part.embedding, part.style, part.noise, past)
        ours = latent[:, ahead:]  # frame for frame with part.latent
        target = part.latent[:, : ours.shape[1]]
        decoded, truth = heard_part(listener, ours, part, ahead), self._truth(part)
        with torch.no_grad():
            code = listener.codec.quantizer.lookup(listener.codec.quantizer.encode(target))
        scale = self.net.latent_std
        has_pitch = part.excitation.ne(0).any(dim=2).any(dim=1).float()
        terms = {
            "latent": W_LATENT * ((ours - target) / scale).abs().mean(),
            "code": W_CODE * ((ours - code) / scale).abs().mean(),
            "level": W_LEVEL * level_loss(decoded, truth, listener.codec.config.sample_rate),
            "mel": W_MEL * mel_loss(decoded, truth, listener.codec.encoder.mel_basis),
            "spectral": W_SPECTRAL * spectral_loss(decoded, truth, known.size, known.level),
            "chroma": W_CHROMA * chroma_loss(decoded, truth, listener.chroma_basis, has_pitch),
        }
        return Outcome(terms, truth, decoded)

    def judged(self, adversarial: Tensor, features: Tensor) -> dict[str, Tensor]:
        return {"adversarial": adversarial, "features": W_FEATURES * features}

    def show(self, board: Board, outcome: Outcome, step: int) -> None:
        sample_rate = self._listener.codec.config.sample_rate
        board.sound("sound/true", outcome.real[0], sample_rate, step)
        board.sound("sound/generated", outcome.ours[0], sample_rate, step)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--planner", type=Path, required=True)
    parser.add_argument(
        "--start-from", type=Path, metavar="MODEL", help="an exported model, whose generator goes on learning"
    )
    add_run_options(parser, steps=3000, batch=8)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--heard", type=int, default=32, help="frames at the end of each stretch that are decoded")
    parsed = parser.parse_args()
    options = RunOptions.of(parsed)
    fabric = launch(options)
    codec, encoder = load_codec(parsed.codec), load_encoder(parsed.planner).to(fabric.device)
    learnt = load_exported_generator(parsed.start_from, codec) if parsed.start_from else None
    codec.to(fabric.device)
    clock = tonal_clock(codec.config)
    folders = sorted(path.parent for path in parsed.corpus.glob("*/meta.json"))
    rows: list[StemRow] = [row for folder in folders for row in stem_rows(load_song(folder), codec, encoder, clock)]
    fabric.print(f"{len(folders)} songs, {len(rows)} stems")
    generator = learnt or untrained(codec.config.latent, rows)
    rate = RATE_OF_GOING_ON if learnt else LEARNING_RATE
    task = GeneratorTask(generator, codec, RowSampler(rows, clock, NOISE), parsed.frames, parsed.heard, rate)
    data = [parsed.corpus, codec_file(parsed.codec), encoder_file(parsed.planner)]
    train(task, fabric, options, vars(parsed), data)


if __name__ == "__main__":
    with one_line_errors():
        main()
