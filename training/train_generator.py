"""Train the generator: D2M-GAN's losses (Zhu et al., ECCV 2022), with gradient through the decoder.

    python -m training.train_generator --corpus corpus/pairs --codec runs/codec --planner runs/planner --run RUN

Terms and weights are the paper's code's (adversarial 1, feature matching 3, latent 5, code 8, audio 40, mel 15); there
the audio and mel terms had no gradient, here codes pass it straight through. The adversary hears spectrograms of the
decoded audio and joins late. Resumes from RUN/last.safetensors, written every five minutes and at the end.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from d2m_bridge.engine.conditioning import CONDITIONS
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from models.codec import Codec
from models.generator import Generator
from training.adversary import Adversary
from training.checkpoint import load_checkpoint, save_checkpoint
from training.generator_data import RowSampler, StemRow, stem_rows
from training.losses import mel_loss
from training.pairs import MOTION_RATE_HZ
from training.songs import load_song
from training.styles import STYLE_NAMES, STYLES
from training.train_codec import load_codec, tonal_clock
from training.train_planner import EMBEDDING, load_trainee

CHECKPOINT_S = 300.0
NOISE = 16
W_FEATURES, W_LATENT, W_CODE, W_AUDIO, W_MEL = 3.0, 5.0, 8.0, 40.0, 15.0
ADVERSARY_JOINS = 0.8  # of the run


def make_generator(latent: int) -> Generator:
    """An untrained generator of the shipped size."""
    return Generator(CONDITIONS, EMBEDDING, len(STYLE_NAMES), NOISE, latent)


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

    def quantise(self, latent: Tensor) -> Tensor:
        """The code vectors of a latent, with straight-through gradient."""
        nearest = self.codec.quantizer.lookup(self.codec.quantizer.encode(latent.detach()))
        return latent + (nearest - latent).detach()

    def decode(self, latent: Tensor, excitation: Tensor) -> Tensor:
        """Latent [B, T, D], excitation [B, T, 2*bins] -> audio [B, T*hop], delayed as the decoder delays."""
        return self.codec.decoder(latent, excitation, self.codec.decoder.initial_state(latent.shape[0]))[0]


def generate(generator: Generator, batch: dict[str, Tensor]) -> Tensor:
    """The latents of a batch's frames: [B, T - look_ahead, D], frame for frame with batch["latent"]."""
    stack = generator.stack
    size, frames = batch["conditions"].shape[:2]
    noise = torch.randn(size, frames, generator.noise)
    past = noise.new_zeros(size, stack.memory, stack.channels)
    latent, _ = generator(batch["conditions"], batch["embedding"], batch["style"], noise, past)
    return latent[:, generator.look_ahead :]


def heard_part(listener: Listener, ours: Tensor, batch: dict[str, Tensor], ahead: int) -> tuple[Tensor, Tensor]:
    """Decoded and true audio [B, N] of the last frames, without the decoder's run-in.

    ours lacks the last `ahead` frames, which the generator has only looked at.
    """
    config = listener.codec.config
    heard = batch["excitation"].shape[1] - ahead
    skip = 4 * config.hop
    decoded = listener.decode(listener.quantise(ours[:, -heard:]), batch["excitation"][:, :heard])
    truth = batch["audio"][:, : heard * config.hop]
    return decoded[:, config.delay + skip :], truth[:, skip : -config.delay]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--planner", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--heard", type=int, default=32, help="frames at the end of each stretch that are decoded")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    codec, trainee = load_codec(options.codec), load_trainee(options.planner)
    config = codec.config
    clock = tonal_clock(config)
    folders = sorted(path.parent for path in options.corpus.glob("*/meta.json"))
    rows: list[StemRow] = [row for folder in folders for row in stem_rows(load_song(folder), codec, trainee, clock)]
    print(f"{len(folders)} songs, {len(rows)} stems", flush=True)
    listener, generator, adversary = Listener(codec), make_generator(config.latent), Adversary()
    sample = torch.cat([torch.from_numpy(row.latent[row.loud]).float() for row in rows])
    generator.latent_mean.copy_(sample.mean(0))
    generator.latent_std.copy_(sample.std(0))
    scale = generator.latent_std
    optimiser = torch.optim.AdamW(generator.parameters(), lr=6e-4, betas=(0.8, 0.99))
    options.run.mkdir(parents=True, exist_ok=True)
    last = options.run / "last.safetensors"
    modules, optimisers = (
        {"generator": generator, "adversary": adversary.net},
        {"optimiser": optimiser, "opponent": adversary.optimiser},
    )
    step = int(load_checkpoint(last, modules, optimisers)["step"]) if last.exists() else 0
    sampler = RowSampler(rows, clock, options.seed * 1_000_003 + step)
    saved = time.monotonic()
    while step < options.steps:
        for group in optimiser.param_groups:
            group["lr"] = 6e-4 * min(1.0, (step + 1) / 100) * (1 - 0.9 * step / options.steps)
        batch = sampler.batch(options.batch, options.frames, options.heard)
        ours = generate(generator, batch)
        target = batch["latent"][:, : ours.shape[1]]
        decoded, truth = heard_part(listener, ours, batch, generator.look_ahead)
        with torch.no_grad():
            code = listener.codec.quantizer.lookup(listener.codec.quantizer.encode(target))
        terms = {
            "latent": W_LATENT * ((ours - target) / scale).abs().mean(),
            "code": W_CODE * ((ours - code) / scale).abs().mean(),
            "audio": W_AUDIO * (decoded - truth).abs().mean(),
            "mel": W_MEL * mel_loss(decoded, truth, codec.encoder.mel_basis),
        }
        if step > ADVERSARY_JOINS * options.steps:
            adversary.learn(truth, decoded)
            terms["adversarial"], features = adversary.judge(truth, decoded)
            terms["features"] = W_FEATURES * features
        optimiser.zero_grad()
        sum(terms.values()).backward()
        nn.utils.clip_grad_norm_(generator.parameters(), 2.0)
        optimiser.step()
        step += 1
        if step % 20 == 0:
            shown = (f"{name} {value.item():.3f}" for name, value in terms.items())
            print(step, f"{time.monotonic():.0f}", *shown, flush=True)
        if time.monotonic() - saved > CHECKPOINT_S or step == options.steps:
            save_checkpoint(last, modules, optimisers, {"step": step, **generator_facts()})
            saved = time.monotonic()


if __name__ == "__main__":
    main()
