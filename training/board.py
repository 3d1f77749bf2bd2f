"""What TensorBoard shows of a run: loss terms, sounds and their spectrograms. `tensorboard --logdir RUN`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from training.losses import magnitude
from training.mel import mel_basis

_WINDOW, _BANDS = 2048, 128
_FLOOR_DB = 80.0


def spectrogram(audio: Tensor, sample_rate: int) -> Tensor:
    """Audio [N] at -1..1 -> float32 [128 mel bands, frames], 0..1 for -80..0 dB, the lowest band first."""
    heard = mel_basis(sample_rate, _WINDOW, _BANDS) @ magnitude(audio[None].float().cpu(), _WINDOW)[0]
    return (1 + 20 * torch.log10(2 * heard + 1e-9) / _FLOOR_DB).clamp(0, 1)


class Board:
    """Writes event files into a run's folder."""

    def __init__(self, run: Path, step: int) -> None:
        """step: where the run goes on; what a killed run had shown beyond it is forgotten."""
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(run), purge_step=step + 1)

    def scalars(self, group: str, values: Mapping[str, float], step: int) -> None:
        """One curve for each value, side by side under the group's name."""
        for name, value in values.items():
            self._writer.add_scalar(f"{group}/{name}", value, step)

    def sound(self, name: str, audio: Tensor, sample_rate: int, step: int) -> None:
        """Audio [N] at -1..1, to be heard and seen."""
        audio = audio.detach().float().cpu()
        self._writer.add_audio(name, audio.clamp(-1, 1), step, sample_rate)
        self.picture(name, spectrogram(audio, sample_rate), step)

    def picture(self, name: str, rows: Tensor, step: int) -> None:
        """Float [rows, columns], 0..1; the first row is at the bottom."""
        self._writer.add_image(name, rows.detach().float().cpu().flip(0)[None], step)

    def flush(self) -> None:
        """Everything shown so far is on the disk."""
        self._writer.flush()
