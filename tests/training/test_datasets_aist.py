"""AIST++: names and tempi against facts of the real set, and its release as small files in its own format."""

import json

import numpy as np
import pytest

from d2m_bridge.errors import InputError
from tests.data_sets import TEST, TRAIN, VAL, dump, joints, write_aist, write_dance_video, write_sequence
from tests.estimators import MadeUpDancer
from training.datasets.aist import GENRES, UNSEEN_SONGS, AistName, load_keypoints
from training.datasets.aist_release import AistRelease, smpl_features
from training.datasets.clip import DroppedError, Needs
from training.styles import STYLE_NAMES

NEEDS = Needs(30.0, 44100, MadeUpDancer)
# Frames at 30 fps of nine published sequences, each danced to 64 beats.
KNOWN = {
    "gHO_sFM_cAll_d19_mHO0_ch01": 1047,
    "gHO_sFM_cAll_d19_mHO1_ch02": 1001,
    "gHO_sFM_cAll_d19_mHO2_ch03": 960,
    "gKR_sFM_cAll_d28_mKR0_ch01": 1439,
    "gKR_sFM_cAll_d28_mKR1_ch02": 1279,
    "gKR_sFM_cAll_d28_mKR2_ch03": 1151,
    "gMH_sFM_cAll_d22_mMH0_ch01": 1439,
    "gMH_sFM_cAll_d22_mMH1_ch02": 1279,
    "gMH_sFM_cAll_d22_mMH1_ch07": 1279,
}
# Segments of 2 s that D2M-GAN's test list has of each genre, in the order of its one-hot rows.
TEST_SEGMENTS = [12, 10, 8, 8, 8, 6, 12, 8, 8, 6]


@pytest.fixture
def annotations(tmp_path):
    return write_aist(tmp_path / "annotations")


def test_a_name_says_who_danced_what_to_which_music():
    assert AistName.parse("gBR_sBM_cAll_d04_mBR0_ch01") == AistName("BR", "BM", "cAll", "d04", "mBR0", "ch01")
    assert AistName.parse("gWA_sFM_c01_d27_mWA2_ch21").camera == "c01"


@pytest.mark.parametrize(
    "name", ["dance", "gXX_sBM_cAll_d04_mBR0_ch01", "gBR_sBM_c10_d04_mBR0_ch01", "gBR_sBM_cAll_d04_mBR6_ch01", ""]
)
def test_another_name_is_refused(name):
    with pytest.raises(InputError, match="expected a name of AIST"):
        AistName.parse(name)


def test_the_sixty_songs_have_their_tempi():
    for genre in GENRES:
        tempi = [AistName.parse(f"g{genre}_sBM_cAll_d01_m{genre}{digit}_ch01").bpm for digit in range(6)]
        assert tempi == ([110, 115, 120, 125, 130, 135] if genre == "HO" else [80, 90, 100, 110, 120, 130])


@pytest.mark.parametrize(("name", "frames"), KNOWN.items())
def test_published_sequences_last_as_many_beats_as_their_tempo_says(name, frames):
    assert frames / 30 * AistName.parse(name).bpm / 60 == pytest.approx(64, abs=0.07)


def test_the_unseen_songs_have_as_many_segments_as_the_published_test_list():
    """Two dances of 16 beats to each, cut into segments of 2 s."""
    dances = [AistName.parse(f"g{song[1:3]}_sBM_c01_d01_{song}_ch02") for song in UNSEEN_SONGS]
    segments = {dance.genre: 2 * int(16 * 60 / dance.bpm / 2) for dance in dances}
    assert [segments[genre] for genre in GENRES] == TEST_SEGMENTS
    assert sum(TEST_SEGMENTS) == 86 and len(set(UNSEEN_SONGS)) == 10


def test_genres_are_styles_of_ours():
    assert set(GENRES.values()) <= set(STYLE_NAMES)


def test_the_official_split_is_read_and_what_it_leaves_out_is_said(annotations):
    write_sequence(annotations, "gWA_sFM_cAll_d27_mWA4_ch17")
    write_sequence(annotations, "gPO_sBM_cAll_d10_mPO1_ch03")
    items, drops = AistRelease(annotations, None).survey()
    assert {item.name: item.split for item in items} == {
        TRAIN.replace("cAll", "c01"): "train",
        VAL.replace("cAll", "c01"): "val",
        TEST.replace("cAll", "c01"): "test",
    }
    assert {drop.name: drop.reason for drop in drops} == {
        "gWA_sFM_c01_d27_mWA4_ch17": "on the ignore list",
        "gPO_sBM_c01_d10_mPO1_ch03": "in no split",
    }


def test_the_two_bad_views_are_left_out(annotations):
    bad = "gJB_sBM_cAll_d07_mJB3_ch05"
    write_sequence(annotations, bad)
    (annotations / "splits" / "crossmodal_train.txt").write_text(f"{TRAIN}\n{bad}\n")
    items, drops = AistRelease(annotations, None, ("c06", "c07")).survey()
    assert len(items) == 7
    assert [(drop.name, drop.reason) for drop in drops] == [("gJB_sBM_c07_d07_mJB3_ch05", "bad camera")]


