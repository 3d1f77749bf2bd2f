import math

import torch

from training.board import spectrogram

RATE = 44100


def sine(hertz, amplitude=1.0):
    return amplitude * torch.sin(2 * math.pi * hertz * torch.arange(RATE) / RATE)


def test_a_tone_is_a_line_that_is_higher_for_a_higher_tone():
    rows = [spectrogram(sine(hertz), RATE).mean(1).argmax().item() for hertz in (110, 440, 1000, 8000)]
    assert rows == sorted(set(rows))


def test_full_scale_is_white_and_silence_black():
    assert spectrogram(sine(8000), RATE).max() > 0.8
    assert spectrogram(torch.zeros(RATE), RATE).max() == 0
    assert spectrogram(5 * torch.randn(RATE, generator=torch.Generator().manual_seed(0)), RATE).max() <= 1


def test_forty_decibels_are_half_the_range():
    loud, quiet = (spectrogram(sine(8000, amplitude), RATE).max().item() for amplitude in (1.0, 0.01))
    assert abs(loud - quiet - 0.5) < 0.01
