import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d2m_bridge.motion.features import (
    DELAY,
    LIMIT,
    MOTION_FEATURES,
    POSITIONS,
    ROOT_VELOCITY,
    VELOCITIES,
    MotionFeatures,
)
from d2m_bridge.motion.resample import MAX_GAP_S, PoseResampler
from d2m_bridge.pose.skeleton import COCO_17
from tests.dancers import BODY, PLACE, RATE, dance, frames_of, joints_at, pose_of, steady_beats, still

WRIST = COCO_17.index("left_wrist")
# The estimator's trembling after its smoothing, for a dancer who fills 60 % of the picture.
TREMBLE = 0.0025


def seconds(count):
    return np.arange(round(count * RATE)) / RATE


def dancing(count=8.0, bpm=100.0, noise=0.0, seed=0):
    return joints_at(seconds(count), steady_beats(bpm), noise, np.random.default_rng(seed))


def rows(frames):
    return np.stack([frame.features for frame in frames])


def test_one_row_per_tick_in_order_with_times():
    frames = frames_of(dancing(3))
    assert [frame.index for frame in frames] == list(range(90))
    np.testing.assert_allclose([frame.t for frame in frames], np.arange(90) / RATE)
    assert rows(frames).shape == (90, len(MOTION_FEATURES)) and rows(frames).dtype == np.float32
    assert len(set(MOTION_FEATURES)) == len(MOTION_FEATURES)


def test_a_frame_comes_delay_ticks_after_its_tick():
    features = MotionFeatures(RATE)
    for index, joints in enumerate(dancing(1)):
        assert [frame.index for frame in features.push_coco(index, joints)] == [index - DELAY][: index >= DELAY]


def test_the_past_does_not_depend_on_the_future():
    whole, other = dancing(4), dancing(4)
    other[60:] = dancing(4, bpm=131)[60:] + 0.2
    a, b = frames_of(whole), frames_of(other)
    np.testing.assert_array_equal(rows(a)[: 60 - DELAY], rows(b)[: 60 - DELAY])
    assert not np.array_equal(rows(a)[60], rows(b)[60])


def test_energy_and_accent_are_also_features():
    for frame in frames_of(dancing(4)):
        np.testing.assert_allclose(frame.features[-3:], (frame.energy, frame.accent, frame.present), rtol=1e-6)


def test_size_and_place_in_the_picture_do_not_matter():
    near, far = dancing(4), dancing(4) * 0.4 + 0.3
    np.testing.assert_allclose(rows(frames_of(near)), rows(frames_of(far)), atol=1e-3)


def test_turning_sideways_keeps_the_size():
    front = dancing(6)
    turned = front.copy()
    narrow = np.interp(seconds(6), [2, 3], [1, 0.2])[:, None]
    middle = turned[:, 11:13, 0].mean(1, keepdims=True)
    turned[..., 0] = middle + (turned[..., 0] - middle) * narrow
    heads = [rows(frames_of(joints))[-1, MOTION_FEATURES.index("nose.y")] for joints in (front, turned)]
    assert heads[1] == pytest.approx(heads[0], rel=0.05)


def test_bending_down_shrinks_the_body_slowly():
    joints = np.repeat((BODY + PLACE)[None], 60, axis=0)
    joints[30:, :11, 1] += 0.12  # the torso looks 60 % shorter for a second
    wrist = rows(frames_of(joints))[:, MOTION_FEATURES.index("left_knee.y")]
    assert wrist[-1] == pytest.approx(wrist[10], rel=0.15)


def test_positions_are_measured_from_the_hips_in_torso_lengths():
    row = rows(frames_of(np.repeat((BODY + PLACE)[None], 60, axis=0)))[-1]
    torso = 0.62 * (0.16 + 0.16)
    np.testing.assert_allclose(row[POSITIONS].reshape(17, 2), BODY / max(0.2, torso), atol=0.02)
    np.testing.assert_allclose(row[VELOCITIES], 0, atol=1e-6)


