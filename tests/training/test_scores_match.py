"""The match score knows the right music, and cannot be had by a sound that does not know the dance."""

import numpy as np
import pytest

from d2m_bridge.conductor.grid import BeatGrid
from tests.training.made_up_pairs import RATE, accents_of, clicks, dance_of, grid_of, music_of, struck
from training.scores.hearing import find_onsets
from training.scores.match import accent_f1, accent_times, curve_of_sound, curves_of_dance, same_beats, win_share

SECONDS, COUNT = 12.0, 16
NEAR_HALF = 0.15  # of 240 pairs between 16 dances: with more dances all come nearer


@pytest.fixture(scope="module")
def dances():
    return [curves_of_dance(dance_of(seed, SECONDS), grid_of(seed)) for seed in range(COUNT)]


def share(dances, sound_of):
    return win_share(dances, [curve_of_sound(sound_of(seed), RATE) for seed in range(COUNT)])


def right(seed):
    return music_of(seed, SECONDS)


def delayed(seed):
    beat, _, _ = accents_of(seed, SECONDS)
    return np.roll(right(seed), round(beat * RATE))


def time():
    return np.arange(int(SECONDS * RATE)) / RATE


TRIVIAL = {
    "a metronome at 120": lambda seed: clicks(0.5, SECONDS),
    "a metronome on the dance's own beats": lambda seed: clicks(accents_of(seed, SECONDS)[0], SECONDS),
    "noise": lambda seed: np.random.default_rng(seed).normal(0, 0.2, len(time())).astype(np.float32),
    "silence": lambda seed: np.zeros(len(time()), np.float32),
    "a sine": lambda seed: (0.3 * np.sin(2 * np.pi * 220 * time())).astype(np.float32),
    "a loud constant": lambda seed: np.full(len(time()), 0.9, np.float32),
    "another dance's music": lambda seed: right(seed + 100),
    "the right music a beat late": delayed,
}


def test_the_right_music_wins_at_any_loudness(dances):
    assert share(dances, right) > 0.95
    assert share(dances, lambda seed: 0.01 * right(seed)) == share(dances, right)


def test_music_that_answers_a_moment_late_still_wins(dances):
    assert share(dances, lambda seed: np.roll(right(seed), round(0.05 * RATE))) > 0.9


@pytest.mark.parametrize("name", TRIVIAL)
def test_a_sound_that_does_not_know_the_dance_stays_near_one_half(dances, name):
    assert share(dances, TRIVIAL[name]) == pytest.approx(0.5, abs=NEAR_HALF)


@pytest.mark.parametrize("name", ["silence", "a loud constant", "a sine"])
def test_a_sound_without_rises_gets_exactly_one_half(dances, name):
    assert share(dances, TRIVIAL[name]) == pytest.approx(0.5, abs=1e-9)


def test_clips_of_other_lengths_are_compared_over_what_both_cover():
    lengths = [16.0, 9.3, 12.1, 4.7, 2.0]
    dances = [curves_of_dance(dance_of(seed, length), grid_of(seed)) for seed, length in enumerate(lengths)]
    sounds = [curve_of_sound(music_of(seed, length + 0.3), RATE) for seed, length in enumerate(lengths)]
    assert win_share(dances, sounds) > 0.8
    assert win_share(dances[:1], sounds[:1]) is None


def test_another_dance_is_stretched_onto_the_beats():
    own, other = BeatGrid.steady(120, 0.0, "known"), BeatGrid.steady(90, 0.3, "known")
    here, there = same_beats(own, 10.0, other, 8.0, 50.0)
    for a, b in zip(here[::50], there[::50], strict=True):
        assert other.beat_at(b) == pytest.approx(own.beat_at(a), abs=1e-6)
    assert len(here) == len(there) and np.diff(here) == pytest.approx(0.02)
    assert here.min() >= 0.5 and 0.5 <= there.min() < 0.53 and 7.96 < there.max() < 8.0


def test_accents_are_the_moments_that_the_dancer_marks():
    _, times, _ = accents_of(3, SECONDS)
    alone = np.diff(times, prepend=-1, append=99)
    found = accent_times(dance_of(3, SECONDS))
    for time in times[(alone[:-1] > 0.25) & (alone[1:] > 0.25)]:
        assert np.abs(found - time).min() <= 0.034
    assert 8 < len(found) <= len(times)


def test_music_on_the_accents_scores_high_and_neither_delay_nor_density_helps():
    motion = dance_of(1, SECONDS)
    on = accent_f1(find_onsets(music_of(1, SECONDS), RATE), motion, SECONDS)
    late = accent_f1(find_onsets(np.roll(music_of(1, SECONDS), RATE // 8), RATE), motion, SECONDS)
    everywhere = np.arange(0.1, SECONDS - 0.1, 0.1)
    dense = accent_f1(find_onsets(struck(everywhere, np.ones(len(everywhere)), SECONDS), RATE), motion, SECONDS)
    assert on > 0.8 and late < 0.4 and dense < 0.5
    assert accent_f1(find_onsets(np.zeros(RATE, np.float32), RATE), motion, SECONDS) == 0
    assert accent_f1(find_onsets(music_of(1, SECONDS), RATE), motion[:10], SECONDS) is None
