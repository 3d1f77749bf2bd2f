"""The field's coverage and hit: the published arithmetic by hand, and what they give to a metronome."""

import numpy as np
import pytest

from training.scores.beats_field import (
    d2mgan_scores,
    d2mgan_seconds,
    loris_scores,
    loris_seconds,
    segments,
)

RATE = 22050


def marks(pattern):
    return np.array([letter == "x" for letter in pattern])


def burst(seed=0):
    return np.random.default_rng(seed).standard_normal(900) * np.exp(-np.arange(900) / 150)


def hits(times, seconds, rate=RATE):
    sound = np.zeros(int(seconds * rate), np.float32)
    for index, time in enumerate(times):
        at = int(time * rate)
        piece = burst(index)[: len(sound) - at]
        sound[at : at + len(piece)] += piece
    return 0.3 * sound


def drums(bpm, seconds, seed):
    """Kick, snare and hats with gaps, at a random phase."""
    rng = np.random.default_rng(seed)
    eighths = np.arange(rng.uniform(0, 30 / bpm), seconds - 0.1, 30 / bpm)
    return hits(eighths[rng.random(len(eighths)) < 0.8], seconds)


def test_d2m_gan_counts_seconds_and_coverage_may_exceed_one():
    one = d2mgan_scores([(marks("x.xx"), marks("xx.x"))])
    assert (one.coverage, one.hit) == (pytest.approx(3 / 3), pytest.approx(2 / 3))
    two = d2mgan_scores([(marks("x.xx"), marks("xx.x")), (marks("x..."), marks("xxx."))])
    assert (two.coverage, two.hit) == (pytest.approx((1 + 3) / 2), pytest.approx((2 / 3 + 1) / 2))
    assert (two.f1, two.csd, two.hsd) == (None, None, None)


def test_loris_calls_the_precision_coverage():
    found = loris_scores([(marks("x.xx"), marks("xx.x")), (marks("x..."), marks("xxx."))])
    coverage, hit = (2 / 3 + 1 / 3) / 2, (2 / 3 + 1) / 2
    assert (found.coverage, found.hit) == (pytest.approx(coverage), pytest.approx(hit))
    assert found.f1 == pytest.approx(2 * coverage * hit / (coverage + hit))
    assert found.csd == pytest.approx(np.std([2 / 3, 1 / 3], ddof=1))
    assert found.hsd == pytest.approx(np.std([2 / 3, 1], ddof=1))


def test_clips_without_onsets_are_left_out_by_one_and_score_nothing_by_the_other():
    silent, played = marks("...."), marks("x..x")
    assert d2mgan_scores([(silent, played)]) is None
    assert d2mgan_scores([(silent, played), (played, played)]).coverage == 1
    found = loris_scores([(silent, played), (played, silent)])
    assert (found.coverage, found.hit, found.f1) == (0, 0, 0)
    assert loris_scores([(played, played)]).csd is None


def test_loris_cuts_a_longer_reference():
    assert loris_scores([(marks("x.xxx"), marks("x.x"))]).hit == 1


@pytest.mark.parametrize("seconds", [d2mgan_seconds, loris_seconds])
def test_a_second_is_marked_by_an_onset_in_it(seconds):
    sound = hits([0.5, 0.7, 2.3], 4.4)
    np.testing.assert_array_equal(seconds(sound, RATE), marks("x.x.."))
    assert not seconds(np.zeros(2 * RATE, np.float32), RATE).any()


@pytest.mark.parametrize("seconds", [d2mgan_seconds, loris_seconds])
def test_another_sample_rate_is_brought_to_the_published_one(seconds):
    sound = hits([0.5, 2.3], 3.0, 44100)
    np.testing.assert_array_equal(seconds(sound, 44100), marks("x.x"))


def test_segments_are_whole_and_from_the_start():
    pieces = segments(np.arange(5 * RATE, dtype=np.float32), RATE, 2.0)
    assert [len(piece) for piece in pieces] == [2 * RATE, 2 * RATE]
    assert pieces[1][0] == 2 * RATE


def test_a_metronome_and_a_sine_win_both_fashions():
    """The published finding: research on the official code gave 1.00 / 1.00 to a metronome and to a constant sine."""
    length = 10.0
    references = [drums(bpm, length, seed) for seed, bpm in enumerate((84, 97, 104, 118, 126, 133))]
    metronome = hits(np.arange(0.0, length - 0.05, 0.5), length)
    sine = (0.3 * np.sin(2 * np.pi * 220 * np.arange(int(length * RATE)) / RATE)).astype(np.float32)
    for trivial in (metronome, sine):
        theirs = d2mgan_scores([(d2mgan_seconds(real, RATE), d2mgan_seconds(trivial, RATE)) for real in references])
        later = loris_scores([(loris_seconds(real, RATE), loris_seconds(trivial, RATE)) for real in references])
        assert theirs.hit == pytest.approx(1.0, abs=0.005) and theirs.coverage == pytest.approx(1.0, abs=0.03)
        assert later.hit == pytest.approx(1.0, abs=0.005) and later.f1 > 0.97
