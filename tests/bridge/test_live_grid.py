import numpy as np
import pytest

from d2m_bridge.conductor.live_grid import DANCER, MACHINE, LiveGrid, Target, Turn

ASKS_HZ = 30  # how often a session aims and decides
ROUNDING = 1e-9


class SteadyMaster:
    """bpm from the start, another from change_s on; its beat is `ahead` at 0 s."""

    def __init__(self, bpm, ahead=0.0, cycle=4, later_bpm=None, change_s=0.0):
        self.bpm, self.ahead, self.cycle = bpm, ahead, cycle
        self.later_bpm, self.change_s = later_bpm or bpm, change_s

    def target(self, t):
        before, after = min(t, self.change_s), max(0.0, t - self.change_s)
        beat = self.ahead + (before * self.bpm + after * self.later_bpm) / 60
        return Target(t, beat, self.bpm if t < self.change_s else self.later_bpm, self.cycle)


def follow(grid, master, turn, seconds, start=0.0):
    """Phase error in seconds at every ask, float64 [N], and every beat that was decided, float64 [B]."""
    errors, beats = [], {}
    for now in np.arange(start, start + seconds, 1 / ASKS_HZ):
        target = master.target(now)
        grid.aim(target, turn)
        grid.decide(now)
        away = (grid.beat_at(now) - target.beat + target.cycle / 2) % target.cycle - target.cycle / 2
        errors.append(away * 60 / target.bpm)
        for beat in range(grid.last_beat - 8, grid.last_beat + 1):
            if beat >= 0:
                beats.setdefault(beat, grid.step_time(4 * beat))
    return np.array(errors), np.array([beats[beat] for beat in sorted(beats)])


def settled_after(errors, limit_s=0.005):
    """Seconds after which the error stays within the limit."""
    outside = np.flatnonzero(np.abs(errors) > limit_s)
    return (outside[-1] + 1) / ASKS_HZ if len(outside) else 0.0


def assert_within_slew(beats, turn):
    lengths = np.diff(beats)
    ratios = lengths[1:] / lengths[:-1]
    assert ratios.max() <= 1 + turn.slew + ROUNDING
    assert ratios.min() >= 1 / (1 + turn.slew) - ROUNDING


@pytest.mark.parametrize("ahead", [0.0, 0.3, -0.49, 1.0, 1.4])
def test_a_machine_is_met_within_ten_seconds(ahead):
    errors, beats = follow(LiveGrid(120.0), SteadyMaster(120.0, ahead), MACHINE, 20)
    assert settled_after(errors) < 10
    assert_within_slew(beats, MACHINE)


@pytest.mark.parametrize("ahead", [1.99, 2.0, -2.0])
def test_half_a_cycle_is_turned_off_too(ahead):
    errors, _ = follow(LiveGrid(120.0), SteadyMaster(120.0, ahead), MACHINE, 20)
    assert settled_after(errors) < 12


@pytest.mark.parametrize("ahead", [0.1, 0.3, -0.45])
@pytest.mark.parametrize("bpm", [70.0, 100.0, 140.0])
def test_a_dancer_is_met_without_haste(bpm, ahead):
    errors, beats = follow(LiveGrid(bpm), SteadyMaster(bpm, ahead, cycle=1), DANCER, 60)
    assert settled_after(errors) < 40 * 60 / bpm  # 2 % of a beat each beat, and the same to fade out
    assert_within_slew(beats, DANCER)


@pytest.mark.parametrize(("turn", "cycle"), [(DANCER, 1), (MACHINE, 1), (MACHINE, 4)])
@pytest.mark.parametrize("ahead", [0.4, -0.4])
def test_the_phase_is_reached_without_overshoot(turn, cycle, ahead):
    errors, _ = follow(LiveGrid(110.0), SteadyMaster(110.0, ahead, cycle), turn, 60)
    assert (errors * np.sign(ahead)).max() <= 1e-6


@pytest.mark.parametrize("bpm", [60.0, 90.0, 126.0, 180.0])
def test_a_machines_new_tempo_is_followed_within_a_bar(bpm):
    grid = LiveGrid(120.0)
    master = SteadyMaster(120.0, later_bpm=bpm, change_s=10.0)
    _, beats = follow(grid, master, MACHINE, 10 + 1.75 * 60 / bpm + 4 * 60 / bpm)
    assert_within_slew(beats, MACHINE)
    # Beats are decided up to 1.75 beats ahead; of those that were open when the tempo changed, the fifth has it.
    assert np.diff(beats)[-1] == pytest.approx(60 / bpm, rel=MACHINE.pull + 0.01)
    errors, _ = follow(grid, master, MACHINE, 12, start=10 + 5.75 * 60 / bpm)
    assert settled_after(errors) * bpm / 60 < 12  # what ran up while turning is made up for within three bars


def test_a_dancers_tempo_drifts_by_no_more_than_two_percent_a_beat():
    errors, beats = follow(LiveGrid(100.0), SteadyMaster(100.0, 0.0, 1, later_bpm=130.0, change_s=5.0), DANCER, 60)
    assert_within_slew(beats, DANCER)
    assert np.abs(errors[-300:]).max() < 0.005


