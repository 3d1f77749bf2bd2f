import numpy as np
import pytest

from d2m_bridge.conductor.follow import DEFAULT_BPM, follow
from d2m_bridge.timeline import BEATS_PER_BAR
from tests.dancers import RATE, dance, drifting_beats, frames_of, joints_at, steady_beats, still

# The bound for a tempo read off a dancer.
TEMPO_TOLERANCE = 0.04
TREMBLE = 0.0025


def beats_in(grid, seconds):
    beats = np.array([grid.time_at(beat) for beat in range(int(grid.beat_at(seconds)) + 1)])
    return beats[beats >= 0]


def phases(grid, seconds, beats):
    """Where the found beats lie between the true ones, in true beats: -0.5 .. 0.5."""
    return (beats(beats_in(grid, seconds)) + 0.5) % 1.0 - 0.5


@pytest.mark.parametrize("bpm", range(75, 140, 13))
@pytest.mark.parametrize("seconds", [8, 21])
def test_the_tempo_of_a_trembling_dancer_is_found(bpm, seconds):
    found = follow(dance(seconds, steady_beats(bpm, 0.13), TREMBLE, seed=bpm))
    assert found.bpm == pytest.approx(bpm, rel=TEMPO_TOLERANCE)
    assert found.grid.bpm == pytest.approx(found.bpm)
    assert found.confidence > 0.5
    assert found.grid.source == "follow"


@pytest.mark.parametrize(("bpm", "octave"), [(60, 120), (55, 110), (160, 80), (190, 95)])
def test_tempi_outside_the_musics_octave_are_folded(bpm, octave):
    found = follow(dance(15, steady_beats(bpm), TREMBLE))
    assert found.bpm == pytest.approx(octave, rel=TEMPO_TOLERANCE)


def test_a_fast_dancers_note_tells_both_tempi():
    note = follow(dance(15, steady_beats(160), TREMBLE)).octave_note
    assert "160 BPM" in note and "80 BPM" in note


@pytest.mark.parametrize("first", [0.0, 0.1, 0.27, 0.44])
def test_the_grid_moves_with_the_dancer(first):
    shift = phases(follow(dance(12, steady_beats(100, first), TREMBLE)).grid, 12, steady_beats(100, first))
    assert np.abs(shift).max() < 0.25
    assert np.std(shift) < 0.03


def test_beat_zero_is_at_or_before_the_start_and_within_a_bar():
    grid = follow(dance(12, steady_beats(100, 0.3), TREMBLE)).grid
    assert -BEATS_PER_BAR * 0.61 < grid.times[0] <= 0


def test_every_fourth_beat_from_beat_zero_is_the_one_that_the_dancer_stresses():
    def stressed(t, beat_of_bar):
        beats = steady_beats(100)
        joints = joints_at(t, beats)
        bar = (beats(t) - beat_of_bar) % 4
        jump = np.where(np.minimum(bar, 4 - bar) < 0.5, np.sin(np.pi * (bar + 0.5)) ** 2, 0)
        joints[:, :13, 1] += 0.06 * np.where((bar < 0.5) | (bar > 3.5), jump, 0)[:, None]
        return joints

    t = np.arange(round(24 * RATE)) / RATE
    downbeats = []
    for beat_of_bar in range(4):
        grid = follow(frames_of(stressed(t, beat_of_bar))).grid
        downbeats.append(round(steady_beats(100)(grid.times[0]) - beat_of_bar) % 4)
    assert len(set(downbeats)) == 1


@pytest.mark.parametrize("depth", [0.04, 0.06])
def test_a_long_clip_may_drift_and_never_jumps(depth):
    beats = drifting_beats(100, depth, every_s=50)
    grid = follow(dance(50, beats, TREMBLE)).grid
    shift = phases(grid, 50, beats)
    middle = np.median(shift)
    assert np.quantile(np.abs((shift - middle + 0.5) % 1 - 0.5), 0.8) < 0.15
    gaps = np.diff(beats_in(grid, 50))
    assert np.abs(np.diff(np.log(gaps))).max() <= 0.02
    assert np.ptp(gaps) > 0.02


def test_a_long_steady_dance_stays_steady():
    gaps = np.diff(follow(dance(70, steady_beats(104), TREMBLE)).grid.times)
    np.testing.assert_allclose(gaps, 60 / 104, rtol=0.002)


def test_a_short_clip_has_one_tempo():
    gaps = np.diff(follow(dance(12, drifting_beats(100, 0.05, 12), TREMBLE)).grid.times)
    np.testing.assert_allclose(gaps, gaps[0])


@pytest.mark.parametrize(
    "frames",
    [
        [],
        frames_of([None] * 300),
        frames_of(still(10, TREMBLE, np.random.default_rng(0))),
        dance(1 / RATE, steady_beats(100)),
        dance(2, steady_beats(100)),
    ],
    ids=["no frames", "nobody", "still", "one frame", "two seconds"],
)
def test_without_a_dance_the_grid_is_the_default_and_says_so(frames):
    found = follow(frames)
    assert (found.bpm, found.confidence, found.octave_note) == (DEFAULT_BPM, 0.0, None)
    assert found.grid.time_at(0) == pytest.approx(0) and found.grid.bpm == pytest.approx(DEFAULT_BPM)


def test_aimless_moving_gives_little_confidence():
    levels = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        walk = np.cumsum(rng.normal(0, 0.004, (450, 17, 2)), axis=0)
        levels.append(follow(frames_of(still(15, 0, rng) + walk)).confidence)
    assert np.mean(levels) < 0.5


def test_a_dancer_who_leaves_and_returns_keeps_the_tempo():
    joints = list(joints_at(np.arange(600) / RATE, steady_beats(112), TREMBLE, np.random.default_rng(0)))
    joints[200:290] = [None] * 90
    joints[400:406] = [None] * 6
    assert follow(frames_of(joints)).bpm == pytest.approx(112, rel=TEMPO_TOLERANCE)


def test_lost_and_teleporting_joints_do_not_hide_the_tempo():
    rng = np.random.default_rng(0)
    joints = joints_at(np.arange(600) / RATE, steady_beats(96), TREMBLE, rng)
    joints[rng.random((600, 17)) < 0.03] = np.nan
    thrown = rng.random((600, 17)) < 0.01
    joints[thrown] += rng.normal(0, 1, (int(thrown.sum()), 2))
    assert follow(frames_of(joints)).bpm == pytest.approx(96, rel=TEMPO_TOLERANCE)
