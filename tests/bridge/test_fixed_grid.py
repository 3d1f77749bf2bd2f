import numpy as np
import pytest

from d2m_bridge.conductor.fixed import fixed_grid
from d2m_bridge.errors import InputError
from tests.dancers import dance, frames_of, steady_beats, still


@pytest.mark.parametrize("bpm", [40, 77.7, 100, 240])
@pytest.mark.parametrize("motion", [None, [], frames_of([None] * 200)], ids=["none", "empty", "nobody"])
def test_without_a_dancer_beat_zero_is_at_zero(bpm, motion):
    grid = fixed_grid(bpm, motion)
    assert grid.time_at(0) == pytest.approx(0, abs=1e-12)
    assert grid.bpm == pytest.approx(bpm) and grid.source == "fixed"


@pytest.mark.parametrize("bpm", [40, 80, 100, 133.3, 240])
@pytest.mark.parametrize("seconds", [1 / 30, 0.5, 9.6, 21])
def test_the_tempo_is_exactly_the_one_asked_for(bpm, seconds):
    grid = fixed_grid(bpm, dance(seconds, steady_beats(100)))
    np.testing.assert_allclose(np.diff(grid.times), 60 / bpm)
    assert -4 * 60 / bpm - 1e-9 <= grid.times[0] <= 0


def test_the_beats_move_with_the_dancer():
    def first_beat(at):
        return fixed_grid(100, dance(12, steady_beats(100, at))).times[0] % 0.6

    moved = (first_beat(0.2) - first_beat(0.0)) % 0.6
    assert moved == pytest.approx(0.2, abs=0.02)


def test_a_still_dancer_is_no_obstacle():
    assert fixed_grid(100, frames_of(still(5, 0.0, np.random.default_rng(0)))).bpm == pytest.approx(100)


@pytest.mark.parametrize("bpm", [39.9, 240.1, 0, -100, float("nan"), float("inf")])
def test_a_tempo_out_of_range_is_refused_in_one_line(bpm):
    with pytest.raises(InputError, match="40 to 240 BPM") as error:
        fixed_grid(bpm, None)
    assert "\n" not in str(error.value)
