import math

import numpy as np
import pytest
import torch

from training.codec_measures import BESIDE, COMB_LAGS
from training.losses import (
    CHROMA_SIZE,
    STFT_SIZES,
    bass_waveform_loss,
    chroma_loss,
    comb_loss,
    level_loss,
    magnitude,
    mel_loss,
    spectral_loss,
)
from training.mel import chroma_basis

RATE = 44100


def sine(hertz, amplitude=1.0, length=16384):
    return amplitude * torch.sin(2 * math.pi * hertz * torch.arange(length) / RATE)[None]


def noise(rows=2, length=16384, seed=0):
    return 0.1 * torch.randn(rows, length, generator=torch.Generator().manual_seed(seed))


def test_a_full_scale_sine_has_magnitude_one_half():
    bins = magnitude(sine(8 * RATE / 1024), 1024)[0]
    assert bins[8, 8].item() == pytest.approx(0.5, abs=0.01)
    assert bins[20, 8].item() < 1e-3


@pytest.mark.parametrize("size", STFT_SIZES)
def test_equal_sounds_cost_nothing(size):
    assert spectral_loss(noise(), noise(), size).item() == 0


@pytest.mark.parametrize("size", STFT_SIZES)
def test_twice_as_loud_costs_a_known_amount(size):
    """|log10 2| for the logarithm, and half of 1 for the magnitudes, less what keeps both finite."""
    target = noise()
    cost = spectral_loss(2 * target, target, size).item()
    assert cost == pytest.approx(math.log10(2) + 0.5, abs=0.05)


def test_an_error_costs_more_the_larger_it_is():
    target = noise()
    costs = [spectral_loss(target + share * noise(seed=1), target, 1024).item() for share in (0.01, 0.1, 1.0)]
    assert costs == sorted(costs) and costs[0] < 0.1 * costs[2]


def test_the_mel_loss_is_the_mean_distance_of_logarithms():
    basis = torch.zeros(2, 1025)
    basis[0, 10], basis[1, 20] = 1, 1
    target = noise()
    expected = (torch.log10(basis @ magnitude(target, 2048) + 1e-5) + 0.0).mean()
    louder = (torch.log10(basis @ magnitude(3 * target, 2048) + 1e-5)).mean()
    assert mel_loss(3 * target, target, basis).item() == pytest.approx((louder - expected).item(), rel=1e-4)
    assert mel_loss(target, target, basis).item() == 0


def test_the_level_loss_hears_how_loud_every_octave_is_and_no_waveform():
    target = noise()
    assert level_loss(target, target, RATE).item() == 0
    assert level_loss(0.5 * target, target, RATE).item() == pytest.approx(np.log10(4), rel=0.05)
    assert level_loss(-target, target, RATE).item() < 1e-6
    # Of what cannot be foretold the waveform loss likes the quiet best; this one wants it as loud as it is.
    other = noise(seed=1)
    levels = [level_loss(gain * other, target, RATE).item() for gain in (0.25, 0.5, 1.0, 2.0)]
    waveforms = [(gain * other - target).abs().mean().item() for gain in (0.25, 0.5, 1.0, 2.0)]
    assert np.argmin(levels) == 2 and np.argmin(waveforms) == 0


