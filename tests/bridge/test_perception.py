import numpy as np
import pytest

from d2m_bridge.pipeline.perception import Look, Perception
from d2m_bridge.timeline import VisualFrame
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from tests.dancers import joints_at, pose_of, steady_beats

BEATS = steady_beats(100.0)


def look(t, people=None):
    people = (pose_of(t, joints_at(np.array([t]), BEATS)[0], person=0),) if people is None else people
    return Look(t, 1.8, people, VisualFrame(t, np.full(len(VISUAL_FEATURES), t, np.float32)))


def sights_of(looks, end_s):
    perception = Perception(30.0)
    sights = [sight for one in looks for sight in perception.push(one)]
    return sights + perception.finish(end_s), perception


@pytest.mark.parametrize("rate", [10, 24, 25, 30, 60])
def test_there_is_one_sight_for_each_tick_of_the_video(rate):
    sights, _ = sights_of([look(i / rate) for i in range(3 * rate)], 3.0)
    assert [sight.motion.index for sight in sights] == list(range(90))


def test_a_sight_has_the_latest_picture_at_its_time_and_none_from_the_future():
    sights, _ = sights_of([look(i / 24) for i in range(48)], 2.0)
    for sight in sights:
        shown = float(sight.visual[0])
        assert shown <= sight.motion.t + 1e-6
        assert sight.motion.t - shown < 1 / 24 + 1e-6


def test_before_the_first_picture_the_visual_features_are_zero():
    sights, _ = sights_of([look(0.5 + i / 30) for i in range(30)], 1.5)
    assert not any(sight.visual.any() for sight in sights[:14])


def test_coverage_is_the_share_of_pictures_with_a_dancer():
    _, perception = sights_of([look(i / 30, None if i % 4 else ()) for i in range(40)], 2.0)
    assert perception.coverage == 0.75


def test_nobody_at_all_is_no_motion():
    sights, perception = sights_of([look(i / 30, ()) for i in range(30)], 1.0)
    assert perception.coverage == 0
    assert len(sights) == 30
    assert not any(sight.motion.present or sight.motion.energy for sight in sights)


def test_nothing_seen_yet_is_no_coverage():
    assert Perception(30.0).coverage == 0


def test_a_known_dancer_is_followed_when_another_appears():
    def people(t):
        first = pose_of(t, joints_at(np.array([t]), BEATS)[0], person=0)
        second = pose_of(t, joints_at(np.array([t]), BEATS)[0] * 1.02 + [0.5, 0.0], person=0)
        return (second, first) if t > 0.5 else (first,)

    both, _ = sights_of([look(i / 30, people(i / 30)) for i in range(60)], 2.0)
    alone, _ = sights_of([look(i / 30) for i in range(60)], 2.0)
    for sight, expected in zip(both, alone, strict=True):
        assert np.array_equal(sight.motion.features, expected.motion.features)
