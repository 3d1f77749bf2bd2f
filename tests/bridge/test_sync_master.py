import pytest

from d2m_bridge.conductor.live_grid import Target
from d2m_bridge.errors import InputError
from d2m_bridge.sync.kinds import MASTERS, MasterOptions, SyncKind
from d2m_bridge.sync.master import FixedMaster, MasterState, delayed
from d2m_bridge.sync.tap import TapTempo


class ManualClock:
    def now(self):
        return 5.0

    def sleep(self, seconds):
        raise AssertionError("a master never waits")


def test_a_number_is_a_steady_beat():
    master = FixedMaster(120.0, first_beat=1.0)
    assert master.target(3.25) == Target(3.25, 4.5, 120.0)
    assert master.state is MasterState.LOCKED
    master.close()


def test_another_number_goes_on_from_the_same_beat():
    master = FixedMaster(120.0)
    master.set_bpm(60.0, 10.0)
    assert master.target(10.0) == Target(10.0, 20.0, 60.0)
    assert master.target(13.0) == Target(13.0, 23.0, 60.0)


def test_taps_give_a_fixed_master_tempo_and_phase():
    master, tempo = FixedMaster(120.0), TapTempo()
    tempo.tap(10.3)
    master.set_target(tempo.tap(10.9))
    target = master.target(11.5)
    assert target.bpm == pytest.approx(100.0)
    assert (target.beat, target.cycle) == (pytest.approx(2.0), 1)


@pytest.mark.parametrize("bpm", [0.0, -1.0, 39.9, 240.1, float("nan"), float("inf")])
def test_an_impossible_tempo_is_one_clear_line(bpm):
    for act in (lambda: FixedMaster(bpm), lambda: FixedMaster(100.0).set_bpm(bpm, 0.0)):
        with pytest.raises(InputError, match="40 to 240") as caught:
            act()
        assert "\n" not in str(caught.value)


def test_a_nudge_of_10_ms_puts_the_beat_10_ms_later():
    target = Target(1.0, 8.0, 120.0, 4)
    assert delayed(target, 0.010) == Target(1.010, 8.0, 120.0, 4)
    assert delayed(target, -0.250) == Target(0.75, 8.0, 120.0, 4)


def test_every_kind_but_the_dancer_has_its_maker():
    assert set(MASTERS) == set(SyncKind) - {SyncKind.FOLLOW}
    options = MasterOptions(ManualClock(), 126.0)
    for kind in (SyncKind.FIXED, SyncKind.OSC):
        master = MASTERS[kind](options)
        master.target(5.0)
        master.close()
    assert MASTERS[SyncKind.FIXED](options).target(5.0) == Target(5.0, 0.0, 126.0)
