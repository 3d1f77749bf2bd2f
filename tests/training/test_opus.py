import numpy as np
import pytest
from scipy.signal import butter, correlate, sosfilt

from training.opus import through_opus

RATE = 44100


def speech_like(length):
    """Noise below 3 kHz that comes and goes: its place in time is plain."""
    rng = np.random.default_rng(0)
    sound = sosfilt(butter(4, [100, 3000], "bandpass", fs=RATE, output="sos"), rng.standard_normal(length))
    return (0.3 * sound * np.sin(np.arange(length) / RATE * 9) ** 2).astype(np.float32)


@pytest.mark.parametrize("length", [RATE, 2 * RATE + 1, 67890])
def test_what_comes_back_is_as_long_and_not_a_sample_late(length):
    sound = speech_like(length)
    decoded, _ = through_opus(sound, RATE, 48)
    assert decoded.shape == sound.shape and decoded.dtype == np.float32
    match = correlate(decoded, sound)
    assert match.argmax() == length - 1  # no lag
    assert match.max() / (np.linalg.norm(decoded) * np.linalg.norm(sound)) > 0.97


def test_the_last_samples_come_back():
    sound = speech_like(2 * RATE + 17)
    sound[-400:] += 0.2 * np.sin(np.arange(400) / 10).astype(np.float32)
    decoded, _ = through_opus(sound, RATE, 64)
    assert np.corrcoef(decoded[-400:-20], sound[-400:-20])[0, 1] > 0.9


def test_more_bits_are_counted_and_heard():
    sound = speech_like(4 * RATE)
    trips = [through_opus(sound, RATE, nominal) for nominal in (6, 12, 24)]
    rates = [kbps for _, kbps in trips]
    errors = [np.square(decoded - sound).mean() for decoded, _ in trips]
    assert rates == pytest.approx([6, 12, 24], rel=0.35)
    assert errors[0] > errors[1] > errors[2] > 0


def test_silence_costs_hardly_anything():
    decoded, kbps = through_opus(np.zeros(3 * RATE, np.float32), RATE, 24)
    assert np.abs(decoded).max() < 1e-3
    assert 0 < kbps < 6
