import numpy as np
import pytest

from d2m_bridge.pose.tracking import FORGET_S, DancerTracker, body_scale, distinct, hip_centre
from tests.bodies import standing

FPS = 30
WIDTH = 1.6


def track(scenes, tracker=None):
    """scenes: for each frame (t, poses)."""
    tracker = tracker or DancerTracker()
    return [tracker.update(t, poses, WIDTH) for t, poses in scenes]


def person_at(tracked, x):
    return min(tracked.people, key=lambda pose: abs(hip_centre(pose)[0] - x)).person


def crossing(count=60, hidden=()):
    """Two people walk through each other; the one who comes from the right is hidden in some frames."""
    for i in range(count):
        t = i / FPS
        part = i / (count - 1)
        from_left = standing(t, 0.3 + part)
        from_right = standing(t, 1.3 - part, y=0.52)
        yield t, [from_left] if i in hidden else [from_left, from_right]


def test_ids_start_at_one_and_stay():
    out = track((i / FPS, [standing(i / FPS, 0.8 + 0.01 * np.sin(i))]) for i in range(30))
    assert {pose.person for tracked in out for pose in tracked.people} == {1}


def test_nobody_is_no_dancer():
    assert track([(0.0, [])])[0].dancer is None


def test_ids_survive_crossing():
    out = track(crossing())
    assert person_at(out[-1], 1.3) == person_at(out[0], 0.3)
    assert person_at(out[-1], 0.3) == person_at(out[0], 1.3)
    assert {len(tracked.people) for tracked in out} <= {1, 2}


def test_ids_survive_crossing_while_one_hides_the_other():
    out = track(crossing(hidden=range(26, 35)))
    assert person_at(out[-1], 1.3) == person_at(out[0], 0.3)
    assert person_at(out[-1], 0.3) == person_at(out[0], 1.3)


def test_the_dancer_stays_the_same_person_through_a_crossing():
    dancers = [tracked.dancer for tracked in track(crossing())]
    assert len({dancer.person for dancer in dancers if dancer}) == 1
    # For a moment one body covers the other.
    assert sum(dancer is None for dancer in dancers) <= 5


def test_the_larger_of_two_is_the_dancer_at_first():
    out = track([(0.0, [standing(0.0, 0.5, torso=0.1), standing(0.0, 1.1, torso=0.2)])])[0]
    assert hip_centre(out.dancer)[0] == pytest.approx(1.1)


def test_of_two_as_large_the_more_central_is_the_dancer_at_first():
    out = track([(0.0, [standing(0.0, 0.3), standing(0.0, 0.9)])])[0]
    assert hip_centre(out.dancer)[0] == pytest.approx(0.9)


def test_a_larger_person_who_comes_later_is_not_followed():
    scenes = [(i / FPS, [standing(i / FPS, 0.5, torso=0.1)]) for i in range(10)]
    scenes += [(i / FPS, [standing(i / FPS, 0.5, torso=0.1), standing(i / FPS, 1.1)]) for i in range(10, 20)]
    assert hip_centre(track(scenes)[-1].dancer)[0] == pytest.approx(0.5)


def leaving(seconds):
    """Two stand apart; the larger one is gone after half a second."""
    for i in range(round(seconds * FPS)):
        t = i / FPS
        stays = standing(t, 0.4, torso=0.15)
        yield t, [stays, standing(t, 1.0)] if t < 0.5 else [stays]


def test_another_known_person_is_not_taken_for_a_dancer_out_of_sight():
    assert track(leaving(0.5 + 0.9 * FORGET_S))[-1].dancer is None


def test_who_remains_becomes_the_dancer_in_the_end():
    dancer = track(leaving(0.5 + 1.2 * FORGET_S))[-1].dancer
    assert hip_centre(dancer)[0] == pytest.approx(0.4)


def test_a_dancer_who_returns_in_time_keeps_the_id():
    scenes = [(i / FPS, [] if 10 <= i < 20 else [standing(i / FPS, 0.8)]) for i in range(30)]
    out = track(scenes)
    assert out[15].dancer is None
    assert out[-1].dancer.person == 1


def test_after_a_cut_the_dancer_is_followed_at_once():
    scenes = [(i / FPS, [standing(i / FPS, 0.2 if i < 10 else 1.4, torso=0.1)]) for i in range(12)]
    out = track(scenes)
    assert all(tracked.dancer for tracked in out)
    assert out[-1].dancer.person == 2


def test_two_detections_of_one_body_are_one_and_the_surer_stays():
    unsure, sure = standing(0.0, 0.80, confidence=0.6), standing(0.0, 0.82, confidence=0.9)
    assert distinct([unsure, sure]) == [sure]


def test_two_people_side_by_side_are_two():
    assert len(distinct([standing(0.0, 0.7), standing(0.0, 0.9)])) == 2


def test_a_repeated_time_does_no_harm():
    out = track([(0.0, [standing(0.0, 0.8)]), (0.0, [standing(0.0, 0.81)]), (0.03, [standing(0.03, 0.81)])])
    assert out[-1].dancer.person == 1


def test_the_scale_of_a_body_grows_with_it_and_is_never_nothing():
    assert body_scale(standing(0.0, 0.5, torso=0.4)) == pytest.approx(2 * body_scale(standing(0.0, 0.5, torso=0.2)))
    assert body_scale(standing(0.0, 0.5, torso=0.0)) > 0
