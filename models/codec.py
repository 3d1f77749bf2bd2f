"""The audio codec: residual VQ at 43 frames a second, a causal decoder with a fast head and a tonal head.

The fast head (1024-sample frames) makes onsets and noise. Its spectrum is *phase-rotated*: bin k of frame t is turned
by the advance of its own centre frequency, so that a constant output is a steady tone instead of a pulse a frame. The
tonal head (4096-sample frames, up to 5.5 kHz) weighs the spectrum of an *excitation*: the pulse trains of the notes
known to sound (d2m_bridge.engine.excitation); where none are known it is silent.

What is steady and has no pitch is noise. The fast head would say it as the same pulse in every frame, a buzz at the
frame rate; so each of its bins can be *blurred*: its phase is moved by dice, as far as the net wants.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.blocks import CausalStack
from models.quantizer import Quantized, ResidualVQ
from models.ranks import ranks, total_of_ranks
from models.synthesis import InverseDFT, OverlapAdd, rotate

# Spectral magnitude of a partial at -20 dB: the fast head speaks in this unit, or exp() has a long way to learn.
FAST_GAIN = 25.0
SEEN = 3  # latent frames that the decoder reads at once; the middle one lies under the tonal window's centre
QUIET = -3.0  # nepers: where the heads begin
SHARP = -2.0  # logit: how much the fast head blurs in the beginning
# Two tables of dice whose lengths share no factor: their sum repeats after three minutes.
DICE = (127, 128)


@dataclass(frozen=True, slots=True)
class CodecConfig:
    """hop: samples a latent frame. delay: samples by which the decoder's output lags its input."""

    sample_rate: int = 44100
    hop: int = 1024
    latent: int = 64
    books: int = 4
    entries: int = 1024
    encoder_channels: int = 384
    encoder_layers: int = 6
    channels: int = 288
    slow_dilations: tuple[int, ...] = (1, 2, 4)
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
        width = 2 * self.MELS + 8 * self.SUB_MELS + 4 * self.LOW_BINS
        self.enter = nn.Linear(width, config.encoder_channels)
        self.stack = CausalStack(config.encoder_channels, (1,) * config.encoder_layers)
        self.leave = nn.Linear(config.encoder_channels, config.latent)

    def features(self, audio: Tensor) -> Tensor:
        """Audio [B, T*hop] -> [B, T, width]."""
        hop = self.config.hop
        frames = audio.shape[1] // hop

        def spectra(size: int, step: int) -> Tensor:
            # First window centred on step/2: frame t of rate hop/step windows covers the frame evenly.
            padded = nn.functional.pad(audio, (size // 2 - step // 2, size // 2))
            window = torch.hann_window(size, device=audio.device)
            frames_of_all = torch.stft(padded, size, step, window=window, center=False, return_complex=True)
            return frames_of_all.transpose(1, 2)[:, : frames * hop // step] * (2 / size)

        def loud(power: Tensor) -> Tensor:
            return torch.log10(power + 1e-4) / 2 + 1

        def squeeze(spectrum: Tensor) -> Tensor:
            squeezed = spectrum * (spectrum.abs() + 1e-3).pow(-0.6) * 4
            return torch.cat([squeezed.real, squeezed.imag], dim=2)

        mel = loud(spectra(2048, hop // 2).abs() @ self.mel_basis.T).unflatten(1, (frames, 2)).flatten(2)
        sub = loud(spectra(256, hop // 8).abs() @ self.sub_mel_basis.T).unflatten(1, (frames, 8)).flatten(2)
        low = squeeze(spectra(1024, hop // 2)[:, :, : self.LOW_BINS]).unflatten(1, (frames, 2)).flatten(2)
        return torch.cat([mel, sub, low], dim=2)

    def forward(self, audio: Tensor) -> Tensor:
        """Audio [B, T*hop] -> latent [B, T, D]."""
        x = self.enter(self.features(audio))
        # The causal stack sees ahead by running over a sequence shifted by half its reach.
        ahead = self.stack.memory // 2
        past = x.new_zeros(x.shape[0], self.stack.memory, x.shape[2])
        y, _ = self.stack(nn.functional.pad(x, (0, 0, 0, ahead)), past)
        return self.leave(y[:, ahead:] + x)


class DecoderState(NamedTuple):
    """What the decoder remembers between calls; `Decoder.initial_state` gives silence. count [B, 1]: fast frames made,
    which choose the dice.
    """

    latent: Tensor
    slow: Tensor
    tonal: Tensor
    fast: Tensor
    tonal_tail: Tensor
    fast_tail: Tensor
    count: Tensor


class Decoder(nn.Module):
    """Latent -> audio, causal; output sample n belongs to input sample n - delay."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        d = config.channels
        self.fast_window, self.fast_hop = 1024, config.hop // 2
        self.enter = nn.Linear(SEEN * config.latent, d)
        self.slow = CausalStack(d, config.slow_dilations)
        self.tonal = CausalStack(d, config.tonal_dilations)
        self.split = nn.Linear(d, 2 * d)
        self.fast = CausalStack(d, config.fast_dilations)
        self.tonal_norm, self.fast_norm = nn.LayerNorm(d), nn.LayerNorm(d)
        self.tonal_level = nn.Linear(d, config.tonal_bins)
        self.fast_bins = self.fast_window // 2 + 1
        self.fast_head = nn.Linear(d, 2 * self.fast_bins)
        self.fast_blur = nn.Linear(d, self.fast_bins)
        random = torch.Generator().manual_seed(0)
        for name, length in zip(("dice_a", "dice_b"), DICE, strict=True):
            throw = torch.rand(length, self.fast_bins, generator=random) * 2 - 1
            self.register_buffer(name, throw * math.pi, persistent=False)
        with torch.no_grad():
            self.fast_blur.weight.zero_()
            self.fast_blur.bias.fill_(SHARP)
            self.tonal_level.bias.fill_(QUIET)
            self.fast_head.bias[: self.fast_bins] = QUIET
        self.tonal_dft = InverseDFT(config.tonal_window, config.tonal_bins)
        self.fast_dft = InverseDFT(self.fast_window, self.fast_bins)
        self.tonal_add = OverlapAdd(config.tonal_window, config.hop)
        self.fast_add = OverlapAdd(self.fast_window, self.fast_hop)

    def initial_state(self, batch: int) -> DecoderState:
        d, device = self.config.channels, self.enter.weight.device
        shapes = ((SEEN - 1, self.config.latent), (self.slow.memory, d), (self.tonal.memory, d), (self.fast.memory, d))
        stacks = (torch.zeros(batch, *shape, device=device) for shape in shapes)
        tails = (torch.zeros(batch, add.memory, device=device) for add in (self.tonal_add, self.fast_add))
        return DecoderState(*stacks, *tails, torch.zeros(batch, 1, device=device))

    def dice(self, count: Tensor, frames: int) -> Tensor:
        """Angles [B, frames, bins] of the fast frames from number `count` [B, 1] on; radians, -2 pi..2 pi."""
        number = count.long() + torch.arange(frames, device=count.device)
        return self.dice_a[number % DICE[0]] + self.dice_b[number % DICE[1]]

    def forward(self, latent: Tensor, excitation: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Latent [B, T, D], excitation [B, T, 2*tonal_bins] -> audio [B, T*hop], next state.

        excitation: frame t is the Hann-windowed spectrum / window of the samples that tonal frame t will cover.
        """
        frames = latent.shape[1]
        seen = torch.cat([state.latent, latent], dim=1)
        x = self.enter(torch.cat([seen[:, i : i + frames] for i in range(SEEN)], dim=2))
        x, slow = self.slow(x, state.slow)

        y, tonal = self.tonal(x, state.tonal)
        gain = self.config.tonal_window * self.tonal_level(self.tonal_norm(y)).clamp(max=4).exp()
        real, imaginary = excitation.chunk(2, dim=2)
        steady, tonal_tail = self.tonal_add(self.tonal_dft(gain * real, gain * imaginary), state.tonal_tail)

        y = self.split(x).reshape(x.shape[0], -1, x.shape[2])  # [B, 2T, C]
        y, fast = self.fast(y, state.fast)
        z = self.fast_norm(y)
        level, phase = self.fast_head(z).chunk(2, dim=2)
        phase = phase + self.fast_blur(z).sigmoid() * self.dice(state.count, y.shape[1])
        gain = FAST_GAIN * level.clamp(max=4).exp()
        # Two frames a latent, half a window apart: bin k turns by k half turns, and the second frame alone is turned.
        second = (torch.arange(y.shape[1], device=y.device) % 2)[None, :, None]
        turns = 2 * second * torch.arange(self.fast_bins, device=y.device)
        real, imaginary = rotate(gain * phase.cos(), gain * phase.sin(), turns)
        abrupt, fast_tail = self.fast_add(self.fast_dft(real, imaginary), state.fast_tail)
        # A float counts exactly up to 2**24: it goes back when both tables have come to their ends.
        count = (state.count + y.shape[1]) % (DICE[0] * DICE[1])
        return steady + abrupt, DecoderState(seen[:, frames:], slow, tonal, fast, tonal_tail, fast_tail, count)


class Assigned(NamedTuple):
    """Codes int64 [B, K, T] of latents; level float []: the RMS of all that were quantised with them, on all ranks."""

    codes: Tensor
    level: Tensor


class Codec(nn.Module):
    """Encoder, residual VQ, decoder."""

    def __init__(self, config: CodecConfig, mel_basis: Tensor, sub_mel_basis: Tensor) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config, mel_basis, sub_mel_basis)
        self.quantizer = ResidualVQ(config.books, config.entries, config.latent)
        self.decoder = Decoder(config)

    @torch.no_grad()
    def assign(self, latent: Tensor, books_used: Tensor) -> Assigned:
        """Latent [B, T, D], books_used int [B]: the whole batch of a step, or one rank's share of it."""
        with torch.autocast(latent.device.type, enabled=False):  # the nearest entry is lost in bfloat16
            codes = self.quantizer.assign(latent.float(), books_used)
            power = self.quantizer.quantised(codes, books_used).square().mean()
        return Assigned(codes, (total_of_ranks(power) / ranks()).sqrt())

    def forward(
        self,
        audio: Tensor,
        excitation: Tensor,
        books_used: Tensor,
        error: Tensor,
        count: Tensor,
        assigned: Assigned | None = None,
    ) -> tuple[Tensor, Quantized]:
        """Audio [B, T*hop], excitation [B, T, 2*bins], books_used [B] -> delayed audio [B, T*hop], quantised latent.

        error: float [B, T, D], the noise that the decoder gets with the latents, relative to their level.
        count: float [B, 1], which dice the decoder begins with; other ones each time, or the net learns them by heart.
        assigned: what `assign` found, when these items are only a part of a batch that came to it whole.
        """
        latent = self.encoder(audio)
        assigned = assigned or self.assign(latent.detach(), books_used)
        quantized = self.quantizer(latent, books_used, assigned.codes)
        start = self.decoder.initial_state(audio.shape[0])._replace(count=count)
        decoded, _ = self.decoder(quantized.latent + assigned.level * error, excitation, start)
        return decoded, quantized
