"""The audio codec: residual VQ at 43 frames a second, a causal decoder with a fast head and a tonal head.

The fast head (1024-sample frames) makes onsets and noise; the tonal head (4096-sample frames, 10.8 Hz bins, up to
5.5 kHz) holds partials still. Spectra are *phase-rotated* on both sides: bin k of frame t is turned by the advance of
its own centre frequency, so what the network sees and says of a steady tone changes slowly. For the tonal head that
turn has a period of four frames: the frame's `tick` (index mod 4) is an input of encoder and decoder alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.blocks import CausalStack
from models.quantizer import Quantized, ResidualVQ
from models.synthesis import InverseDFT, OverlapAdd, rotate

TICKS = 4


@dataclass(frozen=True, slots=True)
class CodecConfig:
    """hop: samples a latent frame. delay: samples by which the decoder's output lags its input."""

    sample_rate: int = 44100
    hop: int = 1024
    latent: int = 64
    books: int = 4
    entries: int = 1024
    encoder_channels: int = 256
    encoder_layers: int = 4
    channels: int = 256
    slow_dilations: tuple[int, ...] = (1, 2)
    fast_dilations: tuple[int, ...] = (1, 1, 2, 1, 1)
    tonal_dilations: tuple[int, ...] = (1, 1)
    tonal_window: int = 4096
    tonal_bins: int = 512
    delay: int = 2560


