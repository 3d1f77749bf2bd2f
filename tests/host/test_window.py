"""The real window on a real session: a file camera, an untrained model, a made-up dancer, no sound device."""

import re
from pathlib import Path

import pytest
import soundfile

from d2m_bridge.osc import commands as do

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QPlainTextEdit, QSlider

from plugin_host.keys import BY_NAME, KEYS, PAGES, spelled
from plugin_host.widgets.key_sheet import KeySheet, sheet_lines

pytestmark = pytest.mark.real_time


def test_it_opens_silent_and_space_plays_and_stops(host, wait_for):
    play = host.window.live.play
    assert not host.at.playing and play.text() == "PLAY" and play.isEnabled()
    host.press(Qt.Key.Key_Space)
    wait_for(lambda: play.text() == "STOP")
    assert host.at.playing
    QTest.qWait(150)  # past the guard against a nervous finger
    host.press(Qt.Key.Key_Space)
    wait_for(lambda: play.text() == "PLAY")


def test_a_nervous_finger_plays_once(host, wait_for):
    host.press(Qt.Key.Key_Space)
    host.press(Qt.Key.Key_Space)
    wait_for(lambda: host.at.playing)
    QTest.qWait(200)
    assert host.at.playing


def test_panic_is_held_not_hit(host, wait_for):
    host.press(Qt.Key.Key_Space)
    wait_for(lambda: host.at.playing)
    host.press(Qt.Key.Key_Escape)  # only hit
    QTest.qWait(700)
    assert host.at.playing
    QTest.keyPress(host.window, Qt.Key.Key_Escape)
    wait_for(lambda: not host.at.playing, 3)
    QTest.keyRelease(host.window, Qt.Key.Key_Escape)


def test_a_take_is_recorded(host, wait_for):
    host.press(Qt.Key.Key_R)
    wait_for(lambda: host.at.recording)
    take = Path(host.settings.takes) / "take001.wav"
    wait_for(lambda: take.exists() and take.stat().st_size > 10_000)
    host.press(Qt.Key.Key_R)
    wait_for(lambda: not host.at.recording)
    assert soundfile.info(take).duration > 0


def test_the_picture_and_the_plan_move(host, wait_for):
    host.press(Qt.Key.Key_Space)
    live = host.window.live
    wait_for(lambda: live.preview.accessibleDescription() == "1 in the picture")
    wait_for(lambda: live.roll._roll._plan)
    before = live.roll._roll.grab().toImage()
    QTest.qWait(200)
    assert live.roll._roll.grab().toImage() != before


def test_live_keys_are_dead_on_other_pages_but_space_and_panic_are_not(host, wait_for):
    host.press(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert host.window.page == "offline"
    host.press(Qt.Key.Key_R)
    host.press(Qt.Key.Key_A)
    host.press(Qt.Key.Key_Space)
    wait_for(lambda: host.at.playing)
    assert not host.at.recording and not any(host.at.mutes)


def test_stage_mode_has_nothing_to_press(host, wait_for):
    host.press(Qt.Key.Key_F11)
    assert host.window.page == "stage" and not host.window.header.isVisible()
    assert not host.window.stage.findChildren(QAbstractButton)
    host.press(Qt.Key.Key_Space)
    wait_for(lambda: host.window.stage._state._text == "PLAYING")
    host.press(Qt.Key.Key_F11)
    assert host.window.page == "live"


def test_the_keys_are_shown_on_a_sheet_and_put_away(host):
    host.press(Qt.Key.Key_F1)
    said = host.window.sheets.shown.findChild(KeySheet).accessibleDescription().splitlines()
    lines = [line for group in dict.fromkeys(row.group for row in KEYS) for line in sheet_lines(group)]
    assert sorted(said) == sorted(": ".join(line) for line in lines)
    assert ("Shift+ A  S  D  F", "1 dB up") in lines and ("Esc, held", "panic: silence, now") in lines
    host.press(Qt.Key.Key_F1)
    assert host.window.sheets.shown is None
    host.messages.say("warn", "something happened")
    host.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert "something happened" in host.window.sheets.shown.findChild(QPlainTextEdit).toPlainText()
    QTest.mouseClick(host.window.sheets.shown, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert host.window.sheets.shown is None


def test_closing_while_it_plays_takes_two_tries(make_host, clip, wait_for):
    host = make_host(camera=str(clip))
    host.window.open_session()
    wait_for(lambda: host.controller.is_open, 60)
    host.press(Qt.Key.Key_Space)
    wait_for(lambda: host.at.playing)
    assert not host.window.close()
    assert "close once more" in host.said[-1]
    assert host.window.close()


def test_what_cannot_be_done_is_said_and_the_control_shows_the_truth(host, wait_for):
    host.controller.obey(do.SetStyle("polka"))
    wait_for(lambda: host.said)
    assert "polka" in host.said[-1]
    wait_for(lambda: host.at.style == "house")
    assert host.window.bar.isVisible()


def test_osc_is_plugged_while_it_plays(host, wait_for, udp_receiver):
    port = udp_receiver.getsockname()[1]
    host.window.show_page("connect")
    page = host.window.connect_page
    page._target.setText(f"127.0.0.1:{port}")
    QTest.mouseClick(page._sending, Qt.MouseButton.LeftButton)
    assert udp_receiver.recv(4096)
    wait_for(lambda: page._sent.text() not in ("\u2013", "sent 0"))
    page._target.setText("no port")
    page._sending.setChecked(False)
    QTest.mouseClick(page._sending, Qt.MouseButton.LeftButton)
    wait_for(lambda: host.said)
    assert not page._sending.isChecked()


def test_without_a_camera_it_says_what_to_do_and_opens_when_there_is_one(make_host, wait_for, clip, tmp_path):
    host = make_host(camera=str(tmp_path / "none.mp4"))
    host.window.open_session()
    wait_for(lambda: host.said)
    assert "none.mp4" in host.said[0] and "Set-up" in host.said[0]
    assert not host.window.live.play.isEnabled()
    host.window.requests.apply({"camera": str(clip)})
    wait_for(lambda: host.controller.is_open, 60)
    assert host.window.live.play.isEnabled() and not host.window.bar.isVisible()


def test_every_live_control_names_its_key(host):
    live = host.window.live
    tips = [widget.toolTip() for kind in (QAbstractButton, QSlider, QComboBox) for widget in live.findChildren(kind)]
    keys = {key for tip in tips for key in re.search(r"\[(.*)\]$|$", tip).expand(r"\1").split(" / ")}
    reachable = [name for name, row in BY_NAME.items() if row.make is not None]
    without = [name for name in reachable if spelled(BY_NAME[name]) not in keys]
    assert [name for name in without if not re.fullmatch(r"(style|blend)[3-9]", name)] == []  # the model has three


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_no_page_needs_more_room_than_there_is(host, size):
    window = host.window
    window.resize(*size)
    for page in (*PAGES, "stage"):
        window.show_page(page)
        QTest.qWait(60)
        assert (window.width(), window.height()) == size, page
