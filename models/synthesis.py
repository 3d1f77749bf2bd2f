"""From frames of spectrum to samples: inverse DFT as products, windowed overlap-add with an explicit tail."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class OverlapAdd(nn.Module):
    """Windowed frames -> samples. The window is Hann, scaled so that overlapping windows sum to one."""

    def __init__(self, window: int, hop: int) -> None:
        super().__init__()
        self.hop, self.overlap = hop, window // hop
        self.register_buffer("window", torch.hann_window(window) * 2 / self.overlap, persistent=False)

    @property
    def memory(self) -> int:
        """Samples of tail."""
        return (self.overlap - 1) * self.hop

    def forward(self, frames: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Frames [B, T, window], tail [B, memory] -> samples [B, T*hop], next tail. Frame t starts at sample t*hop."""
        batch, count, _ = frames.shape
        after = self.overlap - 1
        chunks = (frames * self.window).unflatten(2, (self.overlap, self.hop))
        rows = nn.functional.pad(tail.reshape(batch, after, self.hop), (0, 0, 0, count))
        for i in range(self.overlap):
            rows = rows + nn.functional.pad(chunks[:, :, i], (0, 0, i, after - i))
        return rows[:, :count].reshape(batch, count * self.hop), rows[:, count:].reshape(batch, after * self.hop)


class InverseDFT(nn.Module):
    """Real signal frames from the lowest `bins` bins of a `size`-point spectrum.

    In two steps with a turn of each value between them (Cooley and Tukey, 1965): with size = rows * columns, the share
    of bin rows * a + b in sample columns * d + c is summed over a for each b and c, then over b for each d and c. Of
    the multiplications of one large product that leaves a sixth at 4096 points, an eighth at 1024.
    """

    def __init__(self, size: int, bins: int) -> None:
        super().__init__()
        self.rows = max(rows for rows in range(1, math.isqrt(size) + 1) if size % rows == 0)
        columns, self.groups = size // self.rows, -(-bins // self.rows)
        weight = torch.full((bins,), 2.0 / size)
        weight[0] = 1.0 / size
        cosine, sine = _cosine_and_sine(self.groups, columns, columns)
        over_groups = torch.cat([torch.cat([cosine, sine], dim=1), torch.cat([-sine, cosine], dim=1)])
        turn = _cosine_and_sine(self.rows, columns, size)
        cosine, sine = _cosine_and_sine(self.rows, self.rows, self.rows)
        over_rows = torch.cat([cosine, -sine], dim=1)
        for name, table in (("weight", weight), ("over_groups", over_groups), ("over_rows", over_rows)):
            self.register_buffer(name, table, persistent=False)
        for name, table in zip(("turn_cosine", "turn_sine"), turn, strict=True):
            self.register_buffer(name, table, persistent=False)

    def forward(self, real: Tensor, imaginary: Tensor) -> Tensor:
        """real, imaginary [B, T, bins] -> [B, T, size]."""
        x = torch.cat([self._in_rows(real), self._in_rows(imaginary)], dim=3)
        real, imaginary = (x @ self.over_groups).chunk(2, dim=3)
        turned = (
            real * self.turn_cosine - imaginary * self.turn_sine,
            real * self.turn_sine + imaginary * self.turn_cosine,
        )
        return (self.over_rows @ torch.cat(turned, dim=2)).flatten(2)

    def _in_rows(self, spectrum: Tensor) -> Tensor:
        """[B, T, bins] -> [B, T, rows, groups]."""
        missing = self.groups * self.rows - spectrum.shape[2]
        whole = nn.functional.pad(spectrum * self.weight, (0, missing))
        return whole.unflatten(2, (self.groups, self.rows)).transpose(2, 3)


def _cosine_and_sine(rows: int, columns: int, period: int) -> tuple[Tensor, Tensor]:
    """Of row * column / period of a full turn; each float32 [rows, columns], exact to the last bit or so."""
    turns = torch.arange(rows)[:, None] * torch.arange(columns)[None, :] % period
    angle = turns.double() * (2 * math.pi / period)
    return angle.cos().float(), angle.sin().float()


def rotate(real: Tensor, imaginary: Tensor, quarter_turns: Tensor) -> tuple[Tensor, Tensor]:
    """Multiply a spectrum by i**quarter_turns (whole numbers as float, broadcast): the advance of each bin's own sine.

    With it a constant network output is a steady sinusoid instead of a pulse a frame (research/codec.md, 2.5).
    """
    angle = quarter_turns * (math.pi / 2)
    c, s = angle.cos(), angle.sin()
    return real * c - imaginary * s, real * s + imaginary * c
