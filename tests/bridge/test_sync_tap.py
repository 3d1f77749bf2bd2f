import numpy as np
import pytest

from d2m_bridge.sync.tap import PAUSE_S, TapTempo


def tapped(times):
    tempo = TapTempo()
    return [tempo.tap(t) for t in times]


@pytest.mark.parametrize("bpm", [41.0, 60.0, 97.0, 128.0, 236.0])
def test_even_taps_are_the_tempo_and_the_phase(bpm):
    first, *rest = tapped([7.0 + place * 60 / bpm for place in range(12)])
    assert first is None
    for place, target in enumerate(rest, start=1):
        assert target.bpm == pytest.approx(bpm)
        assert target.t == pytest.approx(7.0 + place * 60 / bpm)
        assert target.cycle == 1
        assert target.beat == int(target.beat)


def test_a_foots_jitter_is_averaged():
    generator = np.random.default_rng(0)
    targets = [tapped(np.arange(9) * 0.5 + generator.normal(0, 0.015, 9))[-1] for _ in range(50)]
    assert np.std([target.bpm for target in targets]) < 1.5
    assert np.std([target.t for target in targets]) < 0.013


def test_one_tap_that_slipped_or_was_missed_does_not_matter():
    slipped = tapped([0.0, 0.5, 1.0, 1.7, 2.0, 2.5, 3.0])[-1]
    assert slipped.bpm == pytest.approx(120.0)
    assert slipped.t == pytest.approx(3.0)
    missed = tapped([0.0, 0.5, 1.0, 2.0, 2.5, 3.0])[-1]
    assert missed.bpm == pytest.approx(120.0)
    assert missed.beat == 6


def test_a_pause_begins_a_new_count():
    targets = tapped([0.0, 0.5, 1.0, 1.0 + PAUSE_S + 0.1, 1.4 + PAUSE_S + 0.1])
    assert targets[3] is None
    assert targets[4].bpm == pytest.approx(150.0)
    assert targets[4].beat == 1


def test_a_new_tempo_is_taken_within_two_bars():
    times = np.concatenate([np.arange(8) * 0.5, 4.0 + np.arange(9) * 0.4])
    assert tapped(times)[-1].bpm == pytest.approx(150.0)


def test_a_bouncing_key_is_one_tap():
    steady = tapped([0.0, 0.03, 0.5, 0.51, 1.0, 0.9])
    assert steady[-1].bpm == pytest.approx(120.0)
