import numpy as np
import pytest

from d2m_bridge.engine.dynamics import FULL_ENERGY, GLIDE_S, STILL_DB, Dynamics

RATE = 1000
GLIDE = round(GLIDE_S * RATE)


def decibels(gains):
    return 20 * np.log10(gains)


def test_stillness_is_quiet_full_energy_full_and_between_them_it_glides():
    dynamics = Dynamics(RATE)
    for sample, energy in ((0, 0.0), (100, FULL_ENERGY), (200, 1.0)):
        dynamics.push(sample, energy)
    heard = decibels(dynamics.gains(-20, 320))
    np.testing.assert_allclose(heard[: 20 + 100], STILL_DB, atol=1e-4)
    assert heard[20 + 100 + GLIDE // 2] == pytest.approx(STILL_DB / 2, abs=0.2)
    np.testing.assert_allclose(heard[20 + 100 + GLIDE :], 0, atol=1e-5)
    assert np.abs(np.diff(heard)).max() <= -STILL_DB / GLIDE + 1e-4


@pytest.mark.parametrize("chunk", [1, 7, 64, 400])
def test_chunks_and_what_is_known_of_the_future_do_not_matter(chunk):
    energies = np.random.default_rng(1).random(12)
    whole = Dynamics(RATE)
    for step, energy in enumerate(energies):
        whole.push(90 * step, energy)
    expected = whole.gains(-100, 1000)
    dynamics, known, heard = Dynamics(RATE), 0, []
    for at in range(-100, 900, chunk):
        stop = min(at + chunk, 900)
        while known == 0 or 90 * known < stop:  # only what has begun
            dynamics.push(90 * known, energies[known])
            known += 1
        heard.append(dynamics.gains(at, stop - at))
    np.testing.assert_array_equal(np.concatenate(heard), expected)
