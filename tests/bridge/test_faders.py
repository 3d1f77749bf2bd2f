import numpy as np
import pytest

from d2m_bridge.audio.faders import RAMP_S, Faders

RATE = 1000
RAMP = round(RAMP_S * RATE)


def push(faders, count):
    return faders.push(np.ones((4, count), np.float32))


def test_open_faders_pass_the_very_samples():
    stems = np.random.default_rng(0).normal(size=(4, 50)).astype(np.float32)
    assert Faders(RATE).push(stems) is stems


@pytest.mark.parametrize("chunks", [[40], [1] * 40, [3, 7, 30], [0, 40]])
def test_a_gain_glides_within_the_ramp_whatever_the_chunks(chunks):
    faders = Faders(RATE)
    faders.set(np.array([0.0, 1.0, 0.5, 2.0], np.float32))
    heard = np.concatenate([push(faders, count) for count in chunks], axis=1)
    for row, gain in zip(heard, [0.0, 1.0, 0.5, 2.0], strict=True):
        np.testing.assert_allclose(row[RAMP - 1 :], gain, atol=1e-6)
        assert np.abs(np.diff(np.concatenate([[1.0], row]))).max() <= abs(gain - 1) / RAMP + 1e-6


def test_turning_back_half_way_makes_no_jump():
    faders = Faders(RATE)
    faders.set(np.zeros(4, np.float32))
    first = push(faders, RAMP // 2)
    faders.set(np.ones(4, np.float32))
    heard = np.concatenate([first, push(faders, 30)], axis=1)
    assert np.abs(np.diff(heard, axis=1)).max() <= 1 / RAMP + 1e-6
    assert heard[0, -1] == 1
