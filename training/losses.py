"""What a listener would notice, as numbers with a gradient."""

from __future__ import annotations

import torch
from torch import Tensor

STFT_SIZES = (256, 512, 1024, 4096, 8192)
_BANDS_HZ = (0.0, 250.0, 500.0, 1000.0, 2000.0)
_BAND_WEIGHTS = (1.0, 0.5, 0.5, 0.5)


def magnitude(audio: Tensor, size: int) -> Tensor:
    """audio [B, N] -> [B, bins, frames], hop a quarter of the window, full scale sine = about 0.5."""
    window = torch.hann_window(size, device=audio.device)
    spectrum = torch.stft(audio, size, size // 4, window=window, return_complex=True) * (2 / size)
    return (spectrum.real.square() + spectrum.imag.square() + 1e-12).sqrt()


def spectral_loss(ours: Tensor, target: Tensor, size: int) -> Tensor:
    """Log-magnitude and linear-magnitude distance at one window size."""
    a, b = magnitude(ours, size), magnitude(target, size)
    log = (torch.log10(a + 3e-5) - torch.log10(b + 3e-5)).abs().mean()
    linear = (a - b).abs().sum() / (b.sum() + 1e-2 * b.shape[0])
    return log + 0.5 * linear


def mel_loss(ours: Tensor, target: Tensor, mel_basis: Tensor) -> Tensor:
    """L1 of log10 mel, D2M-GAN's L_mel. mel_basis [M, 1025] for 2048-point spectra."""
    a, b = (torch.log10(mel_basis @ magnitude(x, 2048) + 1e-5) for x in (ours, target))
    return (a - b).abs().mean()


def band_waveform_loss(ours: Tensor, target: Tensor, sample_rate: int, upper: float) -> Tensor:
    """Waveform L1 in octave bands up to 2 kHz, each relative to its own level; bands above 250 Hz weigh `upper` (0..1)."""
    n = target.shape[1]
    decimated = n // 8  # the bands need no more: an inverse transform of the low bins alone is an eighth of the work
    spectra = torch.fft.rfft(torch.stack([ours, target]))[..., : decimated // 2 + 1] * (decimated / n)
    hertz = torch.arange(spectra.shape[-1], device=ours.device) * sample_rate / n
    total = ours.new_zeros(())
    for low, high, weight in zip(_BANDS_HZ[:-1], _BANDS_HZ[1:], _BAND_WEIGHTS, strict=True):
        if low and not upper:
            break
        a, b = torch.fft.irfft(spectra * ((hertz >= low) & (hertz < high)), n=decimated)
        total = total + weight * (upper if low else 1.0) * ((a - b).abs().mean() / (b.abs().mean() + 2e-3))
    return total


def complex_loss(ours: Tensor, target: Tensor, size: int = 4096, bins: int = 512) -> Tensor:
    """Distance of compressed complex spectra: phase counts where there is energy."""
    window = torch.hann_window(size, device=ours.device)

    def squeeze(audio: Tensor) -> Tensor:
        spectrum = torch.stft(audio, size, size // 4, window=window, return_complex=True)[:, :bins] * (2 / size)
        return torch.view_as_real(spectrum * (spectrum.abs() + 1e-3).pow(-0.6))

    return (squeeze(ours) - squeeze(target)).abs().mean() * 10
