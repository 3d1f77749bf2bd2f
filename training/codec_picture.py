"""Original beside decoded, as spectrograms: what the codec keeps, and whether it buzzes at its frame rate.

    python -m training.codec_picture MUSIC --out codec.png [--run RUN] [--seconds S]

The lower pair shows the spectrum up to 2 kHz with the fine resolution (5 Hz) in which a comb of lines at 43 or 86 Hz
would stand out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import librosa
import matplotlib as mpl
import numpy as np
import torch

from d2m_bridge.manifest import ASSETS
from training.codec_measures import SAMPLE_RATE, compare, listen
from training.evaluate_codec import Float32, read_music, reconstruct
from training.train_codec import load_codec

_VIEWS = ((2048, 512, 20.0, 20_000.0, "log"), (8192, 1024, 0.0, 2_000.0, "linear"))
_RANGE_DB = 80.0


def draw(original: Float32, decoded: Float32, out: Path, title: str) -> None:
    """Two sounds, float32 [N], side by side into a picture file."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(12, 7), sharex=True, layout="constrained")
    for row, (window, hop, low, high, scale) in zip(axes, _VIEWS, strict=True):
        levels = [
            librosa.amplitude_to_db(np.abs(librosa.stft(sound, n_fft=window, hop_length=hop)) * 2 / window)
            for sound in (original, decoded)
        ]
        top = float(levels[0].max())
        seconds = np.arange(levels[0].shape[1]) * hop / SAMPLE_RATE
        hertz = np.arange(window // 2 + 1) * SAMPLE_RATE / window
        shown = (hertz >= low) & (hertz <= high)
        for axis, level, name in zip(row, levels, ("original", "decoded"), strict=True):
            axis.pcolormesh(
                seconds, hertz[shown], level[shown], vmin=top - _RANGE_DB, vmax=top, cmap="magma", rasterized=True
            )
            axis.set(yscale=scale, ylim=(max(low, hertz[shown][0]), high), title=f"{name}, {window} samples")
        row[0].set_ylabel("Hz")
    for axis in axes[1]:
        axis.set_xlabel("s")
    figure.suptitle(title)
    figure.savefig(out, dpi=72)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("music", type=Path)
    parser.add_argument("--run", type=Path, default=ASSETS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=8.0, help="the middle of the file, at most so long (8)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    music = read_music(options.music, options.seconds)
    decoded = reconstruct(load_codec(options.run), music).audio
    figures = compare(listen(music), listen(decoded))
    shown = ", ".join(f"{name} {figures[name]:.3f}" for name in ("mel_l1", "chroma_cos", "comb") if name in figures)
    draw(music, decoded, options.out, f"{options.music.stem}: {shown}")
    print(shown)


if __name__ == "__main__":
    main()
