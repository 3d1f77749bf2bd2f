"""A walk over every widget of every place: it has a name, says what it does and its key, and its text can be read."""

import re

import numpy as np
import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QWidget

from plugin_host import theme
from plugin_host.curtain import _Patch
from plugin_host.keys import BY_NAME, PAGES, spelled
from tests.host.walk import HANDLED, PLACES, place_of, queued, shown, texts_of, to_be_named, widgets

pytestmark = pytest.mark.real_time


@pytest.fixture
def filled(host, clip, tmp_path):
    """A window with a clip in its queue; while nothing moves."""
    queued(host, clip, tmp_path / "out")
    return host


@pytest.mark.parametrize("place", PLACES)
def test_everything_has_a_name(filled, place):
    with shown(filled, place) as here:
        walked = to_be_named(here)
        assert walked
        assert [(type(widget).__name__, widget.parent()) for widget in walked if not widget.accessibleName()] == []


@pytest.mark.parametrize("place", [place for place in PLACES if place != "stage"])
def test_everything_that_is_handled_says_what_it_does(filled, place):
    with shown(filled, place) as here:
        handled = [widget for widget in widgets(here) if isinstance(widget, HANDLED)]
        assert [widget.accessibleName() for widget in handled if not widget.toolTip()] == []


def test_the_walk_misses_no_place(filled, wait_for):
    """Whatever the window holds is reached from one of the places."""
    reached: set[QWidget] = {*filled.window.header.findChildren(QWidget), *filled.window.strip.findChildren(QWidget)}
    for place in PLACES:
        with shown(filled, place) as here:
            reached.update((here, *here.findChildren(QWidget)))
    wait_for(lambda: not filled.window.stack.findChildren(_Patch))  # the curtain is no place
    missed = [widget for widget in to_be_named(filled.window) if widget not in reached]
    assert missed == []
    assert sum(isinstance(widget, HANDLED) for widget in reached) > 110


def test_header_and_strip_have_names_and_say_what_they_mean(filled):
    parts = [*widgets(filled.window.header), *widgets(filled.window.strip)]
    buttons = [part for part in parts if isinstance(part, QAbstractButton)]
    assert len(buttons) == len(PAGES) + 2
    assert all(part.accessibleName() and part.toolTip().endswith("]") for part in buttons)
    values = filled.window.strip._values.values()
    assert all(value.accessibleName() and value.toolTip() for value in values)


def test_every_tooltip_that_names_a_key_names_one_of_the_table(filled):
    keys = {spelled(row) for row in BY_NAME.values()}
    for place in PLACES:
        with shown(filled, place) as here:
            named = [re.search(r"\[(.*)\]$", widget.toolTip()) for widget in widgets(here)]
            assert {key for found in named if found for key in found[1].split(" / ")} <= keys, place


@pytest.mark.parametrize("place", PLACES)
def test_every_text_stands_out_as_it_is_drawn(filled, place):
    """The pixel that differs most from the ground is the letters' own colour: they are large enough for that."""
    filled.window.resize(1920, 1080)
    with shown(filled, place) as here:
        filled.window._wardrobe.dress(here)
        QTest.qWait(300)
        window = filled.window
        picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(picture.constBits().asstring(picture.sizeInBytes()), "<u4").reshape(picture.height(), -1)
        texts = [(text, place_of(widget, window)) for text, widget in texts_of(here)]
    assert texts
    faint = [(text, *found) for text, where in texts if (found := _contrast(pixels, where)) and found[1] < 4.5]
    assert not faint, faint


def _contrast(pixels, where):
    """Ground and contrast of the best pixel; None where nothing is seen."""
    found = pixels[where.top() : where.bottom() + 1, where.left() : where.right() + 1] & 0xFFFFFF
    if not found.size:
        return None
    colours, counts = np.unique(found, return_counts=True)
    names = [f"#{colour:06X}" for colour in colours]
    ground = names[counts.argmax()]
    return ground, round(max(theme.contrast(name, ground) for name in names), 2)
