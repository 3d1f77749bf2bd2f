"""What of the processor is free."""

import time

import pytest

pytest.importorskip("PyQt6.QtCore", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from plugin_host.live import headroom
from plugin_host.live.headroom import Headroom


def row(user, idle, waiting):
    return f"cpu  {user} 0 0 {idle} {waiting} 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n"


def test_what_all_programs_leave_is_free(tmp_path, monkeypatch):
    counters = tmp_path / "stat"
    monkeypatch.setattr(headroom, "_COUNTERS", counters)
    counters.write_text(row(100, 1000, 10))
    free = Headroom()
    counters.write_text(row(175, 1020, 15))
    assert free() == pytest.approx(0.25)
    counters.write_text(row(275, 1020, 15))
    assert free() == 0
    assert free() == 1  # no time has passed


def test_elsewhere_this_program_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(headroom, "_COUNTERS", tmp_path / "none")
    free = Headroom()
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
    assert 0 <= free() < 1
