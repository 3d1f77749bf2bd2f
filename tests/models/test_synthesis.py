import math

import numpy as np
import pytest
import torch

from models.synthesis import InverseDFT, OverlapAdd, rotate

# Sums of a few float32 numbers in another order.
EXACT = 1e-6


@pytest.mark.parametrize(("window", "hop"), [(8, 4), (16, 4), (12, 3)])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_chunks_equal_the_whole(window, hop, size):
    add = OverlapAdd(window, hop)
    frames = torch.randn(3, 15, window, generator=torch.Generator().manual_seed(0))
    tail = torch.zeros(3, add.memory)
    whole, last = add(frames, tail)
    parts = []
    for piece in frames.split(size, dim=1):
        samples, tail = add(piece, tail)
        parts.append(samples)
    assert torch.allclose(torch.cat(parts, dim=1), whole, atol=EXACT)
    assert torch.allclose(tail, last, atol=EXACT)


@pytest.mark.parametrize(("window", "hop"), [(8, 4), (16, 4), (4096, 1024)])
def test_overlapping_windows_sum_to_one(window, hop):
    add = OverlapAdd(window, hop)
    samples, _ = add(torch.ones(1, 12, window), torch.zeros(1, add.memory))
    assert torch.allclose(samples[:, add.memory :], torch.ones(1, 12 * hop - add.memory), atol=1e-5)


def test_a_frame_starts_at_its_sample():
    add = OverlapAdd(8, 4)
    frames = torch.zeros(1, 5, 8)
    frames[0, 2, 3] = 1
    samples, _ = add(frames, torch.zeros(1, add.memory))
    assert torch.nonzero(samples[0]).flatten().tolist() == [2 * 4 + 3]


def test_the_tail_is_what_is_still_to_come():
    add = OverlapAdd(8, 2)
    frames = torch.randn(1, 1, 8)
    _, tail = add(frames, torch.zeros(1, add.memory))
    silence, _ = add(torch.zeros(1, 3, 8), tail)
    assert torch.allclose(silence[0], (frames[0, 0] * add.window)[2:], atol=EXACT)


@pytest.mark.parametrize(("size", "bins"), [(16, 5), (1024, 512), (4096, 512)])
def test_the_inverse_dft_is_numpys_of_a_spectrum_cut_off_above(size, bins):
    rng = np.random.default_rng(0)
    spectrum = rng.standard_normal(bins) + 1j * rng.standard_normal(bins)
    spectrum[0] = spectrum[0].real
    full = np.concatenate([spectrum, np.zeros(size // 2 + 1 - bins)])
    real, imaginary = (torch.tensor(part, dtype=torch.float32)[None, None] for part in (spectrum.real, spectrum.imag))
    ours = InverseDFT(size, bins)(real, imaginary)[0, 0].numpy()
    np.testing.assert_allclose(ours, np.fft.irfft(full, size), atol=2e-4 * bins / size)


def test_rotation_is_multiplication_by_i():
    spectrum = torch.complex(torch.randn(4, 3), torch.randn(4, 3))
    for turns in range(-1, 6):
        real, imaginary = rotate(spectrum.real, spectrum.imag, torch.tensor(float(turns)))
        assert torch.allclose(torch.complex(real, imaginary), spectrum * 1j**turns, atol=1e-5)


def test_a_constant_rotated_spectrum_is_a_steady_tone():
    """What the rotation is for: bin k of each frame advances by what its own sine advances in a hop."""
    window, hop, k = 64, 32, 5
    spectrum = torch.zeros(1, 10, window // 2 + 1)
    spectrum[:, :, k] = window / 2
    turns = (torch.arange(10) * 2)[None, :, None] * torch.arange(window // 2 + 1)
    real, imaginary = rotate(spectrum, torch.zeros_like(spectrum), turns)
    add = OverlapAdd(window, hop)
    samples, _ = add(InverseDFT(window, window // 2 + 1)(real, imaginary), torch.zeros(1, add.memory))
    n = torch.arange(hop, 10 * hop)
    assert torch.allclose(samples[0, hop:], torch.cos(2 * math.pi * k * n / window), atol=1e-4)
