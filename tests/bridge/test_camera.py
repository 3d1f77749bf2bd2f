import numpy as np
import pytest

from d2m_bridge.motion.camera import Camera

# A figure of 2 m, facing +Z: head, feet, and the dancer's left and right hand.
FIGURE = np.array([[[0.0, 1.9, 0.0], [0.0, -0.1, 0.0], [0.5, 0.9, 0.0], [-0.5, 0.9, 0.0]]])


def seen(**camera):
    head, feet, left, right = Camera(**camera).project(FIGURE)[0]
    return head, feet, left, right


def test_points_are_in_picture_heights_with_the_target_in_the_middle():
    head, feet, left, right = seen(height_m=0.9, distance_m=4.0, fov_deg=45.0)
    assert head[1] < 0.5 < feet[1] and head[0] == pytest.approx(8 / 9)
    focal = 0.5 / np.tan(np.radians(22.5))
    assert feet[1] - head[1] == pytest.approx(focal * 2.0 / 4.0, rel=1e-5)
    assert left[0] - right[0] == pytest.approx(focal * 1.0 / 4.0, rel=1e-5)


def test_from_the_front_the_dancers_left_is_on_the_right_and_from_behind_on_the_left():
    _, _, left, right = seen()
    assert left[0] > right[0]
    _, _, left, right = seen(yaw_deg=180.0)
    assert left[0] < right[0]


def test_from_the_dancers_left_the_left_hand_is_nearer():
    _, _, left, right = seen(yaw_deg=90.0, height_m=2.0)
    assert left[0] == pytest.approx(right[0], abs=1e-6)
    assert left[1] != pytest.approx(right[1])


def test_further_away_is_smaller():
    near, far = (seen(distance_m=distance) for distance in (2.0, 6.0))
    assert far[1][1] - far[0][1] < 0.4 * (near[1][1] - near[0][1])


def test_a_camera_inside_the_dance_gives_finite_points():
    points = Camera(distance_m=0.01).project(np.random.default_rng(0).normal(0, 2, (5, 17, 3)))
    assert np.isfinite(points).all() and points.dtype == np.float32 and points.shape == (5, 17, 2)
