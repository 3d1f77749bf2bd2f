"""D2M-GAN's segment lists, as small files in their published layout."""

import numpy as np
import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.pose.skeleton import COCO_17
from tests.data_sets import write_segments
from tests.estimators import MadeUpDancer
from training.datasets.clip import DroppedError, Needs
from training.datasets.d2mgan import D2mGan
from training.datasets.keypoints import BODY_25_TO_COCO

NEEDS = Needs(30.0, 44100, MadeUpDancer)
PO, LH, BR = "gPO_sBM_c01_d11_mPO1_ch02", "gLH_sBM_c01_d17_mLH4_ch02", "gBR_sFM_c01_d04_mBR1_ch03"
# The published lists are in no order.
TRAIN = [f"{BR}_seg3", f"{PO}_seg2", f"{BR}_seg1", f"{PO}_seg1", f"{BR}_seg2"]
GENRE_ROWS = np.eye(10)[[0, 1, 0, 1, 0]]


@pytest.fixture
def aist(tmp_path):
    write_segments(tmp_path / "dataset", "aist", "train", TRAIN, GENRE_ROWS)
    write_segments(tmp_path / "dataset", "aist", "test", [f"{LH}_seg2", f"{LH}_seg1"], np.eye(10)[[4, 4]])
    return D2mGan(tmp_path / "dataset", "aist")


@pytest.fixture
def tiktok(tmp_path):
    names = ["000000_0_0_seg3", "000000_0_0_seg1", "000000_0_0_seg2", "000000_0_0_seg5", "000000_0_0_seg6"]
    write_segments(tmp_path / "dataset", "tiktok", "train", names)
    write_segments(tmp_path / "dataset", "tiktok", "test", ["000014_85_444_seg1", "000014_85_444_seg2"])
    return D2mGan(tmp_path / "dataset", "tiktok")


def test_segments_come_in_the_published_order_with_their_genre(aist):
    segments = aist.segments("train")
    assert [(segment.video, segment.number) for segment in segments] == [(BR, 3), (PO, 2), (BR, 1), (PO, 1), (BR, 2)]
    assert [segment.genre for segment in segments] == ["break", "pop", "break", "pop", "break"]
    assert segments[0].files[0] == aist.folder / "aistplus" / "audio_s2" / "train" / f"{BR}_seg3.wav"
    assert segments[0].files[2].parts[-3:] == ("motion_s2", "train", f"{BR}_seg3.npy")


def test_the_segments_of_a_video_are_joined(aist):
    items, drops = aist.survey()
    assert [(item.name, item.split) for item in items] == [
        (f"{BR}_seg1", "train"),
        (f"{PO}_seg1", "train"),
        (f"{LH}_seg1", "test"),
    ]
    assert not drops
    material = aist.read(items[0], NEEDS)
    assert material.seconds == 6.0
    assert material.arrays["smpl"].shape == (360, 219) and material.arrays["i3d"].shape == (3, 2048)
    assert list(material.arrays["i3d"][:, 0]) == [1, 2, 3] and list(material.arrays["smpl"][::120, 0]) == [1, 2, 3]
    assert material.audio.shape == (6 * 44100,)
    for number in (1, 2, 3):
        middle = material.audio[(2 * number - 1) * 44100]
        assert middle == pytest.approx(number / 20, abs=1e-3)
    assert material.grid.bpm == pytest.approx(90) and material.grid.time_at(3) == pytest.approx(2.0)
    assert material.facts == {"genre": "break", "song": "mBR1", "bpm": 90.0}
    assert material.body is None


def test_a_hole_begins_another_clip_on_the_same_beat(aist, tiktok):
    names = [item.name for item in tiktok.survey()[0]]
    assert names == ["000000_0_0_seg1", "000000_0_0_seg5", "000014_85_444_seg1"]
    write_segments(aist.folder, "aist", "train", [f"{BR}_seg1", f"{BR}_seg4", f"{BR}_seg5"], np.eye(10)[[0, 0, 0]])
    material = aist.read(aist.survey()[0][1], NEEDS)
    assert material.seconds == 4.0
    beats = (material.grid.time_at(0) + 6.0) * 90 / 60  # segment 4 begins at 6 s
    assert beats == pytest.approx(round(beats))


def test_tiktok_has_the_joints_of_openpose_in_our_order(tiktok):
    items, _ = tiktok.survey()
    material = tiktok.read(items[0], NEEDS)
    points = material.body.points
    assert points.shape == (180, 17, 2) and material.seconds == 6.0
    unit = points[0, 0, 1] - points[0, 5, 1]  # nose to left shoulder: joints 0 and 5, 100 pixels
    expected = np.stack([10.0 * np.array(BODY_25_TO_COCO), 20.0 * np.array(BODY_25_TO_COCO) + 5], axis=1)
    seen = [joint for joint in range(17) if joint != 4]
    np.testing.assert_allclose(points[0, seen], (expected * -unit / 100)[seen], rtol=1e-5)
    assert np.isnan(points[:, 4]).all() and not material.body.confidence[:, 4].any()
    shoulders, hips = points[0, [5, 6]].mean(0), points[0, [11, 12]].mean(0)
    assert np.linalg.norm(shoulders - hips) == pytest.approx(0.25, rel=1e-3)
    assert material.grid is None and material.facts == {"song": "000000_0"}


def test_body_25_is_mapped_by_name():
    """The order of OpenPose's BODY_25, as its documentation lists it."""
    names = (
        "nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist mid_hip right_hip "
        "right_knee right_ankle left_hip left_knee left_ankle right_eye left_eye right_ear left_ear"
    )
    body_25 = names.split()
    assert [body_25[index] for index in BODY_25_TO_COCO] == list(COCO_17)


def test_a_missing_or_odd_file_drops_its_clip(aist):
    items, _ = aist.survey()
    np.save(items[0].files["motion"][1], np.zeros((100, 219)))
    with pytest.raises(DroppedError) as odd:
        aist.read(items[0], NEEDS)
    assert odd.value.reason == "wrong shape"
    items[1].files["audio"][0].unlink()
    with pytest.raises(DroppedError) as missing:
        aist.read(items[1], NEEDS)
    assert missing.value.reason == "missing file"
    items[2].files["audio"][0].write_text("noise")
    with pytest.raises(InputError, match="cannot be read as sound"):
        aist.read(items[2], NEEDS)


def test_lists_that_disagree_are_refused(aist):
    path = aist.folder / "aist_motion_train_segment.txt"
    path.write_text("\n".join(reversed(path.read_text().split())))
    with pytest.raises(InputError, match="same clips in the same order"):
        aist.survey()


@pytest.mark.parametrize("rows", [np.eye(10)[[0, 1, 0]], np.full((5, 10), 0.1), np.zeros((5, 10))])
def test_genres_that_do_not_fit_are_refused(aist, rows):
    np.save(aist.folder / "train_genre.npy", rows)
    with pytest.raises(InputError, match=r"expected one-hot rows \[5, 10\]"):
        aist.segments("train")


def test_an_npy_file_with_objects_is_not_run(aist):
    np.save(aist.folder / "train_genre.npy", np.array([{}, None], dtype=object))
    with pytest.raises(InputError, match=r"\.npy file of numbers"):
        aist.segments("train")


def test_other_folders_and_names_get_one_line(tmp_path, aist):
    with pytest.raises(InputError, match="published segment list"):
        D2mGan(tmp_path, "aist").survey()
    write_segments(aist.folder, "aist", "train", ["dance_seg1"], np.eye(10)[[0]])
    with pytest.raises(InputError, match="expected a segment's name"):
        aist.survey()
