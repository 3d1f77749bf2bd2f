"""The camera's picture in the window, pixel by pixel, in awkward sizes."""

import numpy as np
import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage, QPainter

from plugin_host.widgets.picture import Picture


def drawn(picture, size, ratio=1.0):
    """uint8 [H, W, 3] RGB, what the picture draws."""
    target = QImage(size, QImage.Format.Format_RGB32)
    target.setDevicePixelRatio(ratio)
    target.fill(0x00FF00)
    painter = QPainter(target)
    picture.draw(painter, ratio)
    painter.end()
    pixels = np.frombuffer(target.constBits().asstring(target.sizeInBytes()), np.uint8)
    return pixels.reshape(size.height(), size.width(), 4)[..., 2::-1]


def halves(height, width):
    """Red on the left, blue on the right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = pixels[:, width // 2 :, 2] = 255
    return pixels


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(64, 48), (65, 7), (7, 65), (1279, 65), (513, 300), (1, 1)])
def test_it_is_whole_in_the_middle_and_as_in_a_mirror(application, size, mirrored):
    picture, size = Picture(), QSize(*size)
    picture.fit(size, (48, 64), 1.0)
    picture.show(halves(48, 64), mirrored=mirrored)
    seen = drawn(picture, size)
    assert not (seen == (0, 255, 0)).all(axis=2).any()  # all of the place is painted
    if min(size.width(), size.height()) < 7:
        return
    place = picture.place.toRect()
    assert place.width() == size.width() or place.height() == size.height()
    inside = seen[place.top() : place.bottom() + 1, place.left() : place.right() + 1]
    left, right = ((0, 0, 255), (255, 0, 0)) if mirrored else ((255, 0, 0), (0, 0, 255))
    assert (inside[:, 0] == left).all() and (inside[:, -1] == right).all()


def test_beside_it_are_its_own_colours_darkened(application):
    picture, size = Picture(), QSize(200, 50)
    picture.fit(size, (50, 50), 1.0)
    picture.show(np.full((50, 50, 3), (200, 100, 50), np.uint8), mirrored=False)
    seen = drawn(picture, size)
    assert (seen[:, :75] == (60, 30, 15)).all() and (seen[:, 125:] == (60, 30, 15)).all()


def test_a_smaller_place_shows_nothing_of_the_larger_and_needs_no_new_memory(application):
    picture = Picture()
    picture.fit(QSize(500, 400), (40, 40), 1.0)
    picture.show(np.full((40, 40, 3), 255, np.uint8), mirrored=False)
    memory = picture._memory
    assert picture.fit(QSize(300, 90), (40, 40), 1.0)
    picture.show(np.zeros((40, 40, 3), np.uint8), mirrored=False)
    assert picture._memory is memory
    assert drawn(picture, QSize(300, 90))[:, 105:195].max() == 0


def test_on_a_fine_screen_its_place_is_in_qts_pixels(application):
    picture = Picture()
    assert picture.fit(QSize(200, 100), (100, 100), 2.0)
    assert not picture.fit(QSize(200, 100), (100, 100), 2.0)
    assert picture.place.getRect() == (25, 0, 50, 50)
    picture.show(np.full((100, 100, 3), 255, np.uint8), mirrored=False)
    assert (drawn(picture, QSize(200, 100), 2.0)[:, 50:150] == 255).all()
