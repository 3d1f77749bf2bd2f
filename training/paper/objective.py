"""The six loss terms of D2M-GAN and their weights (d2m_aist.py:178-237), in two variants.

as-published: what is heard of the generator is computed without gradient, as in the public code, so that the two terms
with the largest weights, audio and mel, only shift the sum. as-described: the nearest code passes the gradient straight
through, and it flows back through the decoder.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import librosa
import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from models.paper.config import LEVELS, PaperConfig
from models.paper.discriminators import SCALES, STRIDED, MultiScaleDiscriminator
from models.paper.vqvae import VQVAE

if TYPE_CHECKING:
    from lightning.fabric import Fabric

Variant = Literal["as-published", "as-described"]
VARIANTS: tuple[Variant, ...] = ("as-published", "as-described")
WEIGHTS = {"adversarial": 1.0, "features": 3.0, "latent": 5.0, "code": 8.0, "audio": 40.0, "mel": 15.0}
FEATURE_WEIGHT = 4.0 / (STRIDED + 1) / SCALES
LEARNING_RATE = 1e-4
BETAS = (0.5, 0.9)
Features = list[list[Tensor]]


class LogMel(nn.Module):
    """log10 of a 128-band mel spectrogram, floored at 1e-5 (d2m_modules.py:35-78)."""

    SIZE, HOP, BANDS, FLOOR = 1024, 256, 128, 1e-5

    def __init__(self, sample_rate: int) -> None:
        super().__init__()
        basis = torch.from_numpy(librosa.filters.mel(sr=sample_rate, n_fft=self.SIZE, n_mels=self.BANDS))
        self.register_buffer("basis", basis.float())
        self.register_buffer("window", torch.hann_window(self.SIZE))

    def forward(self, audio: Tensor) -> Tensor:
        """Audio [B, N] -> [B, 128, N / 256]."""
        beside = (self.SIZE - self.HOP) // 2
        padded = nn.functional.pad(audio[:, None], (beside, beside), mode="reflect")[:, 0]
        spectrum = torch.stft(padded, self.SIZE, self.HOP, window=self.window, center=False, return_complex=True)
        # A root of zero has no gradient; what is clamped lies far under the floor.
        magnitude = (spectrum.real.square() + spectrum.imag.square()).clamp(min=1e-16).sqrt()
        return (self.basis @ magnitude).clamp(min=self.FLOOR).log10()


class Truth(NamedTuple):
    """What a clip's own music is: audio [B, N], latent [B, D, T], its codes' vectors [B, D, T]."""

    audio: Tensor
    latent: Tensor
    vectors: Tensor


class Objective(nn.Module):
    """The four content terms. The VQ-VAE is frozen in it."""

    def __init__(self, config: PaperConfig, vqvae: VQVAE, variant: Variant) -> None:
        super().__init__()
        self.variant, self.level = variant, LEVELS[config.level]
        self.vqvae = vqvae.eval().requires_grad_(False)
        self.mel = LogMel(config.vqvae.sample_rate)

    @torch.no_grad()
    def truth(self, audio: Tensor) -> Truth:
        """Audio [B, N] of whole clips."""
        latent = self.vqvae.encode(audio, self.level)
        return Truth(audio, latent, self.vqvae.lookup(self.vqvae.quantise(latent, self.level), self.level))

    def hear(self, latent: Tensor) -> Tensor:
        """Generated latent [B, D, T] -> audio [B, T * hop], with the gradient of the variant."""
        with torch.set_grad_enabled(self.variant == "as-described" and torch.is_grad_enabled()):
            nearest = self.vqvae.lookup(self.vqvae.quantise(latent.detach(), self.level), self.level)
            return self.vqvae.decode(latent + (nearest - latent).detach(), self.level)

    def forward(self, latent: Tensor, truth: Truth) -> dict[str, Tensor]:
        """Generated latent [B, D, T] -> latent, code, audio and mel, unweighted."""
        heard = self.hear(latent)
        return {
            "latent": l1_loss(latent, truth.latent),
            "code": l1_loss(latent, truth.vectors),
            "audio": l1_loss(heard, truth.audio[:, : heard.shape[1]]),
            "mel": l1_loss(self.mel(heard), self.mel(truth.audio)),
        }


class HingeLoss(nn.Module):
    """What the adversary wants small, and what it noticed in the true latents meanwhile."""

    def __init__(self, net: MultiScaleDiscriminator) -> None:
        super().__init__()
        self.net = net

    def forward(self, true: Tensor, made: Tensor) -> tuple[Tensor, Features]:
        """Latents [B, D, T] each -> the loss, summed over the scales; the features of the true ones, no gradient."""
        real, fake = self.net(true), self.net(made)
        hinge = [(1 - r).relu().mean() + (1 + f).relu().mean() for (_, r), (_, f) in zip(real, fake, strict=True)]
        return torch.stack(hinge).sum(), [[feature.detach() for feature in features] for features, _ in real]


class Adversary:
    """Each step: learn(all parts of the batch), then judge(true, made) of each part, in the same order."""

    def __init__(self, config: PaperConfig) -> None:
        self.net = MultiScaleDiscriminator(config)
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=LEARNING_RATE, betas=BETAS)
        self._noticed: deque[tuple[Features, Tensor]] = deque()

    def place(self, fabric: Fabric) -> None:
        """Makes it the adversary of all ranks."""
        self._fabric, self._hinge = fabric, fabric.setup_module(HingeLoss(self.net))

    def learn(self, parts: Sequence[tuple[Tensor, Tensor]]) -> None:
        """One step of telling true from made latents, [B, D, T] each."""
        self._noticed.clear()
        self.optimiser.zero_grad()
        for index, (true, made) in enumerate(parts):
            with self._fabric.no_backward_sync(self._hinge, enabled=index < len(parts) - 1):
                loss, real = self._hinge(true, made.detach())
                self._fabric.backward(loss / len(parts))
            self._noticed.append((real, loss.detach()))
        self.optimiser.step()

    def judge(self, true: Tensor, made: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of the next part: the adversarial and the feature-matching term, unweighted, and the adversary's own loss.

        It learns nothing. The features of true latents are from before its last step, as the public code has it.
        """
        real, loss = self._noticed.popleft()
        self.net.requires_grad_(False)
        with self._fabric.autocast():
            fake = self.net(made)
        self.net.requires_grad_(True)
        pairs = [
            (a, b) for (mine, _), theirs in zip(fake, real, strict=True) for a, b in zip(mine, theirs, strict=True)
        ]
        adversarial = -torch.stack([score.float().mean() for _, score in fake]).sum()
        features = FEATURE_WEIGHT * torch.stack([l1_loss(a.float(), b.float()) for a, b in pairs]).sum()
        return adversarial, features, loss


def weighted(terms: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Each term times its weight."""
    return {name: WEIGHTS[name] * term for name, term in terms.items()}
