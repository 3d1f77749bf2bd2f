"""A window that is being resized: what its pages cost meanwhile, and that they are whole again afterwards."""

import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from plugin_host import theme
from plugin_host.curtain import Curtain, _Patch
from plugin_host.widgets.still import Still

pytestmark = pytest.mark.real_time


class Piece(QWidget):
    """Counts how often it is painted."""

    def __init__(self, parent, place, colour):
        super().__init__(parent)
        self.painted, self.colour = 0, colour
        self.setGeometry(place)

    def paintEvent(self, a0):  # noqa: N802
        self.painted += 1
        QPainter(self).fillRect(self.rect(), QColor(self.colour))


@pytest.fixture
def stage(application, wait_for):
    """Two pieces on a widget."""
    made = QWidget()
    made.resize(300, 100)
    made.pieces = [Piece(made, QRect(10, 10, 100, 80), "#ff0000"), Piece(made, QRect(120, 10, 100, 80), "#00ff00")]
    made.show()
    wait_for(lambda: all(piece.painted for piece in made.pieces))
    QTest.qWait(50)
    yield made
    made.close()


def colour_at(widget, x, y):
    return widget.grab().toImage().pixelColor(x, y).name()


def test_what_is_behind_the_curtain_is_not_painted_and_looks_as_before(stage):
    curtain = Curtain(stage)
    curtain.draw()
    before = [piece.painted for piece in stage.pieces]
    for wide in (320, 340, 360):
        stage.resize(wide, 100)
        curtain.draw()
        stage.pieces[0].colour = "#0000ff"
        stage.pieces[0].update()
        QTest.qWait(30)
    assert [piece.painted for piece in stage.pieces] == before
    assert colour_at(stage, 50, 50) == "#ff0000" and colour_at(stage, 150, 50) == "#00ff00"


def test_the_pieces_appear_one_after_the_other(stage, wait_for):
    curtain = Curtain(stage)
    curtain.draw()
    for piece in stage.pieces:
        piece.colour = "#0000ff"
    seen = []
    curtain.open(stage.pieces)
    while True:
        now = (colour_at(stage, 50, 50), colour_at(stage, 150, 50))
        if not seen or seen[-1] != now:
            seen.append(now)
        if now == ("#0000ff", "#0000ff"):
            break
        QTest.qWait(1)
    assert ("#0000ff", "#00ff00") in seen  # the first alone
    wait_for(lambda: len(stage.findChildren(QWidget)) == len(stage.pieces))  # nothing of the curtain is left


def test_another_scene_rises_out_of_the_ground_a_piece_at_a_time(stage, wait_for):
    Curtain(stage).rise(stage.pieces)
    assert colour_at(stage, 50, 50) == colour_at(stage, 150, 50) == theme.GROUND.lower()
    wait_for(lambda: colour_at(stage, 50, 50) == "#ff0000")
    wait_for(lambda: colour_at(stage, 150, 50) == "#00ff00")
    wait_for(lambda: len(stage.findChildren(QWidget)) == len(stage.pieces))


def test_a_curtain_that_is_dropped_leaves_nothing(stage, wait_for):
    curtain = Curtain(stage)
    curtain.draw()
    curtain.drop()
    stage.pieces[0].colour = "#0000ff"
    stage.pieces[0].update()
    wait_for(lambda: colour_at(stage, 50, 50) == "#0000ff")
    wait_for(lambda: len(stage.findChildren(QWidget)) == len(stage.pieces))


def test_a_still_is_drawn_again_only_when_it_looks_otherwise(application):
    widget, still, drawn = QWidget(), Still(), []
    widget.resize(20, 20)

    def paint(look):
        still.paint(widget, look, lambda painter: drawn.append(look))

    widget.paintEvent = lambda _: paint("calm")
    widget.grab()
    widget.grab()
    assert drawn == ["calm"]
    widget.resize(30, 20)
    widget.grab()
    assert drawn == ["calm", "calm"]
    widget.paintEvent = lambda _: paint("lit")
    widget.grab()
    assert drawn == ["calm", "calm", "lit"]


def test_the_pages_follow_the_window_when_it_rests(host, wait_for):
    host.window.show_page("live")
    host.window.resize(1280, 720)
    wait_for(lambda: not host.window.stack.findChildren(_Patch))
    host.window.resize(1290, 730)
    assert not host.window.stack.findChildren(_Patch)  # the picture is taken later: the first step has enough to do
    for wide in range(1300, 1500, 20):
        host.window.resize(wide, 800)
        QTest.qWait(5)
    stage = host.window.stack
    pages = set(host.window.pages.values())
    beside = lambda: [w for w in stage.findChildren(QWidget) if w.parent() is stage and w not in pages]  # noqa: E731
    assert any(one.isVisible() for one in beside())
    wait_for(lambda: not beside())
    assert host.live.size() == stage.size()
