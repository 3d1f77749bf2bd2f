"""A learnt answer to the question of training.scores.match: two towers, contrastive, trained on training pairs only.

One tower reads the dancer's features, the other the log-mel spectrum, both at 30 Hz; their agreement at a tick is the
cosine of two vectors, and a pair's score the mean over its ticks. It learns to tell the right pair from other clips and
from the same clip shifted in time (InfoNCE: van den Oord et al., 2018). Both are freed of what is slow, as in
training.scores.match: neither style, nor level, nor a long rise is enough.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from torch import Tensor, nn

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.motion.features import MOTION_FEATURES
from training.scores.genre import coloured
from training.scores.hearing import FRAME_RATE_HZ, MEL_BANDS, Float32, Float64
from training.scores.match import share_of_wins

WINDOW = round(4 * FRAME_RATE_HZ)
_WIDTH, _SIZE = 64, 32
_CLIPS, _SHIFTS = 12, 3  # rows of a batch: clips, and windows of each at different times
_NEAREST_S, _FARTHEST_S = 0.25, 2.0
_SLOW_S = 0.6
_RATE = 1.5e-3


class Tower(nn.Module):
    """[B, T, inputs] -> unit vectors [B, T, 32]; a tick sees 0.47 s to either side."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(inputs, _WIDTH, 5, padding=2), nn.GELU(), nn.Dropout(0.1),
            nn.Conv1d(_WIDTH, _WIDTH, 5, padding=4, dilation=2), nn.GELU(), nn.Dropout(0.1),
            nn.Conv1d(_WIDTH, _WIDTH, 5, padding=8, dilation=4), nn.GELU(),
            nn.Conv1d(_WIDTH, _SIZE, 1),
        )  # fmt: skip

    def forward(self, rows: Tensor) -> Tensor:
        return nn.functional.normalize(self.layers(rows.transpose(1, 2)).transpose(1, 2), dim=2)


class MatchModel(nn.Module):
    """Agreement of dances and sounds, both as `without_slow` leaves them."""

    def __init__(self) -> None:
        super().__init__()
        self.dance = Tower(len(MOTION_FEATURES))
        self.sound = Tower(MEL_BANDS)
        self.log_scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, motion: Tensor, mel: Tensor) -> Tensor:
        """Motion [B, T, F] and mel [B, T, 64] -> agreement [B, B], dance by sound."""
        danced, heard = self.dance(motion), self.sound(mel)
        return torch.einsum("itd,jtd->ij", danced, heard) / motion.shape[1]

    @torch.no_grad()
    def win_share(
        self, dances: Sequence[Float32], grids: Sequence[BeatGrid], sounds: Sequence[Float32]
    ) -> float | None:
        """training.scores.match.win_share by this model. dances: features [T, F]; sounds: log-mel [T, 64]."""
        self.eval()
        heard = [self.sound(torch.from_numpy(without_slow(mel))[None])[0] for mel in sounds]

        def margin(i: int, own: Float64, j: int, other: Float64) -> float:
            ticks = np.minimum(np.round(own * FRAME_RATE_HZ).astype(int), len(heard[i]) - 1)
            rows = np.stack([_rows_at(dances[i], own), _rows_at(dances[j], other)])
            here, there = (self.dance(torch.from_numpy(rows)) * heard[i][ticks]).sum(dim=2).mean(dim=1)
            return float(here - there)

        seconds = [min(len(rows), len(mel)) / FRAME_RATE_HZ for rows, mel in zip(dances, sounds, strict=True)]
        return share_of_wins(margin, grids, seconds, FRAME_RATE_HZ)


def _rows_at(rows: Float32, seconds: Float64) -> Float32:
    """Features at any times, without their slow part."""
    places = np.clip(seconds * FRAME_RATE_HZ, 0, len(rows) - 1)
    low = np.floor(places).astype(int)
    part = (places - low)[:, None]
    between = rows[low] * (1 - part) + rows[np.minimum(low + 1, len(rows) - 1)] * part
    return without_slow(between.astype(np.float32))


def without_slow(rows: Float32) -> Float32:
    """Rows float32 [T, D] less their own slow part (Gaussian, sigma 0.6 s)."""
    return rows - gaussian_filter1d(rows, _SLOW_S * FRAME_RATE_HZ, axis=0)


class PairSampler:
    """Draws windows: of each clip several, shifted against each other by 0.25 s to 2 s, so that time must be right."""

    def __init__(self, dances: Sequence[Float32], sounds: Sequence[Float32], seed: int) -> None:
        """dances: features [T, F] and sounds: log-mel [T, 64], pair by pair, at FRAME_RATE_HZ."""
        self._pairs = [
            (motion[:ticks], mel[:ticks])
            for motion, mel in zip(dances, sounds, strict=True)
            if (ticks := min(len(motion), len(mel))) >= WINDOW + 2 * round(_FARTHEST_S * FRAME_RATE_HZ)
        ]
        if not self._pairs:
            raise ValueError(f"no pair is long enough: {WINDOW / FRAME_RATE_HZ + 2 * _FARTHEST_S:g} s are needed")
        self._rng = np.random.default_rng(seed)
        self._without_slow = without_slow(np.eye(WINDOW, dtype=np.float32))  # the same as a product, which is faster

    def batch(self) -> tuple[Tensor, Tensor]:
        """Motion [B, WINDOW, F] and mel [B, WINDOW, 64]."""
        rng = self._rng
        motion, mel = [], []
        for index in rng.permutation(len(self._pairs))[:_CLIPS]:
            danced, heard = self._pairs[index]
            for start in self._starts(len(danced) - WINDOW):
                motion.append(self._without_slow @ danced[start : start + WINDOW])
                mel.append(self._without_slow @ coloured(heard[start : start + WINDOW], rng))
        return torch.from_numpy(np.stack(motion)), torch.from_numpy(np.stack(mel))

    def _starts(self, last: int) -> NDArray[np.int64]:
        near, far = round(_NEAREST_S * FRAME_RATE_HZ), round(_FARTHEST_S * FRAME_RATE_HZ)
        shifts = self._rng.integers(near, far + 1, size=_SHIFTS - 1)
        first = self._rng.integers(last - shifts.sum() + 1)
        return first + np.concatenate([[0], np.cumsum(shifts)])


def train_match_model(
    dances: Sequence[Float32], sounds: Sequence[Float32], steps: int, seed: int
) -> tuple[MatchModel, float]:
    """Returns the model and the share of right answers, sound to dance, in the last 50 batches."""
    torch.manual_seed(seed)
    sampler = PairSampler(dances, sounds, seed)
    model = MatchModel()
    optimiser = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=1e-2)
    right: list[float] = []
    for step in range(steps):
        agreement = model.train()(*sampler.batch())
        target = torch.arange(len(agreement))
        logits = agreement * model.log_scale.exp()
        loss = nn.functional.cross_entropy(logits, target) + nn.functional.cross_entropy(logits.T, target)
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / 30) * (1 - 0.95 * step / steps)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        right.append(float((agreement.argmax(dim=0) == target).float().mean()))
    return model.eval(), float(np.mean(right[-50:]))
