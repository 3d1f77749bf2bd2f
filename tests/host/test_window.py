"""The real window on a real session: a file camera, an untrained model, a made-up dancer, no sound device."""

import re
import time
from pathlib import Path

import pytest

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.osc import commands as do
from tests.estimators import MadeUpDancer
from tests.media import moving_square, write_video

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSlider

from plugin_host.keys import BY_NAME, KEYS, PAGES, spelled
from plugin_host.live.controller import LiveController
from plugin_host.live.opening import Parts
from plugin_host.messages import Messages
from plugin_host.offline.jobs import JobQueue
from plugin_host.offline.runner import Runner
from plugin_host.settings import Settings
from plugin_host.window import MainWindow

STYLES = ("house", "lock", "jazz")


class Host:
    """The window and what belongs to it."""

    def __init__(self, folder, model, **settings):
        self.messages = Messages()
        parts = Parts(model, "cpu", MadeUpDancer)
        self.controller = LiveController(parts)
        self.settings = Settings(audio="null", takes=str(folder / "takes"), renders=str(folder / "out"), **settings)
        runner = Runner(JobQueue(folder / "queue.json"), parts)
        self.window = MainWindow(self.settings, self.controller, self.messages, runner, STYLES)
        self.window.resize(1280, 720)
        self.window.show()

    def end(self):
        self.controller.obey(do.Stop())
        self.window._closed_at = time.monotonic()  # the second try
        self.window.close()

    @property
    def at(self):
        return self.controller.positions

    @property
    def said(self):
        return [message.text for message in self.messages.history]

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.window, key, modifier)


@pytest.fixture(scope="module")
def make_host(application, tmp_path_factory, model_folder):
    made = []

    def make(**settings):
        made.append(Host(tmp_path_factory.mktemp("host"), model_folder, **settings))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("D2M_HOME", str(tmp_path_factory.mktemp("home")))
        yield make
        for host in made:
            host.end()


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("clip") / "dance.mp4", moving_square(100))


@pytest.fixture(scope="module")
def one_host(make_host, clip):
    made = make_host(camera=str(clip))
    made.window.open_session()
    return made


@pytest.fixture
def host(one_host, wait_for):
    """One for all tests: opening takes seconds. Its controls stand as at the beginning."""
    wait_for(lambda: one_host.controller.is_open, 60)
    for command in (
        do.Stop(), do.SetStyle("house"), do.SetIntensity(0.0), do.SetSync("follow"), do.SetRecord(False),
        do.SetLatency(0.0), *(do.SetStemGain(stem, 0.0) for stem in STEMS),
        *(do.SetStemMute(stem, False) for stem in STEMS),
    ):  # fmt: skip
        one_host.controller.obey(command)
    one_host.window.show_page("live")
    one_host.window.resize(1280, 720)
    one_host.messages.history.clear()
    QTest.qWait(150)  # past the guard against a nervous finger
    return one_host


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


@pytest.mark.parametrize("by", ["mouse", "key", "command"])
def test_mouse_key_and_command_move_the_same_control(host, wait_for, by):
    button = host.window.live.steer._styles._buttons["jazz"]
    if by == "mouse":
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    elif by == "key":
        host.press(Qt.Key.Key_3)
    else:
        host.controller.obey(do.SetStyle("jazz"))
    wait_for(lambda: host.at.style == "jazz")
    wait_for(button.isChecked)


def test_keys_move_the_mixer_and_the_mixer_shows_it(host, wait_for):
    strip = host.window.live.mixer._strips[1]
    host.press(Qt.Key.Key_S)
    host.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    wait_for(lambda: host.at.mutes[1] and host.at.gains_db[1] == -1.0)
    wait_for(lambda: strip.mute.text() == "Muted" and strip.fader.value() == -10)
    assert strip.fader.accessibleDescription() == "-1.0 dB"


def test_a_fader_is_dragged_and_a_double_click_is_zero(host, wait_for):
    fader = host.window.live.mixer._strips[0].fader
    begin = QPoint(fader.width() // 2, fader.height() // 2)
    QTest.mousePress(fader, Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(fader, begin + QPoint(0, 40))
    QTest.mouseRelease(fader, Qt.MouseButton.LeftButton, pos=begin + QPoint(0, 40))
    wait_for(lambda: host.at.gains_db[0] < -5)
    QTest.mouseDClick(fader, Qt.MouseButton.LeftButton, pos=begin)
    wait_for(lambda: host.at.gains_db[0] == 0)


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
    QTest.qWait(300)
    host.press(Qt.Key.Key_R)
    wait_for(lambda: not host.at.recording)
    assert (Path(host.settings.takes) / "take001.wav").exists()


def test_the_picture_and_the_plan_move(host, wait_for):
    host.press(Qt.Key.Key_Space)
    live = host.window.live
    wait_for(lambda: live.preview.accessibleDescription() == "1 in the picture")
    wait_for(lambda: live.roll._roll._strip is not None and live.roll._roll._plan)
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
    texts = [part.text() for part in host.window._sheet.findChildren(QLabel)]
    assert {row.text for row in KEYS} <= set(texts)
    host.press(Qt.Key.Key_F1)
    assert host.window._sheet is None
    host.messages.say("warn", "something happened")
    host.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert "something happened" in host.window._sheet.findChild(QPlainTextEdit).toPlainText()
    QTest.mouseClick(host.window._sheet, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert host.window._sheet is None


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
    host.window._apply({"camera": str(clip)})
    wait_for(lambda: host.controller.is_open, 60)
    assert host.window.live.play.isEnabled() and not host.window.bar.isVisible()


def interactive(window):
    kinds = QAbstractButton, QSlider, QLineEdit, QComboBox, QAbstractSpinBox
    for page in window.pages.values():
        window.stack.setCurrentWidget(page)
        for kind in kinds:
            yield from (widget for widget in page.findChildren(kind) if not widget.objectName().startswith("qt_"))
    yield from window.header.findChildren(QAbstractButton)


def test_every_control_has_a_name_and_says_what_it_does(host):
    walked = list(interactive(host.window))
    assert len(walked) > 60
    unnamed = [widget for widget in walked if not (widget.accessibleName() and widget.toolTip())]
    assert [(type(widget).__name__, widget.parent()) for widget in unnamed] == []


def test_every_live_control_names_its_key(host):
    live = host.window.live
    tips = [widget.toolTip() for widget in [*live.findChildren(QAbstractButton), *live.findChildren(QSlider)]]
    keys = {key for tip in tips for key in re.search(r"\[(.*)\]$|$", tip).expand(r"\1").split(" / ")}
    reachable = [name for name, row in BY_NAME.items() if row.make is not None]
    without = [name for name in reachable if spelled(BY_NAME[name]) not in keys]
    assert [name for name in without if not re.fullmatch(r"style[3-9]", name)] == []


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_no_page_needs_more_room_than_there_is(host, size):
    window = host.window
    window.resize(*size)
    for page in (*PAGES, "stage"):
        window.show_page(page)
        QTest.qWait(60)
        assert (window.width(), window.height()) == size, page


def test_the_window_is_not_blocked_while_pages_change(host, wait_for):
    host.press(Qt.Key.Key_Space)
    QTest.qWait(500)
    longest = 0.0
    until = time.monotonic() + 2
    pages = iter([*PAGES, "stage", "live"] * 100)
    while time.monotonic() < until:
        host.window.show_page(next(pages))
        for _ in range(10):
            begin = time.monotonic()
            QTest.qWait(5)
            longest = max(longest, time.monotonic() - begin)
    assert longest < 0.25  # five times what it should be: other programs use this machine, too
