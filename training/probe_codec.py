"""How well can a codec be generated for? A fixed small generator, a fixed number of steps, on any codec.

    python -m training.probe_codec --corpus corpus/music [--run RUN] [--json]

A codec that sounds well may have latents that nothing can predict. So every candidate teaches the same small network
(plan in, latents out, no adversary, same songs, same dice) and is judged by what comes out of the decoder on songs that
neither has seen: mel distance to the codec's own reconstruction, chroma of the chords and onsets of the drums against
the plan. `ceiling` is the codec's reconstruction itself. About five minutes on one core.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from d2m_bridge.engine.conditioning import CONDITIONS
from d2m_bridge.engine.excitation import spectra
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.manifest import ASSETS
from models.codec import Codec
from models.generator import Generator
from training.audio_data import song_voices
from training.codec_measures import listen, mel_l1
from training.generator_data import conditions_of
from training.musical_measures import chroma_match, onset_f1
from training.songs import Song, load_meta, load_song
from training.styles import STYLE_NAMES
from training.train_codec import load_codec, tonal_clock

STEPS, BATCH, FRAMES, CHANNELS = 600, 8, 96, 128
TRAINING_SONGS, TEST_SONGS, SECONDS = 60, 10, 20
NOISE = 8


@dataclass(frozen=True, slots=True)
class Lesson:
    """A song as the probe knows it. conditions [4, T, C], latent [4, T, D], excitation [4, T, 2 * bins], style [S]."""

    song: Song
    conditions: Tensor
    latent: Tensor
    excitation: Tensor
    style: Tensor


def songs(corpus: Path, split: str, count: int) -> Iterator[Song]:
    """The first songs of a split."""
    folders = sorted(path.parent for path in corpus.glob("*/meta.json"))
    yield from (load_song(folder) for folder in [f for f in folders if load_meta(f)["split"] == split][:count])


@torch.no_grad()
def lesson(song: Song, codec: Codec) -> Lesson:
    """The first SECONDS of a song."""
    clock = tonal_clock(codec.config)
    frames = SECONDS * clock.sample_rate // clock.hop
    samples = song.stems[:, : frames * clock.hop].astype(np.float32) / 32767
    voices = song_voices(song, clock.sample_rate)
    length = (frames - 1) * clock.hop + clock.window
    waves = (voices.pulse_wave(row, -clock.lead, length, clock) for row in range(len(STEMS)))
    style = np.eye(len(STYLE_NAMES), dtype=np.float32)[song.style]
    return Lesson(
        song,
        torch.from_numpy(conditions_of(song, clock, frames)),
        codec.encoder(torch.from_numpy(samples)),
        torch.from_numpy(np.stack([spectra(wave, clock) for wave in waves])),
        torch.from_numpy(style),
    )


def predict(net: Generator, conditions: Tensor, style: Tensor, noise: Tensor) -> Tensor:
    """Conditions [B, T, C], style [B, S], noise [B, T, N] -> latent [B, T - look_ahead, D]."""
    size, frames = conditions.shape[:2]
    past = torch.zeros(size, net.stack.memory, net.stack.channels)
    nothing = torch.zeros(size, frames, 1)
    latent, _ = net(conditions, nothing, style[:, None].expand(-1, frames, -1), noise, past)
    return latent[:, net.look_ahead :]


def teach(lessons: list[Lesson], latent: int) -> Generator:
    """The probe, trained: distance to the latents in units of their deviation, as D2M-GAN's generator is."""
    torch.manual_seed(1)
    net = Generator(CONDITIONS, 1, len(STYLE_NAMES), NOISE, latent, CHANNELS)
    everything = torch.cat([each.latent.flatten(0, 1) for each in lessons])
    net.latent_mean.copy_(everything.mean(0))
    net.latent_std.copy_(everything.std(0))
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, betas=(0.8, 0.99))
    rng = np.random.default_rng(1)
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * (1 - 0.9 * step / STEPS)
        picks = [(lessons[rng.integers(len(lessons))], int(rng.integers(len(STEMS)))) for _ in range(BATCH)]
        starts = [int(rng.integers(each.latent.shape[1] - FRAMES)) for each, _ in picks]
        here = [slice(start, start + FRAMES) for start in starts]
        ours = predict(
            net,
            torch.stack([each.conditions[row, part] for (each, row), part in zip(picks, here, strict=True)]),
            torch.stack([each.style for each, _ in picks]),
            torch.randn(BATCH, FRAMES, NOISE),
        )
        target = torch.stack([each.latent[row, part] for (each, row), part in zip(picks, here, strict=True)])
        loss = ((ours - target[:, : ours.shape[1]]) / net.latent_std).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return net.eval()


@torch.no_grad()
def judge(net: Generator, codec: Codec, each: Lesson) -> dict[str, dict[str, float | None]]:
    """The figures of the probe's music and of the codec's reconstruction, by system."""
    config, quantizer = codec.config, codec.quantizer
    count = each.latent.shape[1] - net.look_ahead
    noise = torch.randn(len(STEMS), each.latent.shape[1], NOISE, generator=torch.Generator().manual_seed(2))
    ours = predict(net, each.conditions, each.style.expand(len(STEMS), -1), noise)

    def decode(latent: Tensor) -> np.ndarray:
        known = quantizer.lookup(quantizer.encode(latent))
        state = codec.decoder.initial_state(len(STEMS))
        sound, _ = codec.decoder(known, each.excitation[:, :count], state)
        return sound[:, config.delay :].numpy()

    made, kept = decode(ours), decode(each.latent[:, :count])
    rate, plan, grid = config.sample_rate, each.song.plan, each.song.grid
    figures = {
        name: {
            "chroma_plan": chroma_match(sound[STEMS.index("harmony")], rate, plan, grid),
            "onset_plan_f1": onset_f1(sound[STEMS.index("drums")], rate, plan, grid),
        }
        for name, sound in (("probe", made), ("ceiling", kept))
    }
    figures["probe"]["mel_to_codec"] = mel_l1(listen(kept.sum(axis=0)), listen(made.sum(axis=0)))
    return figures


def probe(corpus: Path, run: Path) -> dict[str, dict[str, float]]:
    """The means over the test songs, by system."""
    codec = load_codec(run)
    net = teach([lesson(song, codec) for song in songs(corpus, "train", TRAINING_SONGS)], codec.config.latent)
    rows = [judge(net, codec, lesson(song, codec)) for song in songs(corpus, "test", TEST_SONGS)]
    return {
        system: {
            figure: float(np.mean([row[system][figure] for row in rows if row[system][figure] is not None]))
            for figure in rows[0][system]
        }
        for system in rows[0]
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--run", type=Path, default=ASSETS, help="of training.train_codec, or a model")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    figures = probe(options.corpus, options.run)
    if options.json:
        print(json.dumps(figures))
        return
    for system, row in figures.items():
        print(system, *(f"{name} {value:.3f}" for name, value in row.items()))


if __name__ == "__main__":
    main()