def test_a_split_that_trains_on_unseen_songs_is_not_the_official_one(annotations):
    (annotations / "splits" / "crossmodal_train.txt").write_text(f"{TEST}\n")
    (annotations / "splits" / "crossmodal_test.txt").write_text("")
    with pytest.raises(InputError, match="not the official cross-modal split"):
        AistRelease(annotations, None).survey()


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_keypoints_become_joints_at_the_motion_rate(tmp_path, protocol):
    annotations = write_aist(tmp_path / "annotations", protocol=protocol)
    release = AistRelease(annotations, None, ("c04",))
    material = release.read(release.survey()[0][0], NEEDS)
    expected = joints(4.0, 60, 90.0)[::2] + np.array([3 / 1080, 0])
    assert material.body.points.dtype == np.float32
    np.testing.assert_allclose(material.body.points, expected, atol=1e-6)
    assert material.body.confidence == pytest.approx(0.9)
    assert material.seconds == 4.0 and material.audio is None and material.visual is None
    assert material.grid.time_at(3) == pytest.approx(2.0)  # mBR1: 90 BPM, beat 0 at 0 s
    assert material.facts == {"genre": "break", "song": "mBR1", "bpm": 90.0}


def test_three_dimensional_joints_are_in_metres_and_smpl_is_219_wide(annotations):
    release = AistRelease(annotations, None)
    material = release.read(release.survey()[0][0], NEEDS)
    standing = material.arrays["joints3d"]
    assert standing.shape == (120, 17, 3)
    assert np.ptp(standing[:, :, 1]) == pytest.approx(
        np.ptp(1080 * joints(4.0, 60, 90.0)[::2, :, 1]) / 6 / 90, rel=1e-5
    )
    assert standing[:, 0, 1].min() > standing[:, 15, 1].max()  # the nose is above the ankles
    assert material.arrays["smpl"].shape == (240, 219)


def test_smpl_features_are_the_place_in_metres_and_rotation_matrices():
    poses = np.zeros((2, 24, 3))
    poses[:, 0, 2] = np.pi / 2
    row = smpl_features(poses, np.array([90.0]), np.array([[90.0, 180, 0], [0, 0, 0]]))[0]
    assert row.shape == (219,) and row.dtype == np.float32
    np.testing.assert_allclose(row[:3], [1, 2, 0])
    np.testing.assert_allclose(row[3:12].reshape(3, 3), [[0, -1, 0], [1, 0, 0], [0, 0, 1]], atol=1e-6)
    np.testing.assert_allclose(row[12:21].reshape(3, 3), np.eye(3))


def test_what_the_detector_missed_is_not_a_number(annotations):
    path = annotations / "keypoints2d" / f"{TRAIN}.pkl"
    views = np.full((9, 240, 17, 3), 500.0)
    views[:, :, :, 2] = 0.5
    views[0, 100:120] = np.nan
    views[0, 140, 3, 2] = 0
    dump(path, {"keypoints2d": views, "det_scores": np.ones((9, 240)), "timestamps": np.arange(240)})
    release = AistRelease(annotations, None)
    body = release.read(release.survey()[0][0], NEEDS).body
    assert np.isnan(body.points[50:60]).all() and np.isfinite(body.points[[49, 60]]).all()
    assert np.isnan(body.points[70, 3]).all() and np.isfinite(body.points[70, 4]).all()
    assert not body.confidence[50:60].any()


def test_music_and_pictures_come_from_the_camera_s_video(annotations, tmp_path):
    write_dance_video(tmp_path / "videos" / f"{TRAIN.replace('cAll', 'c01')}.mp4", 4.0)
    release = AistRelease(annotations, tmp_path / "videos")
    material = release.read(release.survey()[0][0], NEEDS)
    assert material.audio.shape == (4 * 44100,) and np.abs(material.audio).max() > 0.1
    assert material.visual.shape == (120, 8) and material.visual[5:, 0].min() > 0


@pytest.mark.parametrize("shape", [(9, 240, 17, 2), (9, 240, 25, 3), (1, 240, 17, 3), (240, 17, 3)])
def test_keypoints_of_another_shape_are_dropped(annotations, shape):
    dump(annotations / "keypoints2d" / f"{TRAIN}.pkl", {"keypoints2d": np.ones(shape)})
    release = AistRelease(annotations, None)
    with pytest.raises(DroppedError) as dropped:
        release.read(release.survey()[0][0], NEEDS)
    assert dropped.value.reason == "wrong shape"


def test_folders_that_are_not_the_release_get_one_line(tmp_path, annotations):
    with pytest.raises(InputError, match=r"no keypoints2d/\*\.pkl"):
        AistRelease(tmp_path, None).survey()
    with pytest.raises(InputError, match="camera 'c10'"):
        AistRelease(annotations, None, ("c10",)).survey()
    (annotations / "ignore_list.txt").unlink()
    with pytest.raises(InputError, match=r"ignore_list\.txt"):
        AistRelease(annotations, None).survey()


def test_our_own_keypoint_files_know_their_beat_or_their_name_does(tmp_path):
    kp = np.ones((5, 17, 2), np.float32)
    np.savez(tmp_path / "a.npz", kp=kp, fps=30.0, size=[640, 480], meta=json.dumps({"bpm": 97, "first_beat_s": 0.25}))
    np.savez(tmp_path / f"{TRAIN}.npz", kp=kp, fps=30.0)
    told, named = load_keypoints(tmp_path / "a.npz"), load_keypoints(tmp_path / f"{TRAIN}.npz")
    assert (told.bpm, told.first_beat_s, told.height) == (97.0, 0.25, 480.0)
    assert (named.bpm, named.first_beat_s, named.height) == (90.0, 0.0, 1080.0)
