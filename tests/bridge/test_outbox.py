import threading
import time

import pytest

from d2m_bridge.pipeline.outbox import Outbox
from d2m_bridge.sync import schedule as module

pytestmark = pytest.mark.real_time


@pytest.fixture
def heard():
    return []


@pytest.fixture
def outbox(heard):
    box = Outbox(time.perf_counter, lambda item, due: heard.append((item, due, time.perf_counter())))
    yield box
    box.close()


def wait_for(condition, seconds=5.0):
    until = time.perf_counter() + seconds
    while not condition():
        assert time.perf_counter() < until, "nothing came"
        time.sleep(0.002)


def test_things_come_in_order_of_their_time_and_not_before(outbox, heard):
    begin = time.perf_counter() + 0.05
    for part in (3, 1, 2, 0):
        outbox.put(part, begin + part * 0.03)
    wait_for(lambda: len(heard) == 4)
    assert [item for item, _, _ in heard] == [0, 1, 2, 3]
    assert all(at >= due for _, due, at in heard)
    assert sorted(outbox.lateness)[1] < 0.02


def test_what_is_a_little_late_goes_at_once_and_does_not_count_as_jitter(outbox, heard):
    assert outbox.put("late", time.perf_counter() - module.LATEST_S / 2)
    wait_for(lambda: heard)
    assert not outbox.lateness and not outbox.missed


def test_what_was_missed_is_not_made_up_for(heard):
    now = [0.0]
    box = Outbox(lambda: now[0], lambda item, due: heard.append(item))
    try:
        assert not box.put("put in too late", -1.0)
        for beat in range(1, 9):
            box.put(beat, beat / 2)
        now[0] = 3.61  # the machine slept through seven beats
        box.put("wakes it", 3.55)
        wait_for(lambda: "wakes it" in heard)
        now[0] = 4.0
        box.put("wakes it again", 3.95)
        wait_for(lambda: 8 in heard)
    finally:
        box.close()
    assert heard == ["wakes it", "wakes it again", 8]
    assert box.missed == 8


def test_a_full_box_refuses_and_says_so(outbox, monkeypatch):
    monkeypatch.setattr(module, "ROOM", 3)
    for item in range(5):
        outbox.put(item, time.perf_counter() + 60)
    assert outbox.refused == 2


def test_cleared_and_closed_boxes_send_nothing(outbox, heard):
    outbox.put("never", time.perf_counter() + 0.05)
    outbox.clear()
    outbox.put("nor this", time.perf_counter() + 0.05)
    outbox.close()
    time.sleep(0.1)
    assert not heard
    outbox.close()
    assert not any(thread.name == "outbox" and thread.is_alive() for thread in threading.enumerate())
