"""How a meter moves."""

import pytest

from plugin_host.widgets.ballistics import FALL_DB_S, FLOOR_DB, HOLD_S, Ballistics, decibels, place


def test_it_rises_at_once_and_falls_slowly():
    meter = Ballistics()
    meter.push(-6.0, 0.0)
    assert meter.db == -6.0
    meter.push(-60.0, 0.5)
    assert meter.db == pytest.approx(-6.0 - 0.5 * FALL_DB_S)


def test_the_peak_stays_then_falls():
    meter = Ballistics()
    meter.push(-6.0, 0.0)
    meter.push(-40.0, HOLD_S)
    assert meter.peak_db == -6.0
    meter.push(-60.0, HOLD_S + 0.1)
    assert -6.0 - FALL_DB_S < meter.peak_db < -6.0
    meter.push(-60.0, 60.0)
    assert meter.peak_db == meter.db == FLOOR_DB


def test_clipping_is_seen_until_it_is_forgotten():
    meter = Ballistics()
    meter.push(0.1, 0.0)
    meter.push(-60.0, 100.0)
    assert meter.clipped
    meter.forget()
    meter.push(0.0, 101.0)
    assert not meter.clipped


def test_the_scale():
    assert [place(db) for db in (-200.0, -60.0, 12.0, 40.0)] == [0, 0, 1, 1]
    assert decibels(1.0) == 0 and decibels(0.0) == FLOOR_DB and decibels(0.5) == pytest.approx(-6.02, abs=0.01)
