import numpy as np
import pytest

from training.scores.balance import balance_off_db


@pytest.fixture
def stems():
    return np.random.default_rng(0).normal(0, [[0.1], [0.05], [0.02], [0.04]], (4, 5000))


def test_all_turned_down_together_are_in_balance(stems):
    assert balance_off_db(0.3 * stems, stems) == pytest.approx(0, abs=1e-6)
    assert balance_off_db(np.roll(stems, 7, axis=1), stems) == pytest.approx(0, abs=1e-6)  # levels, not samples


def test_one_stem_that_is_8_db_down_is_a_mean_of_2(stems):
    gains = 10 ** (np.array([[0], [-8], [0], [0]]) / 20)
    assert balance_off_db(gains * stems, stems) == pytest.approx(2, abs=1e-6)


def test_what_should_not_sound_does_not_count_and_what_is_missing_does(stems):
    wanted = stems.copy()
    wanted[3] = 0
    assert balance_off_db(stems, wanted) == pytest.approx(0, abs=1e-6)
    ours = stems.copy()
    ours[1] = 0
    assert balance_off_db(ours, stems) > 8


def test_one_stem_alone_has_no_balance(stems):
    wanted = np.zeros_like(stems)
    wanted[0] = stems[0]
    assert balance_off_db(stems, wanted) is None