def test_walking_through_the_picture_is_root_velocity_and_not_limb_velocity():
    joints = (BODY + PLACE)[None] + np.stack([0.2 * seconds(3), 0 * seconds(3)], axis=-1)[:, None]
    row = rows(frames_of(joints))[60]
    assert row[ROOT_VELOCITY] == pytest.approx([0.2 / 0.2 / 3.0, 0.0], abs=0.02)
    np.testing.assert_allclose(row[VELOCITIES], 0, atol=1e-4)


def test_a_standing_foot_touches_and_a_lifted_one_does_not():
    joints = np.repeat((BODY + PLACE)[None], 60, axis=0)
    joints[:, COCO_17.index("left_ankle"), 1] -= 0.12
    row = dict(zip(MOTION_FEATURES, rows(frames_of(joints))[-1], strict=True))
    assert row["left_foot.contact"] < 0.1 and row["right_foot.contact"] > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_a_still_person_has_no_energy_and_marks_nothing(seed):
    frames = frames_of(still(8, TREMBLE, np.random.default_rng(seed)))
    assert max(frame.energy for frame in frames) < 0.05
    assert np.mean([frame.accent for frame in frames]) < 0.01


def test_harder_dancing_has_more_energy():
    def energy(size):
        small = dancing(8)
        return frames_of(small.mean(0) + size * (small - small.mean(0)))[-1].energy

    levels = [energy(size) for size in (0.0, 0.5, 1.0, 2.0, 4.0)]
    assert levels[0] < 0.05 and levels[-1] > 0.75 and levels == sorted(levels)


def test_energy_answers_within_a_second_to_a_freeze():
    joints = dancing(6)
    joints[90:] = joints[90]
    frames = frames_of(joints)
    assert frames[88].energy > 0.2
    assert frames[90 + 40].energy < 0.25 * frames[88].energy


def test_accents_are_sharp_sparse_and_at_starts_and_stops():
    t = seconds(8)
    joints = np.repeat((BODY + PLACE)[None], len(t), axis=0)
    way = np.minimum(t % 1.0, 0.4) / 0.4  # the arms start on each second and stop dead 0.4 s later
    joints[:, [7, 8, 9, 10], 0] += 0.25 * np.where(t % 2.0 < 1.0, way, 1 - way)[:, None]
    accents = np.array([frame.accent for frame in frames_of(joints)])
    assert (accents > 0).mean() < 0.25
    marked = np.flatnonzero(accents > 0.3) / RATE
    turns = np.sort(np.concatenate([np.arange(1, 8), np.arange(8) + 0.4]))
    assert np.abs(marked[:, None] - turns).min(axis=1).max() <= 2.1 / RATE
    assert np.abs(marked[:, None] - turns[2:]).min(axis=0).max() <= 2.1 / RATE


def test_nobody_gives_absent_frames_without_accents():
    frames = frames_of([None] * 40)
    assert len(frames) == 40 and not any(frame.present or frame.accent or frame.energy for frame in frames)
    assert not rows(frames).any()


def test_a_short_loss_is_bridged_and_a_long_one_is_absent():
    joints = list(dancing(6))
    joints[60:66] = [None] * 6
    joints[120:150] = [None] * 30
    present = np.array([frame.present for frame in frames_of(joints)])
    assert present[:120].all()
    assert not present[120 + int(MAX_GAP_S * RATE) : 150].any()
    assert present[150:].all()


def test_losing_and_finding_the_dancer_is_no_accent():
    joints = list(np.repeat((BODY + PLACE)[None], 120, axis=0))
    joints[40:45] = [None] * 5
    joints[45:] = [row + np.array([0.05, 0.0]) for row in joints[45:]]
    joints[80:100] = [None] * 20
    assert max(frame.accent for frame in frames_of(joints)) == 0


def test_absence_lets_the_energy_fade():
    frames = frames_of([*dancing(4), *[None] * 90])
    assert frames[119].energy > 0.2 and frames[-1].energy < 0.01


