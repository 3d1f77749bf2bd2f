import numpy as np
import pytest

from d2m_bridge.audio.limiter import Limiter
from tests.sounds import CHUNKS, chunks, drum_loop, sine, true_peak_db

RATE = 44100


def limited(samples, size=8193, ceiling=-1.0, rate=RATE):
    limiter = Limiter(ceiling, rate, samples.shape[1])
    return np.concatenate([*(limiter.push(chunk) for chunk in chunks(samples, size)), limiter.flush()])


def noise(seconds, amplitude):
    return (amplitude * np.random.default_rng(2).standard_normal((int(seconds * RATE), 2))).astype(np.float32)


SIGNALS = {
    "noise": noise(1, 0.7),
    "quarter of the rate, whose samples miss the peaks": sine(RATE / 4, 1.4, 1, RATE, np.pi / 4),
    "high sine": sine(18000.3, 3.0, 1, RATE, 0.3),
    "low sine": sine(40.0, 2.0, 1, RATE),
    "square": np.sign(sine(1000.3, 1.0, 1, RATE)) * np.float32(2),
    "clicks": (np.random.default_rng(3).random((RATE, 2)) < 1e-3).astype(np.float32) * 4,
    "drums": drum_loop(2, RATE) * np.float32(6),
    "a peak on the first and last sample": np.pad(np.zeros((500, 2), np.float32), ((1, 1), (0, 0)), constant_values=3),
}


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("ceiling", [-1.0, -6.0])
def test_no_true_peak_above_the_ceiling(name, ceiling):
    output = limited(SIGNALS[name], ceiling=ceiling)
    assert true_peak_db(output) <= ceiling
    assert true_peak_db(output) > ceiling - 1.5 or name.startswith("square")


@pytest.mark.parametrize("rate", [8000, 48000])
def test_it_works_at_other_sample_rates(rate):
    assert true_peak_db(limited(SIGNALS["noise"], rate=rate)) <= -1.0


@pytest.mark.parametrize("size", CHUNKS)
def test_any_chunking_gives_the_same_bits(size):
    samples = SIGNALS["noise"][: 1500 if size == 1 else 20000]
    assert np.array_equal(limited(samples, size), limited(samples, 100_000))


@pytest.mark.parametrize("length", [0, 1, 7, 233, 5000])
def test_the_delay_is_taken_out(length):
    samples = noise(1, 0.05)[:length]
    assert np.array_equal(limited(samples), samples)


def test_it_goes_back_to_the_very_same_samples_after_a_peak():
    samples = noise(2, 0.05)
    samples[1000] = 3.0
    output = limited(samples)
    assert np.array_equal(output[:700], samples[:700])
    assert np.array_equal(output[-RATE // 2 :], samples[-RATE // 2 :])


def test_both_channels_get_one_gain_so_that_the_picture_does_not_move():
    samples = noise(1, 0.05)
    samples[1000:2000, 0] *= 60
    output = limited(samples)
    gains = output[200:] / samples[200:]
    np.testing.assert_allclose(gains[:, 0], gains[:, 1], rtol=1e-4)


def test_the_gain_moves_smoothly():
    samples = np.full((RATE // 2, 2), 0.5, np.float32)
    samples[5000] = 4.0
    gain = limited(samples)[:, 0] / samples[:, 0]
    fastest_db = np.abs(np.diff(20 * np.log10(gain[np.arange(len(gain)) != 5000]))).max()
    assert fastest_db < 0.5  # 18 dB within 5 ms, without a step
