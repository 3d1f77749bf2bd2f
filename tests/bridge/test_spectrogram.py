import numpy as np
import pytest
import soundfile

from d2m_bridge.audio.spectrogram import log_spectrogram

BANDS, LOW, HIGH = 100, 50.0, 10_000.0
CENTRES = np.geomspace(LOW, HIGH, BANDS)


def spectrogram(tmp_path, samples, rate=44100, columns=50):
    soundfile.write(tmp_path / "a.wav", samples, rate, subtype="FLOAT")
    return log_spectrogram(tmp_path / "a.wav", columns, BANDS, LOW, HIGH)


def tone(hz, seconds, rate=44100):
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)


@pytest.mark.parametrize("rate", [22050, 44100, 96000])
@pytest.mark.parametrize("hz", [110, 1000, 7000])
def test_a_tone_lies_in_its_band(tmp_path, hz, rate):
    levels = spectrogram(tmp_path, tone(hz, 2, rate), rate)
    assert levels.shape == (BANDS, 50) and levels.dtype == np.float32
    assert np.abs(np.log2(CENTRES[levels.argmax(axis=0)] / hz)).max() < 0.15


def test_a_burst_lies_in_its_column(tmp_path):
    samples = np.zeros(44100 * 5)
    samples[44100 * 3 : 44100 * 3 + 2000] = np.random.default_rng(0).uniform(-1, 1, 2000)
    levels = spectrogram(tmp_path, samples)
    assert abs(int(levels.mean(axis=0).argmax()) - 30) <= 1


def test_bands_above_half_the_sample_rate_are_silent(tmp_path):
    levels = spectrogram(tmp_path, np.random.default_rng(0).uniform(-1, 1, 16000), rate=8000)
    assert (levels[CENTRES > 4100] < -150).all()
    assert (levels[CENTRES < 3900] > -60).all()


def test_both_channels_count_as_much_as_one(tmp_path):
    mono = tone(440, 1)
    stereo = spectrogram(tmp_path, np.stack([mono, mono], axis=1))
    np.testing.assert_allclose(stereo, spectrogram(tmp_path, mono), atol=0.01)


@pytest.mark.parametrize("length", [0, 1, 100])
def test_a_file_shorter_than_a_window(tmp_path, length):
    assert np.isfinite(spectrogram(tmp_path, np.ones(length))).all()
