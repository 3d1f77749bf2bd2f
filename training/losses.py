"""What a listener would notice, as numbers with a gradient."""

from __future__ import annotations

import torch
from torch import Tensor, nn

STFT_SIZES = (256, 512, 1024, 4096, 8192)
CHROMA_SIZE = 8192  # 5 Hz: semitones lie apart from the second octave of a piano on
_BASS_HZ = 250.0
_OCTAVES_HZ = (45, 90, 180, 360, 720, 1440, 2880, 5760, 11520, 20000)
_STRETCH = 8  # spectra, 93 ms at 44.1 kHz


def magnitude(audio: Tensor, size: int) -> Tensor:
    """Audio [B, N] -> [B, bins, frames], hop a quarter of the window, full scale sine = about 0.5."""
    window = torch.hann_window(size, device=audio.device)
    spectrum = torch.stft(audio, size, size // 4, window=window, return_complex=True) * (2 / size)
    return (spectrum.real.square() + spectrum.imag.square() + 1e-12).sqrt()


def spectral_level(target: Tensor, size: int) -> Tensor:
    """The sum of a row's magnitudes, mean over the rows: what the linear part of spectral_loss is relative to."""
    return magnitude(target, size).sum() / target.shape[0]


def spectral_loss(ours: Tensor, target: Tensor, size: int, level: Tensor | None = None) -> Tensor:
    """Log-magnitude and linear-magnitude distance at one window size.

    level: spectral_level of the batch that the rows are a part of; without it they are the batch.
    """
    a, b = magnitude(ours, size), magnitude(target, size)
    log = (torch.log10(a + 3e-5) - torch.log10(b + 3e-5)).abs().mean()
    level = b.sum() / b.shape[0] if level is None else level
    linear = (a - b).abs().sum() / b.shape[0] / (level + 1e-2)
    return log + 0.5 * linear


def mel_loss(ours: Tensor, target: Tensor, mel_basis: Tensor) -> Tensor:
    """L1 of log10 mel, D2M-GAN's L_mel. mel_basis [M, 1025] for 2048-point spectra."""
    a, b = (torch.log10(mel_basis @ magnitude(x, 2048) + 1e-5) for x in (ours, target))
    return (a - b).abs().mean()


def level_loss(ours: Tensor, target: Tensor, sample_rate: int) -> Tensor:
    """L1 of log10 power by octave, over stretches of 93 ms: who is as loud as it should be, whatever its waveform.

    A waveform that cannot be foretold is nearest to the truth, sample by sample, where it is too quiet (decision 10).
    """
    size = 2048
    hertz = torch.arange(size // 2 + 1, device=ours.device) * sample_rate / size
    low, high = torch.tensor(_OCTAVES_HZ[:-1], device=ours.device), torch.tensor(_OCTAVES_HZ[1:], device=ours.device)
    octaves = ((hertz >= low[:, None]) & (hertz < high[:, None])).float()

    def level(audio: Tensor) -> Tensor:
        power = octaves @ magnitude(audio, size).square()  # [B, octaves, spectra]
        return torch.log10(nn.functional.avg_pool1d(power, _STRETCH) + 1e-6)

    return (level(ours) - level(target)).abs().mean()


def chroma_loss(ours: Tensor, target: Tensor, chroma_basis: Tensor, weight: Tensor) -> Tensor:
    """By how much the pitch classes' shares of a sound are off, 0..2, moment by moment, however loud it is; silence
    costs nothing. chroma_basis [12, 4097]: training.mel.chroma_basis. weight [B]: how much a row counts.
    """

    def shares(audio: Tensor) -> Tensor:
        power = chroma_basis @ magnitude(audio, CHROMA_SIZE).square()  # [B, 12, spectra]
        return power / (power.sum(1, keepdim=True) + 1e-5)

    off = (shares(ours) - shares(target)).abs().sum(1).mean(1)
    return (off * weight).mean()


def _bass(audio: Tensor, sample_rate: int) -> Tensor:
    """Audio [..., N] -> [..., N // 32] below 250 Hz."""
    n = audio.shape[-1]
    decimated = n // 32  # the band needs no more, and the inverse transform is so much smaller
    spectra = torch.fft.rfft(audio)[..., : decimated // 2 + 1] * (decimated / n)
    hertz = torch.arange(spectra.shape[-1], device=audio.device) * sample_rate / n
    return torch.fft.irfft(spectra * (hertz < _BASS_HZ), n=decimated)


def bass_level(target: Tensor, sample_rate: int, weight: Tensor) -> Tensor:
    """The mean amplitude of the bass, weighted by row: what bass_waveform_loss is relative to."""
    return (_bass(target, sample_rate) * weight[:, None]).abs().mean()


def bass_waveform_loss(
    ours: Tensor, target: Tensor, sample_rate: int, weight: Tensor, level: Tensor | None = None
) -> Tensor:
    """Waveform L1 below 250 Hz, relative to its level: a kick is a waveform. weight [B]: how much a row counts.

    level: bass_level of the batch that the rows are a part of; without it they are the batch.
    """
    a, b = _bass(torch.stack([ours, target]), sample_rate) * weight[:, None]
    level = b.abs().mean() if level is None else level
    return (a - b).abs().mean() / (level + 2e-3)


def comb_loss(ours: Tensor, target: Tensor, families: tuple[tuple[int, ...], ...], beside: int) -> Tensor:
    """How much more ours has of combs of spectral lines than the target, mean over rows; 0: nothing.

    families: for each comb the multiples of its spacing, in bins of 8192-sample spectra. A decoder of spectral frames
    likes to say the same pulse once a frame: loudness by frequency hardly tells, ears do (a buzz at the frame rate).
    Autocorrelation over frequency, from bin 11 to 1114 (60 Hz to 6 kHz at 44.1 kHz), of log spectra less their
    envelope, and how far it stands out above its values `beside` bins away: as training.codec_measures.comb takes it.
    """
    size, envelope, low, high = 8192, 31, 11, 1115
    lags = sorted({near for family in families for lag in family for near in (lag - beside, lag, lag + beside)})

    def prominences(audio: Tensor) -> Tensor:
        level = torch.log10(magnitude(audio, size).transpose(1, 2) + 1e-5)  # [B, frames, bins]
        smooth = nn.functional.avg_pool1d(level, envelope, 1, envelope // 2, count_include_pad=False)
        fine = (level - smooth)[:, :, low:high]
        energy = fine.square().mean(dim=(1, 2)) + 1e-4
        at = {lag: (fine[:, :, lag:] * fine[:, :, :-lag]).mean(dim=(1, 2)) / energy for lag in lags}
        return torch.stack([
            torch.stack([at[lag] - (at[lag - beside] + at[lag + beside]) / 2 for lag in family]).mean(dim=0)
            for family in families
        ])  # fmt: skip

    return (prominences(ours) - prominences(target).clamp(min=0)).clamp(min=0).sum(dim=0).mean()