def test_the_level_loss_knows_where_in_time_and_in_frequency():
    kick, hat = sine(60, 0.5), sine(3000, 0.05)
    assert level_loss(hat, kick + hat, RATE).item() > 0.3
    half = kick.clone()
    half[:, half.shape[1] // 2 :] = 0
    assert level_loss(kick, half, RATE).item() > 0.1


def test_the_chroma_loss_hears_which_pitch_classes_sound_and_nothing_else():
    basis, counted = chroma_basis(RATE, CHROMA_SIZE), torch.ones(1)

    def cost(ours, target, weight=counted):
        return chroma_loss(ours, target, basis, weight).item()

    a4, a5, c5, e5 = (sine(hertz, 0.2) for hertz in (440.0, 880.0, 523.25, 659.26))
    assert cost(a4 + c5, a4 + c5) == 0
    assert cost(0.3 * (a4 + c5), a4 + c5) < 0.01  # however loud
    assert cost(a5, a4) < 0.1  # in whichever octave
    assert cost(e5, a4) > 1.8
    assert 0.2 < cost(a4 + c5 + e5, a4 + c5) < cost(a4 + e5, a4 + c5)
    assert cost(a4 + noise(1, 16384), a4) > 0.1  # what lies between the partials counts
    assert cost(0 * a4, 0 * a4) == 0
    assert cost(e5, a4, weight=torch.zeros(1)) == 0  # a drum has no pitch


def test_the_bass_loss_hears_only_the_bass():
    kick, hat = sine(60, 0.5), sine(3000, 0.5)
    everyone = torch.ones(1)
    assert bass_waveform_loss(kick + hat, kick, RATE, everyone).item() < 0.02
    assert bass_waveform_loss(0 * kick, kick, RATE, everyone).item() == pytest.approx(1, abs=0.05)
    # A kick turned upside down has the same spectrum, but is another waveform.
    assert bass_waveform_loss(-kick, kick, RATE, everyone).item() == pytest.approx(2, abs=0.1)


def test_rows_without_weight_do_not_count_in_the_bass():
    target, ours = torch.cat([sine(60), sine(80)]), torch.cat([sine(60), -sine(80)])
    assert bass_waveform_loss(ours, target, RATE, torch.tensor([1.0, 0.0])).item() < 1e-4
    assert bass_waveform_loss(ours, target, RATE, torch.tensor([0.0, 1.0])).item() > 1


@pytest.mark.parametrize("size", STFT_SIZES)
def test_silence_has_a_finite_gradient(size):
    ours = torch.zeros(1, 16384, requires_grad=True)
    spectral_loss(ours, noise(1), size).backward()
    assert torch.isfinite(ours.grad).all()


def buzz(every, length=32768):
    """The same click every so many samples."""
    wave = torch.zeros(1, length)
    wave[:, ::every] = 1.0
    return wave


@pytest.mark.parametrize("every", [512, 1024])
def test_a_buzz_at_the_frame_rate_costs_and_more_of_it_costs_more(every):
    target = noise(1, 32768)
    costs = [comb_loss(target + part * buzz(every), target, COMB_LAGS, BESIDE).item() for part in (0.0, 1.0, 3.0)]
    assert costs[0] == 0
    assert 0.01 < costs[1] < costs[2]
    assert costs[2] > 0.2


def test_a_buzz_that_the_original_has_is_no_error_and_to_lose_one_is_none():
    buzzing = noise(1, 32768) + 3 * buzz(1024)
    assert comb_loss(buzzing, buzzing, COMB_LAGS, BESIDE).item() == 0
    assert comb_loss(noise(1, 32768), buzzing, COMB_LAGS, BESIDE).item() == 0


def test_a_click_at_another_rate_and_a_steady_tone_are_no_buzz_of_ours():
    target = noise(1, 32768)
    assert comb_loss(target + 3 * buzz(700), target, COMB_LAGS, BESIDE).item() < 0.05
    assert comb_loss(target + sine(440.0, 0.1, 32768), target, COMB_LAGS, BESIDE).item() < 0.05


def test_less_buzz_is_where_the_gradient_of_the_comb_leads():
    target, ours = noise(1, 32768), (noise(1, 32768, seed=3) + 2 * buzz(512)).requires_grad_()
    cost = comb_loss(ours, target, COMB_LAGS, BESIDE)
    cost.backward()
    with torch.no_grad():
        step = ours - 3e-3 * ours.grad / ours.grad.abs().max()
    assert comb_loss(step, target, COMB_LAGS, BESIDE) < cost
