"""Train the codec.

    python -m training.train_codec --corpus corpus/free --data DATA --run runs/codec --steps 6000

Resumes from RUN/last.safetensors; a checkpoint is written every five minutes and at the end.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import time
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from d2m_bridge.engine.excitation import TonalClock
from models.codec import Codec, CodecConfig
from training.adversary import Adversary
from training.audio_data import AudioSampler, Batch, load_real_music, load_songs
from training.checkpoint import load_checkpoint, save_checkpoint
from training.losses import STFT_SIZES, bass_waveform_loss, comb_loss, mel_loss, spectral_loss
from training.mel import codec_bases

CHECKPOINT_S = 300.0
ADVERSARY_JOINS = 0.65  # of all steps; earlier it turns all that is tonal into noise
W_ADVERSARIAL, W_FEATURES = 0.05, 1.0
W_COMB = 2.0
# Then encoder and books stand still and the decoder goes on: the latents stay, and a generator can be trained on them.
ENCODER_LEARNS = 0.8
_LARGEST_ERROR = 0.25


def make_codec(config: CodecConfig) -> Codec:
    """An untrained codec."""
    return Codec(config, *codec_bases(config.sample_rate))


def load_codec(run: Path) -> Codec:
    """The averaged codec of a run, ready to use."""
    last = run / "last.safetensors"
    with safe_open(last, "pt") as file:
        saved = json.loads(file.metadata()["facts"])["config"]
    config = CodecConfig(**{key: tuple(v) if isinstance(v, list) else v for key, v in saved.items()})
    average = averaged(make_codec(config))
    load_checkpoint(last, {"average": average})
    return average.module.eval()


def averaged(codec: Codec) -> torch.optim.swa_utils.AveragedModel:
    """A copy of the codec that follows it slowly: what is shipped."""
    follow = torch.optim.swa_utils.get_ema_multi_avg_fn(0.998)
    return torch.optim.swa_utils.AveragedModel(codec, multi_avg_fn=follow, use_buffers=True)


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


def codec_loss(codec: Codec, batch: Batch, adversary: Adversary | None) -> dict[str, Tensor]:
    """The loss terms of one batch; with an adversary, which learns a step, also its verdict."""
    config, audio = codec.config, batch.audio
    frame_hz = config.sample_rate / config.hop
    full = torch.full((audio.shape[0],), config.books)
    books_used = torch.where(torch.rand(audio.shape[0]) < 0.25, torch.randint(1, config.books + 1, full.shape), full)
    # Half of the rows with latents as a generator might err: a decoder that knows only true ones falls apart on others.
    error = _LARGEST_ERROR * (2 * torch.rand(audio.shape[0]) - 1).clamp(min=0)
    decoded, quantized = codec(audio, batch.excitation, books_used, error)
    # The first frames have no past: what a stream never sees is not judged.
    skip = 4 * config.hop
    ours, target = decoded[:, config.delay + skip :], audio[:, skip : -config.delay]
    size = STFT_SIZES[int(torch.randint(len(STFT_SIZES), ()))]  # one a step: the others get their turn
    terms = {
        "spectral": spectral_loss(ours, target, size),
        "mel": 2 * mel_loss(ours, target, codec.encoder.mel_basis),
        # A bass of the plan sounds at the pulses' phase, not the instrument's: there only the spectrum counts.
        "waveform": bass_waveform_loss(ours, target, config.sample_rate, batch.bass_is_coded),
        "comb": W_COMB * comb_loss(ours, target, config.sample_rate, (frame_hz, 2 * frame_hz)),
        "commitment": 0.1 * quantized.commitment,
    }
    if adversary is not None:
        adversary.learn(target, ours)
        adversarial, features = adversary.judge(target, ours)
        terms["adversarial"], terms["features"] = W_ADVERSARIAL * adversarial, W_FEATURES * features
    return terms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    config = CodecConfig()
    codec = make_codec(config)
    average = averaged(codec)
    optimiser = torch.optim.AdamW(codec.parameters(), lr=1e-3, betas=(0.8, 0.99), weight_decay=1e-3)
    adversary = Adversary()
    modules = {"codec": codec, "average": average, "adversary": adversary.net}
    optimisers = {"optimiser": optimiser, "opponent": adversary.optimiser}
    options.run.mkdir(parents=True, exist_ok=True)
    last = options.run / "last.safetensors"
    step = 0
    if last.exists():
        facts = load_checkpoint(last, modules, optimisers)
        step = int(facts["step"])
    sampler = AudioSampler(
        load_songs(options.corpus),
        list(load_real_music(options.data, "train", config.sample_rate).values()),
        tonal_clock(config),
        options.seed * 1_000_003 + step,
    )

    def save() -> None:
        facts = {"step": step, "config": dataclasses.asdict(config)}
        save_checkpoint(last, modules, optimisers, facts)

    saved = time.monotonic()
    settled = False
    while step < options.steps:
        if not settled and step >= ENCODER_LEARNS * options.steps:
            settle(codec, average)
            settled = True
        batch = sampler.batch(options.batch, options.frames * config.hop)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, options.steps)
        terms = codec_loss(codec, batch, adversary if step > ADVERSARY_JOINS * options.steps else None)
        optimiser.zero_grad()
        sum(terms.values()).backward()
        torch.nn.utils.clip_grad_norm_(codec.parameters(), 2.0)
        optimiser.step()
        average.update_parameters(codec)
        step += 1
        if step % 20 == 0:
            print(step, f"{time.monotonic():.0f}", *(f"{name} {v.item():.3f}" for name, v in terms.items()), flush=True)
        if time.monotonic() - saved > CHECKPOINT_S:
            save()
            saved = time.monotonic()
    save()


if __name__ == "__main__":
    main()
