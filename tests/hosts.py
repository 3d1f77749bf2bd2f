"""The real window on a real session: a file camera, an untrained model, a made-up dancer, no sound device."""

import sys
import time
from pathlib import Path

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from d2m_bridge.engine.plan import SEEDS_KEY, STEMS
from d2m_bridge.osc import commands as do
from d2m_bridge.settings import Settings
from plugin_host.keys import BY_NAME
from plugin_host.live.controller import LiveController
from plugin_host.live.opening import Parts
from plugin_host.live.positions import positions_of
from plugin_host.messages import Messages
from plugin_host.offline.jobs import JobQueue
from plugin_host.offline.runner import Runner
from plugin_host.window import MainWindow
from tests.estimators import MadeUpDancer

STYLES = ("house", "lock", "jazz")  # of tests.models_folder
ROOT = Path(__file__).parent.parent
_WORKER = ROOT / "tests" / "host" / "render_worker.py"
_AT_REST = (
    do.Stop(), do.SetStyle("house"), do.SetKey(SEEDS_KEY), do.SetIntensity(0.0), do.SetDensity(0.0),
    do.SetComplexity(0.0), do.SetSwing(0.0), do.SetHold(False), do.SetSync("follow"), do.SetRecord(False),
    do.SetLatency(0.0), *(do.SetStemGain(stem, 0.0) for stem in STEMS), *(do.SetStemPan(stem, 0.0) for stem in STEMS),
    *(do.SetStemMute(stem, False) for stem in STEMS), *(do.SetStemSolo(stem, False) for stem in STEMS),
)  # fmt: skip


class Host:
    """The window and what belongs to it."""

    def __init__(self, folder, model, **settings):
        self.messages = Messages()
        parts = Parts(model, "cpu", MadeUpDancer)
        self.controller = LiveController(parts)
        self.settings = Settings(audio="null", takes=str(folder / "takes"), renders=str(folder / "out"), **settings)
        worker = sys.executable, str(_WORKER), "0"
        self.runner = Runner(JobQueue(folder / "queue.json"), parts, worker)
        self.window = MainWindow(self.settings, self.controller, self.messages, self.runner, STYLES)
        self.window.resize(1280, 720)
        self.window.show()

    def end(self):
        self.controller.obey(do.Stop())
        self.window._closed_at = time.monotonic()  # the second try
        self.window.close()

    def rest(self):
        """As at the beginning, on the live page."""
        self.controller._commands.join()
        for command in _AT_REST:
            self.control.obey(command)
        self.window.show_page("live")
        self.window.resize(1280, 720)
        QTest.qWait(150)  # past the guard against a nervous finger
        while self.at != positions_of(self.control.state(), self.session.styles, self.at.bpm):
            QTest.qWait(20)
        self.messages.history.clear()

    @property
    def live(self):
        return self.window.live

    @property
    def at(self):
        return self.controller.positions

    @property
    def session(self):
        return self.controller._opened.session

    @property
    def control(self):
        return self.controller._opened.control

    @property
    def said(self):
        return [message.text for message in self.messages.history]

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.window, key, modifier)

    def hit(self, name):
        """The key of a row of the table, as a keyboard sends it."""
        row = BY_NAME[name]
        combination = QKeySequence(row.keys)[0]
        if row.hold:
            QTest.keyPress(self.window, combination.key(), combination.keyboardModifiers())
            QTest.qWait(700)
            QTest.keyRelease(self.window, combination.key(), combination.keyboardModifiers())
        else:
            QTest.keyClick(self.window, combination.key(), combination.keyboardModifiers())


def click(widget, pos=None):
    """With the left button, in the middle or at a point."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=pos or QPoint())


def drag(slider, way):
    """From the middle of a slider by a way in pixels."""
    begin = slider.rect().center()
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(slider, begin + way)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=begin + way)


def choose(dropdown, index):
    """By opening the list and clicking a row; a click that comes too soon is taken for the end of the first."""
    click(dropdown)
    QTest.qWait(QApplication.doubleClickInterval() + 50)
    view = dropdown.view()
    click(view.viewport(), view.visualRect(dropdown.model().index(index, 0)).center())
