import subprocess
import sys

import numpy as np
import pytest
import soundfile

from d2m_bridge.audio.loudness import LoudnessMeter, measure
from tests.sounds import CHUNKS, chunks, drum_loop, sine, true_peak_db

RATE = 44100


def metered(samples, size=4096, rate=RATE):
    meter = LoudnessMeter(rate, samples.shape[1])
    for chunk in chunks(samples, size):
        meter.push(chunk)
    return meter.result()


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
def test_the_reference_tone_of_bs_1770(rate):
    # One channel at 997 Hz and 0 dBFS reads -3.01 LUFS (ITU-R BS.1770); a second equal one adds 3.01 dB.
    stereo = sine(997, 0.1, 5, rate)
    assert metered(stereo, rate=rate).lufs == pytest.approx(-20.0, abs=0.1)
    assert metered(stereo[:, :1], rate=rate).lufs == pytest.approx(-23.01, abs=0.1)
    assert metered(stereo, rate=rate).dbtp == pytest.approx(-20.0, abs=0.1)


def test_the_gate_leaves_silence_out():
    tone = sine(997, 0.1, 5, RATE)
    assert metered(np.concatenate([tone, np.zeros((RATE * 10, 2), np.float32)])).lufs == pytest.approx(-20, abs=0.3)


def test_true_peak_is_found_between_the_samples():
    tone = sine(RATE / 4, 0.5, 1, RATE, np.pi / 4)
    assert np.abs(tone).max() == pytest.approx(0.5 / np.sqrt(2), abs=1e-3)
    assert metered(tone).dbtp == pytest.approx(true_peak_db(tone[5000:-5000]), abs=0.5)


@pytest.mark.parametrize("size", CHUNKS[1:])
def test_chunks_do_not_matter(size):
    samples = drum_loop(3, RATE)
    assert metered(samples, size) == metered(samples, len(samples))


def test_a_peak_in_the_last_samples_counts():
    samples = np.zeros((RATE + 1234, 2), np.float32)
    samples[-40:] = 0.8
    assert metered(samples).dbtp > -3


@pytest.mark.parametrize("length", [0, 1, 44100])
def test_silence_is_minus_infinity(length):
    result = metered(np.zeros((length, 2), np.float32))
    assert result.lufs == -np.inf and result.dbtp == -np.inf


def test_a_clip_too_short_for_a_loudness_still_has_a_peak():
    result = metered(sine(997, 0.5, 0.2, RATE))
    assert result.lufs == -np.inf
    assert result.dbtp == pytest.approx(-6, abs=0.3)


def test_a_file_reads_as_its_samples(tmp_path):
    samples = drum_loop(3, RATE)
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    assert measure(tmp_path / "a.wav") == metered(samples)


def test_memory_does_not_grow_with_the_file(tmp_path):
    pytest.importorskip("resource")
    code = """
import resource, sys
from pathlib import Path
from d2m_bridge.audio.loudness import measure
measure(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
measure(Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    for name, seconds in (("short", 5), ("long", 180)):
        with soundfile.SoundFile(tmp_path / f"{name}.wav", "w", RATE, 2, "FLOAT") as file:
            for _ in range(seconds):
                file.write(np.full((RATE, 2), 0.1, np.float32))
    paths = [str(tmp_path / "short.wav"), str(tmp_path / "long.wav")]
    grown = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True)
    assert int(grown.stdout) < 12_000  # KiB; the long file has 62 MB
