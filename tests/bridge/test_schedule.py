import pytest

from d2m_bridge.sync import schedule as module
from d2m_bridge.sync.schedule import LATEST_S, Schedule


def taken(schedule, now):
    items = []
    while schedule.next_due is not None:
        items.append(schedule.take(now))
    return items


def test_items_come_by_their_time_then_their_rank_then_as_they_were_put_in():
    schedule = Schedule()
    for item, due, rank in [("d", 2.0, 1), ("b", 1.0, 1), ("a", 1.0, 0), ("c", 1.0, 1), ("e", 2.0, 1)]:
        assert schedule.put(item, due, 0.0, rank=rank)
    assert schedule.next_due == 1.0
    assert schedule.waiting() == ["a", "b", "c", "d", "e"]
    assert [item for item, _ in taken(schedule, 2.0)] == ["a", "b", "c", "d", "e"]


def test_what_is_too_late_is_told_and_counted_both_on_its_way_in_and_out():
    schedule = Schedule()
    assert not schedule.put("at once too late", 1.0, 1.01 + LATEST_S)
    assert schedule.put("always", 1.0, 9.0, latest_s=float("inf"))
    assert schedule.put("later too late", 8.95, 9.0)
    assert taken(schedule, 9.1) == [("always", False), ("later too late", True)]
    assert schedule.missed == 2


def test_a_full_schedule_refuses_and_a_cleared_one_takes_again(monkeypatch):
    monkeypatch.setattr(module, "ROOM", 3)
    schedule = Schedule()
    assert [schedule.put(item, 9.0, 0.0) for item in range(5)] == [True] * 3 + [False] * 2
    assert (schedule.refused, schedule.missed) == (2, 0)
    schedule.clear()
    assert schedule.next_due is None and schedule.put("again", 9.0, 0.0)
    with pytest.raises(IndexError):
        Schedule().take(0.0)