def test_a_joint_that_teleports_makes_no_speed():
    joints = dancing(4)
    joints[60:, WRIST] += (3.0, -2.0)
    joints[75, 5] += 5.0
    calm, wild = rows(frames_of(dancing(4))), rows(frames_of(joints))
    speed = MOTION_FEATURES.index("left_wrist.vx")
    np.testing.assert_allclose(wild[57:64, speed], calm[57:64, speed], atol=0.2)


def test_another_person_in_the_same_place_is_no_movement():
    joints = np.repeat((BODY + PLACE)[None], 90, axis=0)
    joints[45:] = (BODY * 0.5 + PLACE + 0.5)[None]
    frames = frames_of(joints)
    assert max(frame.energy for frame in frames) < 0.05
    np.testing.assert_allclose(rows(frames)[46:, POSITIONS], rows(frames)[:1, POSITIONS].repeat(44, 0), atol=0.05)


def test_a_lost_joint_stays_where_it_was():
    joints = dancing(4)
    joints[60:70, WRIST] = np.nan
    row = rows(frames_of(joints))
    assert np.isfinite(row).all()
    x = MOTION_FEATURES.index("left_wrist.x")
    assert abs(row[65, x] - row[59, x]) < 0.3


def test_joints_that_the_estimator_doubts_count_less():
    joints = np.repeat((BODY + PLACE)[None], 120, axis=0)
    joints[:, 13:17] += np.random.default_rng(0).normal(0, 0.02, (120, 4, 2))  # legs out of the picture

    def energy(confidence):
        features = MotionFeatures(RATE)
        return [frame.energy for i, row in enumerate(joints) for frame in features.push_coco(i, row, confidence)][-1]

    doubted = np.ones(17)
    doubted[13:17] = 0.0
    assert energy(np.ones(17)) > 0.05 and energy(doubted) < 0.02


POINT = st.one_of(st.floats(-2, 2), st.floats(allow_nan=True, allow_infinity=True))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), st.lists(POINT, min_size=34, max_size=34)), max_size=12))
def test_whatever_comes_in_what_goes_out_is_finite_and_within_limits(ticks):
    frames = frames_of([None if row is None else np.array(row).reshape(17, 2) for row in ticks])
    assert len(frames) == len(ticks)
    for frame in frames:
        assert np.isfinite(frame.features).all() and np.abs(frame.features).max() <= LIMIT
        assert 0 <= frame.energy <= 1 and 0 <= frame.accent <= 1


def test_one_tick_and_none():
    assert frames_of([]) == []
    (frame,) = frames_of(dancing(1)[:1])
    assert frame.present and frame.index == 0 and np.isfinite(frame.features).all()


def test_all_joints_in_one_point():
    assert np.isfinite(rows(frames_of(np.full((20, 17, 2), 0.5)))).all()


@pytest.mark.parametrize("fps", [15.0, 24.0, 29.97, 60.0])
def test_poses_at_any_frame_rate_give_about_the_same_energy(fps):
    times = np.arange(int(6 * fps)) / fps
    resampler, features = PoseResampler(RATE), MotionFeatures(RATE)
    ticks = [
        tick
        for t, joints in zip(times, joints_at(times, steady_beats(100)), strict=True)
        for tick in resampler.push(t, pose_of(t, joints))
    ]
    frames = [frame for tick in ticks for frame in features.push(tick)]
    assert np.mean([frame.energy for frame in frames[60:]]) == pytest.approx(
        np.mean([frame.energy for frame in dance(6, steady_beats(100))[60:]]), rel=0.15
    )


def test_a_hole_or_a_wrong_shape_is_refused():
    features = MotionFeatures(RATE)
    with pytest.raises(ValueError, match="expected tick 0, got 1"):
        features.push_coco(1, None)
    with pytest.raises(ValueError, match=r"expected joints \[17, 2\], got \[33, 2\]"):
        features.push_coco(0, np.zeros((33, 2)))
