import pytest

from d2m_bridge.sync.session_clock import SessionClock


class ByHand:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


def test_it_begins_at_nought_and_runs():
    source = ByHand()
    clock = SessionClock(source)
    assert clock.now() == 0
    source.seconds += 2.5
    assert clock.now() == pytest.approx(2.5)
    clock.restart()
    assert clock.now() == 0


def test_it_catches_up_with_the_sound_without_a_jump():
    source = ByHand()
    clock = SessionClock(source)
    source.seconds += 10
    before = clock.now()
    clock.steer(0.002, 10)  # two milliseconds ahead
    assert clock.now() == pytest.approx(before, abs=1e-9)
    source.seconds += 10
    assert clock.now() - before == pytest.approx(9.998, abs=1e-6)


def test_a_wild_measurement_turns_it_only_a_little():
    source = ByHand()
    clock = SessionClock(source)
    clock.steer(100.0, 10)
    source.seconds += 100
    assert clock.now() == pytest.approx(99.95)
    clock.steer(-100.0, 10)
    source.seconds += 100
    assert clock.now() == pytest.approx(200.0)
