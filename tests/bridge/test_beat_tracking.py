import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d2m_bridge.conductor.tempogram import peak, pulse_spectrum
from d2m_bridge.conductor.tracking import RANGE, track_beats

RATE = 100.0


def pulses(times, seconds, rate=RATE):
    """A curve with a bump of 30 ms at each of times."""
    t = np.arange(round(seconds * rate)) / rate
    return np.exp(-0.5 * ((t[:, None] - times) / 0.03) ** 2).sum(axis=1)


def distance(beats, times):
    return np.abs(beats[:, None] - times).min(axis=1)


@pytest.mark.parametrize("stiffness", [None, 0.1, 3.0])
@pytest.mark.parametrize("period", [0.3, 0.5, 0.637, 1.1])
@pytest.mark.parametrize("first", [0.0, 0.21])
def test_steady_pulses_are_found(period, first, stiffness):
    times = np.arange(first, 20, period)
    beats = track_beats(pulses(times, 20), RATE, period, stiffness)
    inside = beats[(beats > -0.05) & (beats < times[-1] + 0.1)]
    assert distance(inside, times).max() < 0.015
    assert len(inside) == len(times)


@pytest.mark.parametrize("stiffness", [None, 1.0])
def test_beats_cover_the_whole_clip_and_begin_at_or_before_zero(stiffness):
    beats = track_beats(pulses(np.arange(5, 8, 0.5), 20), RATE, 0.5, stiffness)
    assert -0.5 <= beats[0] <= 0 and beats[-1] >= 19.99
    assert (np.diff(beats) > 0).all()


def test_a_steady_grid_has_exactly_the_period():
    beats = track_beats(pulses(np.arange(0.1, 20, 0.5), 20), RATE, 0.5, None)
    np.testing.assert_allclose(np.diff(beats), 0.5)


@pytest.mark.parametrize("depth", [0.03, 0.06])
def test_a_drifting_tempo_is_followed(depth):
    t = np.linspace(0, 40, 40001)
    position = 2 * (t + depth * 30 / (2 * np.pi) * np.sin(2 * np.pi * t / 30))
    times = np.interp(np.arange(1, 78), position, t)
    beats = track_beats(pulses(times, 40), RATE, 0.5, 0.1)
    inside = beats[(beats > times[0] - 0.1) & (beats < times[-1] + 0.1)]
    assert np.quantile(distance(inside, times), 0.95) < 0.04


def test_beats_go_on_through_silence_without_a_jump():
    times = np.arange(0.1, 30, 0.5)
    times = times[(times < 10) | (times > 20)]
    beats = track_beats(pulses(times, 30), RATE, 0.5, 1.0)
    assert distance(times, beats).max() < 0.02


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.25, 1.5), st.floats(0.0, 2.0))
def test_whatever_the_curve_the_tempo_stays_in_range_and_changes_by_two_percent_a_beat_at_most(seed, period, stiffness):
    noise = np.random.default_rng(seed).normal(size=1500)
    gaps = np.diff(track_beats(noise, 60.0, period, stiffness))
    assert (gaps > 0).all()
    assert period / (1 + RANGE) - 1e-9 <= gaps.min() and gaps.max() <= period / (1 - RANGE) + 1e-9
    assert np.abs(np.diff(np.log(gaps))).max() <= 0.02


@pytest.mark.parametrize("ticks", [1, 2, 5])
def test_a_clip_shorter_than_a_beat_still_gives_two_beats(ticks):
    for stiffness in (None, 1.0):
        beats = track_beats(np.ones(ticks), 30.0, 0.5, stiffness)
        assert len(beats) >= 2 and (np.diff(beats) > 0).all() and beats[0] <= 0


def test_a_flat_curve_gives_a_steady_grid():
    np.testing.assert_allclose(np.diff(track_beats(np.zeros(300), 30.0, 0.6, 0.1)), 0.6)


@pytest.mark.parametrize("seconds", [5, 15.9, 16, 17, 47])
def test_the_spectrum_peaks_at_the_tempo_of_the_pulses(seconds):
    tempi = np.linspace(60, 200, 281)
    curve = pulses(np.arange(0.2, seconds, 60 / 93.3), seconds)
    scores = pulse_spectrum((curve - curve.mean())[None], RATE, tempi, (1.0, 2.0)).sum(axis=0)
    assert peak(scores, tempi) == pytest.approx(93.3, rel=0.004)


def test_a_curve_of_zeros_has_no_power():
    assert not pulse_spectrum(np.zeros((2, 500)), RATE, np.array([100.0]), (1.0,)).any()
