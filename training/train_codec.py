"""Train the codec.

    python -m training.train_codec --corpus corpus/free --data DATA --run runs/codec --steps 6000

Resumes from RUN/last.safetensors; a checkpoint is written every five minutes and at the end (training.runner).
--latents-of keeps the encoder and books of another run or of an exported model, so that what was trained on their
latents stays valid: only the decoder learns, and it begins as that one's.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor

from d2m_bridge.engine.excitation import TonalClock
from d2m_bridge.errors import InputError
from models.codec import DICE, Assigned, Codec, CodecConfig
from models.ranks import ranks, total_of_ranks
from training.adversary import Adversary
from training.audio_data import AudioSampler, load_real_music, load_songs
from training.board import Board
from training.checkpoint import load_checkpoint
from training.codec_measures import BESIDE, COMB_LAGS
from training.exported import is_exported
from training.exported_codec import load_exported_codec
from training.losses import (
    STFT_SIZES,
    bass_level,
    bass_waveform_loss,
    comb_loss,
    level_loss,
    mel_loss,
    spectral_level,
    spectral_loss,
)
from training.mel import codec_bases
from training.runner import RunOptions, add_run_options, launch, one_line_errors, train
from training.task import Outcome, Task, averaged

ADVERSARY_JOINS = 0.65  # of all steps; earlier it turns all that is tonal into noise
W_ADVERSARIAL, W_FEATURES = 0.05, 1.0
W_COMB = 3.0
W_LEVEL = 5.0  # the other terms like what they cannot foretell best when it is quiet (decision 10)
# Then encoder and books stand still and the decoder goes on: the latents stay, and a generator can be trained on them.
ENCODER_LEARNS = 0.8
_LARGEST_ERROR = 0.25


def make_codec(config: CodecConfig) -> Codec:
    """An untrained codec."""
    return Codec(config, *codec_bases(config.sample_rate))


def load_codec(run: Path) -> Codec:
    """The averaged codec of a run, or that of an exported model, ready to use.

    InputError where neither is, ModelError where the model is damaged or has no encoder for sound.
    """
    if is_exported(run):
        return load_exported_codec(run)
    last = run / "last.safetensors"
    if not last.is_file():
        raise InputError(f"{run}: no last.safetensors there; expected a run of training.train_codec, or a model")
    with safe_open(last, "pt") as file:
        saved = json.loads(file.metadata()["facts"])["config"]
    config = CodecConfig(**{key: tuple(v) if isinstance(v, list) else v for key, v in saved.items()})
    average = averaged(make_codec(config))
    load_checkpoint(last, {"average": average})
    return average.module.eval()


def tonal_clock(config: CodecConfig) -> TonalClock:
    """The excitation's time base for a codec."""
    return TonalClock(config.sample_rate, config.hop, config.tonal_window, config.tonal_bins, config.delay)


def learning_rate(step: int, steps: int, peak: float = 8e-4) -> float:
    """Warm-up, then cosine to a tenth."""
    return peak * min(1.0, (step + 1) / 100) * (0.55 + 0.45 * math.cos(math.pi * min(1.0, step / steps)))


def settle(codec: Codec, average: torch.optim.swa_utils.AveragedModel) -> None:
    """Stops encoder and books where their average is, which is what ships."""
    for part, settled in ((codec.encoder, average.module.encoder), (codec.quantizer, average.module.quantizer)):
        part.load_state_dict(settled.state_dict())
        part.requires_grad_(False)
        part.eval()


class CodecRow(NamedTuple):
    """audio float32 [N], excitation float32 [N / hop, 2 * bins], bass_is_coded float32 [] as in audio_data.Stretch.

    books_used int64 []: quantiser dropout; error float32 [N / hop, D]: noise for the latents, relative to their level;
    count float32 [1]: the dice that the decoder begins with.
    """

    audio: NDArray[np.float32]
    excitation: NDArray[np.float32]
    bass_is_coded: NDArray[np.float32]
    books_used: NDArray[np.int64]
    error: NDArray[np.float32]
    count: NDArray[np.float32]


class Known(NamedTuple):
    """What a part of a batch is told. size: of this step's spectra; the others: None where the part is the batch."""

    size: int
    spectral: Tensor | None = None
    bass: Tensor | None = None
    assigned: Assigned | None = None


