"""Which style does this music sound like? A small judge of log-mel spectra, trained on training songs only.

The same judge is the field's "genre accuracy" when it is trained on a data set's own songs and genres: D2M-GAN's code
for that figure was not released, so figures of different judges cannot be compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from torch import Tensor, nn

from training.scores.hearing import FRAME_RATE_HZ, MEL_BANDS, Float32

WINDOW = round(4 * FRAME_RATE_HZ)
_WIDTH = 64
_BATCH, _RATE = 32, 2e-3


class StyleJudge(nn.Module):
    """log-mel [B, T, 64] -> logits [B, styles]. Level does not matter: every window is judged around its mean."""

    def __init__(self, styles: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(MEL_BANDS, _WIDTH, 5, padding=2), nn.GELU(), nn.BatchNorm1d(_WIDTH),
            nn.Conv1d(_WIDTH, _WIDTH, 5, padding=4, dilation=2), nn.GELU(), nn.BatchNorm1d(_WIDTH),
            nn.Conv1d(_WIDTH, _WIDTH, 5, padding=8, dilation=4), nn.GELU(), nn.BatchNorm1d(_WIDTH),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * _WIDTH, styles))

    def forward(self, mel: Tensor) -> Tensor:
        seen = self.layers((mel - mel.mean(dim=(1, 2), keepdim=True)).transpose(1, 2))
        return self.head(torch.cat([seen.mean(dim=2), seen.std(dim=2)], dim=1))

    @torch.no_grad()
    def judge(self, mel: Float32) -> int:
        """The style of a whole piece, log-mel float32 [T, 64]: its windows of four seconds vote, half overlapped."""
        starts = range(0, max(1, len(mel) - WINDOW + 1), WINDOW // 2)
        windows = torch.from_numpy(np.stack([mel[start : start + WINDOW] for start in starts]))
        return int(self.eval()(windows).softmax(dim=1).mean(dim=0).argmax())


def coloured(mel: NDArray[np.float32], rng: np.random.Generator) -> Float32:
    """The same music through another room and another codec: bands smeared and off by some dB, noisier, duller.

    Without it the judge hears the codec rather than the style.
    """
    bands = np.arange(MEL_BANDS) / (MEL_BANDS - 1)
    smeared = np.log10(gaussian_filter1d(10**mel, rng.uniform(0.01, 1.5), axis=1) + 1e-7)
    off = rng.normal(0, 0.25) * (bands - 0.5) + np.interp(bands, np.linspace(0, 1, 12), rng.normal(0, 0.32, 12))
    dull = np.where(bands > rng.uniform(0.75, 1.3), -1.0, 0.0)
    noisy = np.maximum(smeared + off + dull, rng.uniform(-5, -3)) + rng.normal(0, 0.05, mel.shape)
    return noisy.astype(np.float32)


def train_style_judge(
    songs: Sequence[Float32], styles: Sequence[int], classes: int, steps: int, seed: int
) -> tuple[StyleJudge, float]:
    """songs: log-mel float32 [T >= WINDOW, 64], and the style of each. Returns judge and accuracy while learning."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    judge = StyleJudge(classes)
    optimiser = torch.optim.AdamW(judge.parameters(), lr=_RATE, weight_decay=1e-2)
    right: list[float] = []
    for step in range(steps):
        drawn = rng.integers(len(songs), size=_BATCH)
        windows = []
        for song in drawn:
            start = rng.integers(len(songs[song]) - WINDOW + 1)
            windows.append(coloured(songs[song][start : start + WINDOW], rng))
        target = torch.tensor([styles[song] for song in drawn])
        for group in optimiser.param_groups:
            group["lr"] = _RATE * (1 - 0.95 * step / steps)
        logits = judge.train()(torch.from_numpy(np.stack(windows)))
        optimiser.zero_grad()
        nn.functional.cross_entropy(logits, target).backward()
        optimiser.step()
        right.append(float((logits.argmax(dim=1) == target).float().mean()))
    return judge.eval(), float(np.mean(right[-100:]))