@pytest.mark.parametrize("turn", [DANCER, MACHINE])
def test_a_jittering_phase_at_half_a_cycle_does_not_hold_the_grid_there(turn):
    generator = np.random.default_rng(3)
    grid = LiveGrid(120.0)
    for now in np.arange(0, 30, 1 / ASKS_HZ):
        grid.aim(Target(now, 0.5 + now * 2 + generator.normal(0, 0.05), 120.0, cycle=1), turn)
        grid.decide(now)
    away = (grid.beat_at(30.0) - 60.5 + 0.5) % 1 - 0.5
    assert abs(away) < 0.15


@pytest.mark.parametrize("turn", [DANCER, MACHINE])
def test_without_a_target_the_masters_tempo_is_kept_and_not_its_lean(turn):
    grid = LiveGrid(120.0)
    follow(grid, SteadyMaster(120.0, 0.5, cycle=4), turn, 2)
    assert grid.bpm != pytest.approx(120.0, rel=0.005)
    for now in np.arange(2.0, 20.0, 1 / ASKS_HZ):
        grid.aim(None, turn)
        grid.decide(now)
    assert grid.bpm == pytest.approx(120.0)


@pytest.mark.parametrize("bpm", [10.0, 39.0, 241.0, 999.0])
def test_a_master_beyond_our_tempi_gets_a_steady_beat(bpm):
    _, beats = follow(LiveGrid(120.0), SteadyMaster(bpm), MACHINE, 40)
    assert np.diff(beats)[-8:] == pytest.approx(60 / min(240.0, max(40.0, bpm)))


@pytest.mark.parametrize("bpm", [40.0, 240.0])
@pytest.mark.parametrize("ahead", [0.7, -0.7])
def test_the_phase_is_met_at_the_ends_of_the_tempi_too(bpm, ahead):
    errors, _ = follow(LiveGrid(bpm), SteadyMaster(bpm, ahead), MACHINE, 60)
    assert abs(errors[-1]) < 0.001


def test_an_answer_once_given_never_changes():
    generator = np.random.default_rng(1)
    grid, answers = LiveGrid(100.0, first_beat=0.4), {}
    for now in np.arange(0, 60, 1 / ASKS_HZ):
        jumping = Target(now, generator.uniform(0, 1000), generator.uniform(40, 240), int(generator.choice([1, 4])))
        grid.aim(jumping if generator.uniform() < 0.9 else None, MACHINE if generator.uniform() < 0.5 else DANCER)
        for step in range(-8, 4 * grid.last_beat + 8):
            answer = grid.step_time(step)
            if answer is not None and step > 4 * (grid.last_beat - 60):
                assert answers.setdefault(step, answer) == answer
        grid.decide(now)
    times = [answers[step] for step in sorted(answers)]
    assert np.diff(times).min() > 0
    assert len(times) > 100


def test_every_16th_that_begins_within_the_next_is_decided():
    grid = LiveGrid(40.0)
    for now in np.arange(0, 20, 1 / ASKS_HZ):
        grid.aim(Target(now, 3.7 + now * 4, 240.0), MACHINE)
        grid.decide(now)
        step = int(np.floor(grid.beat_at(now) * 4))
        assert grid.step_time(step + 1) is not None
        assert grid.step_time(step + 2) is not None


def test_beat_at_is_the_other_way_of_step_time():
    grid = LiveGrid(97.0, first_beat=-0.2)
    follow(grid, SteadyMaster(140.0, 0.3), MACHINE, 30)
    for step in range(4 * (grid.last_beat - 50), 4 * grid.last_beat + 1):
        assert grid.beat_at(grid.step_time(step)) == pytest.approx(step / 4)


def test_an_hour_keeps_the_phase():
    grid, master = LiveGrid(133.7), SteadyMaster(133.7, 0.2)
    for now in np.arange(0, 3600, 0.2):
        grid.aim(master.target(now), MACHINE)
        grid.decide(now)
    away = (grid.beat_at(3600.0) - master.target(3600.0).beat + 2) % 4 - 2
    assert abs(away) * 60 / 133.7 < 1e-4


def test_a_machine_that_slept_decides_all_that_was_missed():
    grid = LiveGrid(120.0)
    grid.decide(0.0)
    grid.decide(1000.0)
    assert grid.beat_at(1000.0) == pytest.approx(2000.0)
    assert grid.step_time(4 * 2000) == pytest.approx(1000.0)


@pytest.mark.parametrize("bpm", [0.0, 39.9, 240.1, float("nan")])
def test_an_impossible_tempo_is_refused(bpm):
    with pytest.raises(ValueError, match="40 to 240"):
        LiveGrid(bpm)


def test_turn_and_target_are_values():
    assert Turn(0.02, 0.02) == DANCER
    assert Target(0.0, 0.0, 100.0).cycle == 4
