"""Performances of a clip: what is done to a dance before anybody learns from it."""

import numpy as np
import pytest

from training import pairs
from training.pairs import MOTION_RATE_HZ, Clip, marked, per_step, perform

SECONDS = 20


def swinging():
    """A body 1.7 m tall that walks to the side while its arms swing twice a second."""
    rest = np.random.default_rng(0).uniform(-0.3, 0.3, (17, 3))
    rest[:, 1] = np.linspace(0, 1.7, 17)
    t = np.arange(int(SECONDS * MOTION_RATE_HZ)) / MOTION_RATE_HZ
    joints = np.repeat(rest[None], len(t), axis=0)
    joints[:, :, 0] += 0.02 * t[:, None]
    joints[:, 5:11, 1] += 0.3 * np.sin(2 * np.pi * 2 * t)[:, None]
    return Clip("swinging", joints, MOTION_RATE_HZ, 120.0)


def test_a_marked_dance_goes_the_same_way_with_less_movement():
    joints = swinging().joints
    inside = slice(30, -30)
    small = marked(joints, 0.1)
    assert np.ptp(small[inside, 7, 1]) == pytest.approx(0.1 * np.ptp(joints[inside, 7, 1]), rel=0.1)
    np.testing.assert_allclose(small[inside, 0, 0], joints[inside, 0, 0], atol=1e-9)
    np.testing.assert_allclose(marked(joints, 1.0), joints, atol=1e-9)


def test_a_performance_that_marks_has_less_energy_on_the_same_grid(monkeypatch):
    monkeypatch.setattr(pairs, "_FREEZE_SHARE", 0.0)

    def performed(share):
        monkeypatch.setattr(pairs, "_MARKING_SHARE", share)
        monkeypatch.setattr(pairs, "_MARKED", (0.1, 0.1))
        return perform(swinging(), np.random.default_rng(1), marking=True)

    full, calm = performed(0.0), performed(1.0)
    assert calm.grid.times.tolist() == full.grid.times.tolist()
    assert per_step(calm)[0].mean() < 0.5 * per_step(full)[0].mean()
