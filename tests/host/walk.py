"""Every place of the window, filled, so that a test can walk over all of its widgets."""

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSlider,
    QWidget,
)

from d2m_bridge.osc.learn import Lesson
from d2m_bridge.pipeline.doctor import Finding
from d2m_bridge.plugins import Plugin
from plugin_host.keys import PAGES
from plugin_host.live.teachable import teachable
from plugin_host.offline.jobs import JobOptions
from plugin_host.pages.stage import BigText
from plugin_host.widgets.key_sheet import KeySheet
from plugin_host.widgets.message_bar import _Row as Message
from plugin_host.widgets.meter import Scale

PANELS = ("ports", "learn", "monitor")
PLACES = (*PAGES, "stage", *(f"connect: {panel}" for panel in PANELS), "first start", "help", "log", "messages")
HANDLED = (QAbstractButton, QSlider, QLineEdit, QComboBox, QAbstractSpinBox)  # what a hand or the keyboard moves
_SHOWN = (*HANDLED, QProgressBar, QAbstractScrollArea)


@contextmanager
def shown(host, place: str) -> Iterator[QWidget]:
    """The widget that holds a place, on the screen and with something in it."""
    window = host.window
    if place in ("help", "log"):
        window.show_page("live")
        window.sheets.turn(place)
        yield window.sheets.shown
        window.sheets.put_away()
    elif place == "messages":
        for level in ("info", "ok", "warn"):
            host.messages.say(level, f"what is {level}", topic=level)
        yield window.bar
        for level in ("info", "ok", "warn"):
            host.messages.settle(level)
    elif place == "first start":
        window.show_page("setup")
        steps = (Finding("camera", "good", "there"), Finding("sound", "bad", "none", "plug one in"))
        window.setup.machine.run("The first start", lambda progress: (progress("Looking", 0.3), *steps)[1:])
        QTest.qWait(200)
        window.setup.machine._show_progress("Looking", 0.3)
        window.setup.machine._show_plugins((Plugin("d2m.sinks", "lamp", "d2m-lamp", "no such port"),))
        yield window.setup
        window.setup.machine._show_progress("", 1.0)
    else:
        page, _, panel = place.partition(": ")
        window.show_page(page)
        if panel:
            window.connect_page.show_panel(panel)
        window.connect_page.learn._teach((Lesson("/5/knob", next(teachable(())), 0.0, 1.0),))
        yield window.pages[page]


def queued(host, clip, out):
    """A clip of the queue, whose card is then there to be walked over."""
    return host.runner.add(clip, JobOptions(str(out)))


def widgets(place: QWidget) -> list[QWidget]:
    """All that a person meets there: Qt's own inner parts are met as their owner."""
    return [
        widget
        for widget in (place, *place.findChildren(QWidget))
        if not widget.objectName().startswith("qt_") and not isinstance(widget.parent(), QAbstractScrollArea)
        if not any(isinstance(owner, QComboBox | QAbstractSpinBox) for owner in _owners(widget))
    ]


def _owners(widget: QWidget) -> Iterator[QWidget]:
    while (widget := widget.parentWidget()) is not None:
        yield widget


def to_be_named(place: QWidget) -> list[QWidget]:
    """What takes the keyboard, what is handled, and what paints itself."""
    return [
        widget
        for widget in widgets(place)
        if isinstance(widget, _SHOWN)
        or widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        or (_paints(widget) and not isinstance(widget, QLabel))
    ]


def _paints(widget: QWidget) -> bool:
    return type(widget).__module__.startswith("plugin_host") and "paintEvent" in type(widget).__dict__


def texts_of(place: QWidget) -> Iterator[tuple[str, QWidget]]:
    """What is written there now, and where."""
    for widget in widgets(place):
        if not widget.isEnabled() or widget.visibleRegion().boundingRect() != widget.rect():
            continue  # or it is out of sight, whole or in part
        if isinstance(widget, QLabel | QAbstractButton):
            text = widget.text()
        elif isinstance(widget, QLineEdit):
            text = widget.text() or widget.placeholderText()
        elif isinstance(widget, QComboBox):
            text = widget.currentText()
        elif isinstance(widget, QAbstractSpinBox):
            text = widget.text()
        elif isinstance(widget, BigText | KeySheet):  # these write for themselves
            text = widget.accessibleDescription()
        elif isinstance(widget, Message | Scale):
            text = widget.accessibleName()
        else:
            continue
        if text.strip():
            yield text, widget


def place_of(widget: QWidget, inside: QWidget):
    """Its rectangle in a parent's coordinates."""
    return widget.rect().translated(widget.mapTo(inside, QPoint()))
