import numpy as np
import pytest

from d2m_bridge.pose.viewport import Viewport, around, search_windows, suits, whole

WIDE = Viewport(0, 0, 1280, 720)


def body(x, y, height):
    """Points [1, 2, 2]: feet and head of someone whose middle is at (x, y)."""
    return np.float32([[[x, y - height / 2], [x, y + height / 2]]])


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (512, 288), (1, 1), (641, 480), (3000, 65)])
def test_windows_cover_the_picture_and_stay_inside(size):
    picture = Viewport(0, 0, *size)
    seen = np.zeros((size[1], size[0]), np.uint8)
    for window in search_windows(picture):
        assert window.width >= 1 and window.height >= 1
        assert window.x >= 0 and window.x + window.width <= size[0]
        assert window.y >= 0 and window.y + window.height <= size[1]
        window.crop(seen)[:] = 1
    assert seen.all() or size == (1, 1)


def test_large_windows_come_first():
    widths = [window.width for window in search_windows(WIDE)]
    assert widths == sorted(widths, reverse=True)


def test_a_tall_body_needs_no_window():
    assert around(body(640, 360, 500), WIDE) == WIDE


@pytest.mark.parametrize("x", [20, 640, 1270])
def test_a_small_body_gets_a_window_inside_the_picture_with_the_body_in_it(x):
    view = around(body(x, 400, 100), WIDE)
    assert view.width == view.height == 300
    assert view.x <= x <= view.x + view.width <= WIDE.width
    assert suits(view, body(x, 400, 100), WIDE)


def test_a_body_at_the_edge_of_its_window_asks_for_another():
    view = around(body(640, 400, 100), WIDE)
    assert suits(view, body(700, 400, 100), WIDE)
    assert not suits(view, body(785, 400, 100), WIDE)


def test_a_body_that_grew_asks_for_another_window():
    assert not suits(around(body(640, 400, 100), WIDE), body(640, 400, 180), WIDE)


def test_points_in_a_window_become_pixels_of_the_picture():
    view = Viewport(100, 50, 200, 300)
    assert view.to_pixels(np.float32([[0, 0], [1, 1], [0.5, 0.5]])).tolist() == [[100, 50], [300, 350], [200, 200]]


def test_the_whole_picture_is_its_own_window():
    image = np.zeros((48, 64, 3), np.uint8)
    assert whole(image) == Viewport(0, 0, 64, 48)
    assert whole(image).crop(image).shape == image.shape