class CodecTask(Task):
    """The codec, its slow average, and the adversary that joins them late."""

    largest_gradient = 2.0

    def __init__(self, config: CodecConfig, sampler: AudioSampler, frames: int, begun: Codec | None = None) -> None:
        """frames: length of a row, in latent frames. begun: whose latents stay, and whose decoder goes on learning."""
        self._sampler, self._frames = sampler, frames
        self.net = make_codec(config)
        if begun is not None:
            self.net.load_state_dict(begun.state_dict())
        self.average = averaged(self.net)
        self.adversary = Adversary()
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=1e-3, betas=(0.8, 0.99), weight_decay=1e-3)
        self.modules = {"codec": self.net, "average": self.average, "adversary": self.adversary.net}
        self.optimisers = {"optimiser": self.optimiser, "opponent": self.adversary.optimiser}
        self.facts = {"config": dataclasses.asdict(config)}
        decoder = self.net.decoder
        heads = (decoder.tonal_level, decoder.fast_head, decoder.fast_blur)
        self.float32_parts = (*heads, decoder.tonal_dft, decoder.fast_dft)
        self._encoder_learns = ENCODER_LEARNS if begun is None else 0.0
        self._settled = False

    def row(self, rng: np.random.Generator) -> CodecRow:
        config = self.net.config
        stretch = self._sampler.draw(self._frames * config.hop, rng)
        books_used = rng.integers(1, config.books + 1) if rng.random() < 0.25 else config.books
        # Half of the rows with latents as a generator might err: a decoder that knows only true ones falls apart on
        # others.
        size = np.float32(_LARGEST_ERROR * max(0.0, rng.uniform(-1, 1)))
        error = size * rng.standard_normal((self._frames, config.latent), np.float32)
        bass_is_coded = np.array(stretch.bass_is_coded, np.float32)
        count = rng.integers(DICE[0] * DICE[1], size=1).astype(np.float32)
        return CodecRow(stretch.audio, stretch.excitation, bass_is_coded, np.array(books_used), error, count)

    def schedule(self, step: int, steps: int) -> bool:
        if not self._settled and step >= self._encoder_learns * steps:
            settle(self.net, self.average)
            self._settled = True
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(step, steps)
        return step > ADVERSARY_JOINS * steps

    @torch.no_grad()
    def survey(self, parts: Sequence[CodecRow]) -> list[Known]:
        size = STFT_SIZES[int(torch.randint(len(STFT_SIZES), ()))]  # one a step: the others get their turn
        if len(parts) * ranks() == 1:
            return [Known(size)]
        rate, targets = self.net.config.sample_rate, [self._target(part) for part in parts]
        levels = [
            torch.stack([spectral_level(target, size), bass_level(target, rate, part.bass_is_coded)])
            for target, part in zip(targets, parts, strict=True)
        ]
        spectral, bass = total_of_ranks(torch.stack(levels).mean(0)) / ranks()
        return [Known(size, spectral, bass, assigned) for assigned in self._assigned(parts)]

    def _assigned(self, parts: Sequence[CodecRow]) -> list[Assigned | None]:
        """The codes of all parts, which the books learn from at once; one part alone is encoded only once, later."""
        if len(parts) == 1:
            return [None]
        with self.fabric.autocast():
            latent = torch.cat([self.net.encoder(part.audio) for part in parts])
        codes, level = self.net.assign(latent, torch.cat([part.books_used for part in parts]))
        return [Assigned(of_part, level) for of_part in codes.chunk(len(parts))]

    def _target(self, part: CodecRow) -> Tensor:
        # The first frames have no past: what a stream never sees is not judged.
        return part.audio[:, 4 * self.net.config.hop : -self.net.config.delay]

    def outcome(self, part: CodecRow, known: Known) -> Outcome:
        config, target = self.net.config, self._target(part)
        decoded, quantized = self.everywhere(
            part.audio, part.excitation, part.books_used, part.error, part.count, known.assigned
        )
        ours = decoded[:, config.delay + 4 * config.hop :]
        # A bass of the plan sounds at the pulses' phase, not the instrument's: there only the spectrum counts.
        bass = bass_waveform_loss(ours, target, config.sample_rate, part.bass_is_coded, known.bass)
        terms = {
            "spectral": spectral_loss(ours, target, known.size, known.spectral),
            "mel": 2 * mel_loss(ours, target, self.net.encoder.mel_basis),
            "level": W_LEVEL * level_loss(ours, target, config.sample_rate),
            "waveform": bass,
            "comb": W_COMB * comb_loss(ours, target, COMB_LAGS, BESIDE),
            "commitment": 0.1 * quantized.commitment,
        }
        return Outcome(terms, target, ours)

    def judged(self, adversarial: Tensor, features: Tensor) -> dict[str, Tensor]:
        return {"adversarial": W_ADVERSARIAL * adversarial, "features": W_FEATURES * features}

    def show(self, board: Board, outcome: Outcome, step: int) -> None:
        board.sound("sound/given", outcome.real[0], self.net.config.sample_rate, step)
        board.sound("sound/decoded", outcome.ours[0], self.net.config.sample_rate, step)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    add_run_options(parser, steps=6000, batch=8)
    parser.add_argument("--frames", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--latents-of", type=Path, metavar="RUN", help="whose encoder and books stay as they are")
    parsed = parser.parse_args()
    options = RunOptions.of(parsed)
    fabric = launch(options)
    begun = load_codec(parsed.latents_of) if parsed.latents_of else None
    config = begun.config if begun is not None else CodecConfig()
    songs, real = load_songs(parsed.corpus), load_real_music(parsed.data, "train", config.sample_rate)
    sampler = AudioSampler(songs, list(real.values()), tonal_clock(config))
    task = CodecTask(config, sampler, parsed.frames, begun)
    data = [parsed.corpus, parsed.data / "audio", parsed.data / "splits.json"]
    train(task, fabric, options, vars(parsed), data)


if __name__ == "__main__":
    with one_line_errors():
        main()