class Encoder(nn.Module):
    """Audio -> latent. Looks both ways in time: it never runs live. Frame t is centred on sample t*hop + hop/2."""

    MELS, SUB_MELS, LOW_BINS = 128, 12, 24

    def __init__(self, config: CodecConfig, mel_basis: Tensor, sub_mel_basis: Tensor) -> None:
        """mel_basis [128, 1025] for 2048-point spectra, sub_mel_basis [12, 129] for 256-point spectra."""
        super().__init__()
        self.config = config
        self.register_buffer("mel_basis", mel_basis, persistent=False)
        self.register_buffer("sub_mel_basis", sub_mel_basis, persistent=False)
        self.tonal_inputs = 192
        width = 2 * self.MELS + 8 * self.SUB_MELS + 4 * self.LOW_BINS + 2 * self.tonal_inputs
        self.enter = nn.Linear(width, config.encoder_channels)
        self.stack = CausalStack(config.encoder_channels, (1,) * config.encoder_layers)
        self.leave = nn.Linear(config.encoder_channels, config.latent)

    def features(self, audio: Tensor, tick: Tensor) -> Tensor:
        """audio [B, T*hop], tick [B, T] 0..3 -> [B, T, width]."""
        hop = self.config.hop
        frames = audio.shape[1] // hop

        def spectra(size: int, step: int) -> Tensor:
            # First window centred on step/2: frame t of rate hop/step windows covers the frame evenly.
            padded = nn.functional.pad(audio, (size // 2 - step // 2, size // 2))
            return torch.stft(
                padded, size, step, window=torch.hann_window(size), center=False, return_complex=True
            ).transpose(1, 2)[:, : frames * hop // step] * (2 / size)  # fmt: skip

        def loud(power: Tensor) -> Tensor:
            return torch.log10(power + 1e-4) / 2 + 1

        def squeeze(spectrum: Tensor) -> Tensor:
            squeezed = spectrum * (spectrum.abs() + 1e-3).pow(-0.6) * 2
            return torch.cat([squeezed.real, squeezed.imag], dim=2)

        mel = loud(spectra(2048, hop // 2).abs() @ self.mel_basis.T).unflatten(1, (frames, 2)).flatten(2)
        sub = loud(spectra(256, hop // 8).abs() @ self.sub_mel_basis.T).unflatten(1, (frames, 8)).flatten(2)
        low = squeeze(spectra(1024, hop // 2)[:, :, : self.LOW_BINS]).unflatten(1, (frames, 2)).flatten(2)
        tonal = spectra(self.config.tonal_window, hop)[:, :, : self.tonal_inputs]
        turns = -tick[:, :, None] * torch.arange(self.tonal_inputs)
        turned = torch.complex(*rotate(tonal.real, tonal.imag, turns))
        return torch.cat([mel, sub, low, squeeze(turned)], dim=2)

    def forward(self, audio: Tensor, tick: Tensor) -> Tensor:
        """audio [B, T*hop], tick [B, T] -> latent [B, T, D]."""
        x = self.enter(self.features(audio, tick))
        # The causal stack sees ahead by running over a sequence shifted by half its reach.
        ahead = self.stack.memory // 2
        past = x.new_zeros(x.shape[0], self.stack.memory, x.shape[2])
        y, _ = self.stack(nn.functional.pad(x, (0, 0, 0, ahead)), past)
        return self.leave(y[:, ahead:] + x)


class DecoderState(NamedTuple):
    """What the decoder remembers between calls; `Decoder.initial_state` gives silence."""

    slow: Tensor
    tonal: Tensor
    fast: Tensor
    tonal_tail: Tensor
    fast_tail: Tensor


class Decoder(nn.Module):
    """Latent -> audio, causal; output sample n belongs to input sample n - delay."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        d = config.channels
        self.fast_window, self.fast_hop = 1024, config.hop // 2
        self.enter = nn.Linear(config.latent + TICKS, d)
        self.slow = CausalStack(d, config.slow_dilations)
        self.tonal = CausalStack(d, config.tonal_dilations)
        self.split = nn.Linear(d, 2 * d)
        self.fast = CausalStack(d, config.fast_dilations)
        self.tonal_norm, self.fast_norm = nn.LayerNorm(d), nn.LayerNorm(d)
        self.tonal_head = nn.Linear(d, 3 * config.tonal_bins)
        self.fast_bins = self.fast_window // 2 + 1
        self.fast_head = nn.Linear(d, 2 * self.fast_bins)
        self.tonal_dft = InverseDFT(config.tonal_window, config.tonal_bins)
        self.fast_dft = InverseDFT(self.fast_window, self.fast_bins)
        self.tonal_add = OverlapAdd(config.tonal_window, config.hop)
        self.fast_add = OverlapAdd(self.fast_window, self.fast_hop)

    def initial_state(self, batch: int) -> DecoderState:
        d = self.config.channels
        shapes = ((self.slow.memory, d), (self.tonal.memory, d), (self.fast.memory, d))
        stacks = (torch.zeros(batch, *shape) for shape in shapes)
        tails = (torch.zeros(batch, add.memory) for add in (self.tonal_add, self.fast_add))
        return DecoderState(*stacks, *tails)

    def forward(self, latent: Tensor, tick: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """latent [B, T, D], tick [B, T] 0..3 as float -> audio [B, T*hop], next state."""
        one_hot = (tick[:, :, None] == torch.arange(TICKS)).to(latent.dtype)
        x = self.enter(torch.cat([latent, one_hot], dim=2))
        x, slow = self.slow(x, state.slow)

        y, tonal = self.tonal(x, state.tonal)
        level, real, imaginary = self.tonal_head(self.tonal_norm(y)).chunk(3, dim=2)
        gain = level.clamp(max=8).exp()
        turns = tick[:, :, None] * torch.arange(self.config.tonal_bins)
        frames = self.tonal_dft(*rotate(gain * real, gain * imaginary, turns))
        steady, tonal_tail = self.tonal_add(frames, state.tonal_tail)

        y = self.split(x).reshape(x.shape[0], -1, x.shape[2])  # [B, 2T, C]
        y, fast = self.fast(y, state.fast)
        level, phase = self.fast_head(self.fast_norm(y)).chunk(2, dim=2)
        gain = level.clamp(max=8).exp()
        # Two frames a latent, half a window apart: bin k turns by k half turns, and the second frame alone is turned.
        second = (torch.arange(y.shape[1]) % 2)[None, :, None]
        turns = 2 * second * torch.arange(self.fast_bins)
        real, imaginary = rotate(gain * phase.cos(), gain * phase.sin(), turns)
        abrupt, fast_tail = self.fast_add(self.fast_dft(real, imaginary), state.fast_tail)
        return steady + abrupt, DecoderState(slow, tonal, fast, tonal_tail, fast_tail)


class Codec(nn.Module):
    """Encoder, residual VQ, decoder."""

    def __init__(self, config: CodecConfig, mel_basis: Tensor, sub_mel_basis: Tensor) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config, mel_basis, sub_mel_basis)
        self.quantizer = ResidualVQ(config.books, config.entries, config.latent)
        self.decoder = Decoder(config)

    def forward(self, audio: Tensor, tick: Tensor, books_used: Tensor) -> tuple[Tensor, Quantized]:
        """audio [B, T*hop], tick [B, T], books_used [B] -> decoded audio [B, T*hop] (delayed), quantised latent."""
        quantized = self.quantizer(self.encoder(audio, tick), books_used)
        decoded, _ = self.decoder(quantized.latent, tick, self.decoder.initial_state(audio.shape[0]))
        return decoded, quantized
