import numpy as np
import pytest

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.felt import FELT, FORESEEN_STEPS, Felt
from d2m_bridge.timeline import STEPS_PER_BAR, MotionFrame

GRID = BeatGrid.steady(117.0, -0.13, "fixed")
RATE = 30.0
ENERGY, BAR, ACCENT, BEFORE, FORESEEN = range(len(FELT))


def dance(seconds=12.0, seed=0):
    rng = np.random.default_rng(seed)
    count = int(seconds * RATE)
    energy, accent = rng.random(count), np.where(rng.random(count) < 0.2, rng.random(count), 0.0)
    nothing = np.zeros(0, np.float32)
    return [
        MotionFrame(i, i / RATE, nothing, float(e), float(a), True)
        for i, (e, a) in enumerate(zip(energy, accent, strict=True))
    ]


def told(frames, foresight, last_step, grid=GRID):
    """What is told of each step, asked for as soon as it may be, while the dance is coming in."""
    felt, rows = Felt(grid, foresight=foresight), []
    for frame in frames:
        felt.push(frame)
        while len(rows) <= last_step and (needed := felt.needs(len(rows))) is not None and needed <= frame.t:
            rows.append(felt.at(len(rows), needed))
    return np.array(rows)


def by_hand(frames, steps):
    """Mean energy, and strongest accent nearest to, of each 16th."""
    places = np.array([GRID.beat_at(frame.t) * 4 for frame in frames])
    energies, accents = np.zeros(steps), np.zeros(steps)
    for step in range(steps):
        inside = [frame.energy for frame, place in zip(frames, places, strict=True) if np.floor(place) == step]
        near = [frame.accent for frame, place in zip(frames, places, strict=True) if np.floor(place + 0.5) == step]
        energies[step], accents[step] = np.mean(inside or [0.0]), max(near, default=0.0)
    return energies, accents


def test_with_foresight_the_step_itself_is_told():
    frames = dance()
    rows = told(frames, True, 63)
    energies, accents = by_hand(frames, 64)
    np.testing.assert_allclose(rows[2:, ENERGY], energies[2:], atol=1e-6)
    np.testing.assert_allclose(rows[1:, ACCENT], accents[1:], atol=1e-6)
    np.testing.assert_allclose(rows[2:, BEFORE], accents[1:-1], atol=1e-6)
    bars = energies.reshape(-1, STEPS_PER_BAR).mean(axis=1)
    np.testing.assert_allclose(rows[STEPS_PER_BAR:, BAR], np.repeat(bars, STEPS_PER_BAR)[STEPS_PER_BAR:], atol=1e-6)
    assert (rows[:, FORESEEN] == 1).all()


def half_time(step):
    return (GRID.step_time(step) + GRID.step_time(step + 1)) / 2


def test_live_the_step_is_told_as_far_as_its_half_and_nothing_that_comes_later():
    frames = dance()
    rows = told(frames, False, 63)
    for step in (1, 17, 40, 63):
        changed = [
            frame if frame.t <= half_time(step) else MotionFrame(frame.index, frame.t, frame.features, 1.0, 1.0, True)
            for frame in frames
        ]
        np.testing.assert_array_equal(told(changed, False, 63)[step], rows[step])
    _, accents = by_hand(frames, 64)
    np.testing.assert_allclose(rows[1:, ACCENT], accents[1:], atol=1e-6)
    np.testing.assert_allclose(rows[2:, BEFORE], accents[1:-1], atol=1e-6)
    for step in range(2, 64):
        half = [frame.energy for frame in frames if GRID.step_time(step) <= frame.t <= half_time(step)]
        assert rows[step, ENERGY] == pytest.approx(np.mean(half), abs=1e-6)
    assert not rows[:, FORESEEN].any()


def test_live_the_rest_of_the_bar_is_taken_to_go_on_like_this():
    frames = dance()
    energies, _ = by_hand(frames, 64)
    step = 2 * STEPS_PER_BAR + 5
    row = told(frames, False, step)[step]
    latest = max((frame for frame in frames if frame.t <= half_time(step)), key=lambda frame: frame.t).energy
    expected = energies[2 * STEPS_PER_BAR : step].sum() + row[ENERGY] + latest * (STEPS_PER_BAR - 6)
    assert row[BAR] == pytest.approx(expected / STEPS_PER_BAR, abs=1e-6)


@pytest.mark.parametrize("foresight", [False, True])
def test_it_remembers_no_more_than_two_bars(foresight):
    felt, step = Felt(GRID, foresight=foresight), 0
    most = 0
    for frame in dance(60.0):
        felt.push(frame)
        while felt.needs(step) <= frame.t:
            felt.at(step, felt.needs(step))
            step += 1
        most = max(most, len(felt._frames))
    bars = 2 + FORESEEN_STEPS / STEPS_PER_BAR
    assert most < bars * GRID.step_time(STEPS_PER_BAR) * 1.2 * RATE


def test_before_the_dance_nothing_is_felt():
    felt = Felt(BeatGrid.steady(100.0, -0.5, "fixed"), foresight=False)
    assert not felt.at(0, -1.0).any()


class Undecided:
    """Knows the time of a few steps only."""

    def step_time(self, step):
        return step / 8 if step < 20 else None


def test_foresight_waits_for_the_conductor():
    felt = Felt(Undecided(), foresight=True)
    assert felt.needs(2) == pytest.approx((2 + FORESEEN_STEPS) / 8)
    assert felt.needs(3) is None


def test_after_the_end_the_dance_is_taken_to_go_on():
    felt = Felt(GRID, foresight=True)
    frames = dance(4.0)
    for frame in frames:
        felt.push(frame)
    row = felt.at(200, float("inf"))
    assert row[ENERGY] == row[BAR] == pytest.approx(frames[-1].energy)
    assert row[ACCENT] == 0
