"""The side information of music whose notes nobody knows: what is sent, what it costs, how loud it comes back."""

import math
from dataclasses import replace

import numpy as np
import pytest

from models.codec import CodecConfig
from training.partials import HIGHEST_DB, LEVEL_STEP_DB, adaptive_bits, corrected, excitation, partials_of
from training.train_codec import tonal_clock

CONFIG = CodecConfig()
CLOCK = tonal_clock(CONFIG)
RATE = CONFIG.sample_rate


def tones(*hertz, seconds=2.0, level=0.1):
    t = np.arange(int(seconds * RATE)) / RATE
    return sum(level * np.sin(2 * np.pi * h * t + i) for i, h in enumerate(hertz)).astype(np.float32)


def resounded(partials, length):
    """The tracks alone, as a decoder would let them sound that adds nothing of its own."""
    wave = np.zeros(length)
    for hertz, onset, end, level_db in zip(
        partials.hertz, partials.onset, partials.end, partials.level_db, strict=True
    ):
        n = np.arange(onset, min(end, length))
        wave[n] += 10 ** (level_db / 20) * 0.1 * np.cos(2 * np.pi * hertz / RATE * n)
    return wave.astype(np.float32)


def test_steady_tones_are_found_to_ten_cents():
    found = partials_of(tones(440.0, 1000.0), CLOCK)
    for hertz in (440.0, 1000.0):
        assert np.abs(1200 * np.log2(found.hertz / hertz)).min() < 10


def test_silence_has_no_partials_and_says_so_in_a_few_bits():
    quiet = partials_of(np.zeros(10 * RATE, np.float32), CLOCK)
    assert len(quiet.hertz) == 0
    assert 0 < quiet.bits < 10 * RATE / 2048  # below one a frame


@pytest.mark.parametrize("gain_db", [-9.0, 0.0, 7.0])
def test_a_level_is_sent_that_makes_good_what_the_decoder_gets_wrong(gain_db):
    audio = tones(440.0, 1000.0)
    wrong = 10 ** (gain_db / 20)
    found = corrected(partials_of(audio, CLOCK), audio, RATE, lambda tracks: wrong * resounded(tracks, len(audio)))
    loud = found.end - found.onset > 4 * 2048  # shorter ones are the edges of the sound
    assert loud.any()
    assert np.abs(found.level_db[loud] + gain_db).max() <= LEVEL_STEP_DB


def test_a_partial_that_never_sounds_gets_the_highest_level_and_not_more():
    audio = tones(440.0)
    found = corrected(partials_of(audio, CLOCK), audio, RATE, lambda tracks: np.zeros_like(audio))
    assert (found.level_db == HIGHEST_DB).all()


def test_six_decibels_more_are_twice_the_excitation():
    one = partials_of(tones(440.0), CLOCK)
    two = replace(one, level_db=one.level_db + 20 * math.log10(2))
    np.testing.assert_allclose(excitation(two, CLOCK, 40), 2 * excitation(one, CLOCK, 40), atol=1e-5)


def test_the_code_length_is_that_of_the_estimator():
    # 1/2, then (1 + 1/2) / (1 + 1), then of the other symbol (1/2) / (2 + 1).
    assert adaptive_bits(np.array([0, 0, 1]), 2) == pytest.approx(-math.log2(1 / 2 * 3 / 4 * 1 / 6))
    assert adaptive_bits(np.zeros(0, int), 5) == 0
    rng = np.random.default_rng(0)
    even, skewed = rng.integers(8, size=2000), np.minimum(rng.geometric(0.7, 2000) - 1, 7)
    assert adaptive_bits(even, 8) == pytest.approx(3 * 2000, rel=0.02)
    assert adaptive_bits(skewed, 8) < 0.6 * adaptive_bits(even, 8)


def test_the_densest_music_stays_below_the_rate_of_the_codec():
    rng = np.random.default_rng(0)
    chords = [tones(*rng.uniform(185, 2400, 24), seconds=0.2, level=0.03) for _ in range(40)]
    audio = np.concatenate(chords)
    levels = rng.integers(-10, 9, 10**4) * LEVEL_STEP_DB  # as irregular as can be
    found = partials_of(audio, CLOCK)
    found = replace(found, level_db=levels[: len(found.hertz)])
    seconds = len(audio) / RATE
    assert len(found.hertz) / seconds > 40
    codes = CONFIG.books * math.log2(CONFIG.entries) * RATE / CONFIG.hop
    assert codes + found.bits / seconds <= 2600
