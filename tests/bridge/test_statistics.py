import time

import numpy as np
import pytest

from d2m_bridge.timeline import Frame
from d2m_bridge.visual.statistics import VISUAL_FEATURES, VisualStatistics


def features(*images, rate=30.0):
    """The features of the last picture, by name."""
    statistics = VisualStatistics()
    for index, image in enumerate(images):
        visual = statistics.push(Frame(index, index / rate, image))
    assert visual.t == (len(images) - 1) / rate
    assert visual.features.dtype == np.float32
    return dict(zip(VISUAL_FEATURES, visual.features.tolist(), strict=True))


def plain(colour, height=90, width=160):
    return np.full((height, width, 3), colour, np.uint8)


def with_square(top, left, height=180, width=320, size=60):
    image = plain((40, 40, 40), height, width)
    image[top : top + size, left : left + size] = 220
    return image


def test_brightness_goes_from_black_to_white():
    assert [features(plain(c))["brightness"] for c in ((0,) * 3, (128,) * 3, (255,) * 3)] == pytest.approx(
        [0, 0.5, 1], abs=0.01
    )


def test_contrast_is_nothing_for_a_plain_picture_and_full_for_halves():
    halves = plain((0, 0, 0))
    halves[:, 80:] = 255
    assert features(plain((90, 90, 90)))["contrast"] == pytest.approx(0, abs=1e-3)
    assert features(halves)["contrast"] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("colour", "sine", "cosine"),
    [((255, 0, 0), 0.5, 1.0), ((0, 255, 0), 0.933, 0.25), ((0, 0, 255), 0.067, 0.25), ((9, 9, 9), 0.5, 0.5)],
)
def test_hue_is_an_angle(colour, sine, cosine):
    named = features(plain(colour))
    assert (named["hue_sin"], named["hue_cos"]) == pytest.approx((sine, cosine), abs=0.01)
    assert named["saturation"] == pytest.approx(float(max(colour) != min(colour)), abs=0.01)


def test_the_first_picture_has_not_changed():
    named = features(with_square(60, 60))
    assert (named["change"], named["change_height"], named["cut"]) == (0.0, 0.5, 0.0)


def test_a_faster_move_changes_more():
    still, slow, fast = (features(with_square(60, 100), with_square(60, 100 + step))["change"] for step in (0, 5, 30))
    assert still == 0.0
    assert 0 < slow < fast < 1


def test_change_is_per_time_and_not_per_frame():
    at_30 = features(with_square(60, 100), with_square(60, 110), rate=30)["change"]
    at_60 = features(with_square(60, 100), with_square(60, 105), rate=60)["change"]
    assert at_60 == pytest.approx(at_30, rel=0.1)


def test_the_height_of_the_change_is_where_something_moves():
    high = features(with_square(0, 100), with_square(0, 120))["change_height"]
    low = features(with_square(120, 100), with_square(120, 120))["change_height"]
    assert low == pytest.approx(1 / 6, abs=0.03)
    assert high == pytest.approx(5 / 6, abs=0.03)


def test_a_cut_is_marked_and_is_no_movement():
    random = np.random.default_rng(2)
    other = np.kron(random.integers(120, 255, (9, 16, 3), np.uint8), np.ones((20, 20, 1), np.uint8))
    named = features(with_square(60, 100), other)
    assert (named["change"], named["change_height"], named["cut"]) == (0.0, 0.5, 1.0)


def test_a_fast_move_is_no_cut():
    named = features(with_square(0, 0, size=150), with_square(30, 170, size=150))
    assert named["cut"] == 0.0
    assert named["change"] > 0.9


@pytest.mark.parametrize(("height", "width"), [(1, 1), (63, 65), (64, 64), (1920, 1080), (7, 901)])
def test_any_size_gives_features_in_range(height, width):
    random = np.random.default_rng(3)
    images = [random.integers(0, 255, (height, width, 3), np.uint8) for _ in range(2)]
    assert all(0 <= value <= 1 for value in features(*images).values())


def test_the_picture_size_may_change():
    assert features(plain((9, 9, 9), 48, 64), plain((9, 9, 9), 64, 48))["change"] == 0.0


def test_a_720p_frame_costs_little():
    image = np.random.default_rng(4).integers(0, 255, (720, 1280, 3), np.uint8)
    statistics, costs = VisualStatistics(), []
    for index in range(60):
        start = time.perf_counter()
        statistics.push(Frame(index, index / 30, image))
        costs.append(time.perf_counter() - start)
    assert min(costs) < 0.0015
