import numpy as np
import pytest

from d2m_bridge.engine.dynamics import ACCENT_DB, FULL_ENERGY, GLIDE_S, RECOIL_DB, STILL_DB, Dynamics
from d2m_bridge.engine.sound import lag
from d2m_bridge.manifest import ASSETS, load_manifest

RATE = 1000
GLIDE = round(GLIDE_S * RATE)


def decibels(gains):
    return 20 * np.log10(gains)


def test_stillness_is_quiet_full_energy_full_and_between_them_it_glides():
    dynamics = Dynamics(RATE)
    for sample, energy in ((0, 0.0), (100, FULL_ENERGY), (200, 1.0)):
        dynamics.push(sample, energy)
    heard = decibels(dynamics.gains(-20, 320))
    np.testing.assert_allclose(heard[: 20 + 100 - GLIDE], STILL_DB, atol=1e-4)
    assert heard[20 + 100 - GLIDE // 2] == pytest.approx(STILL_DB / 2, abs=0.2)
    np.testing.assert_allclose(heard[20 + 100 :], 0, atol=1e-5)
    assert np.abs(np.diff(heard)).max() <= -STILL_DB / GLIDE + 1e-4


def test_an_accent_is_louder_from_its_first_sample_and_the_music_recoils_for_a_16th():
    dynamics = Dynamics(RATE)
    for sample, accent in ((0, 0.0), (100, 0.5), (200, 0.0), (300, 0.0)):
        dynamics.push(sample, 1.0, accent)
    heard = decibels(dynamics.gains(0, 400))
    assert heard[100] == pytest.approx(ACCENT_DB / 2)
    np.testing.assert_allclose(heard[100 : 200 - GLIDE], ACCENT_DB / 2, atol=1e-4)
    np.testing.assert_allclose(heard[200 : 300 - GLIDE], RECOIL_DB / 2, atol=1e-4)
    np.testing.assert_allclose(heard[np.r_[: 100 - GLIDE, 300:400]], 0, atol=1e-4)


def test_after_an_accent_another_is_as_loud_as_it_is_hard():
    dynamics = Dynamics(RATE)
    for sample, accent in ((0, 0.0), (100, 0.5), (200, 0.8), (300, 0.4)):
        dynamics.push(sample, 1.0, accent)
    heard = decibels(dynamics.gains(0, 400))
    assert heard[200] == pytest.approx(0.8 * ACCENT_DB)
    assert heard[300] == pytest.approx(0.4 * ACCENT_DB + (0.8 - 0.4) * RECOIL_DB)


def test_between_two_16ths_that_are_closer_than_a_glide_it_glides_faster():
    dynamics = Dynamics(RATE)
    for sample, energy in ((0, 0.0), (100, 0.0), (100 + GLIDE // 2, FULL_ENERGY)):
        dynamics.push(sample, energy)
    heard = decibels(dynamics.gains(0, 200))
    np.testing.assert_allclose(heard[:101], STILL_DB, atol=1e-4)
    assert heard[100 + GLIDE // 4] == pytest.approx(STILL_DB / 2, abs=0.5)
    np.testing.assert_allclose(heard[100 + GLIDE // 2 :], 0, atol=1e-4)


def test_the_glide_hides_inside_the_lag_of_the_decoder():
    manifest = load_manifest(ASSETS)
    assert lag(manifest) > GLIDE_S * manifest.sample_rate


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
        while known == 0 or 90 * known - GLIDE < stop:  # no more than must be
            dynamics.push(90 * known, energies[known])
            known += 1
        heard.append(dynamics.gains(at, stop - at))
    np.testing.assert_array_equal(np.concatenate(heard), expected)
