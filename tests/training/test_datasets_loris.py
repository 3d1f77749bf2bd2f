"""LORIS's benchmark, as small files in its published layout."""

import numpy as np
import pytest

from d2m_bridge.errors import InputError
from tests.data_sets import joints, write_loris
from tests.estimators import MadeUpDancer
from training.datasets.clip import DroppedError, Needs
from training.datasets.loris import Loris

NEEDS = Needs(30.0, 44100, MadeUpDancer)
DANCE = "gKR_sFM_c09_d28_mKR1_ch02"


@pytest.fixture
def loris(tmp_path):
    write_loris(tmp_path, "dance", 25, "train", [DANCE])
    write_loris(tmp_path, "fs", 50, "test", ["2019_WC_LS_Kaori_seg1"])
    write_loris(tmp_path, "fe", 25, "test", ["ji4smBYYANs_004450_004547_seg1"])
    return Loris(tmp_path)


def test_every_list_that_is_there_is_read(loris):
    items, drops = loris.survey()
    assert [(item.name, item.split) for item in items] == [
        (f"dance/s25/{DANCE}", "train"),
        ("fe/s25/ji4smBYYANs_004450_004547_seg1", "test"),
        ("fs/s50/2019_WC_LS_Kaori_seg1", "test"),
    ]
    assert not drops
    assert items[0].files["pose2d"] == (loris.folder / "dance" / "pose2d_s25" / f"{DANCE}.npy",)


def test_the_published_poses_of_long_floor_exercises_have_other_names(loris):
    """fe_pose2d_s50 names NAME.npy where fe_audio_s50 and fe_i3d_s50 name NAME_seg0."""
    write_loris(loris.folder, "fe", 50, "test", ["xHBUIt-airA_003193_003315_seg0"])
    path = loris.folder / "data" / "fe" / "fe_pose2d_s50_test_segment.txt"
    path.write_text(path.read_text().replace("_seg0", ""))
    item = next(item for item in loris.survey()[0] if item.name.startswith("fe/s50"))
    assert item.name == "fe/s50/xHBUIt-airA_003193_003315_seg0"
    assert item.files["pose2d"][0].name == "xHBUIt-airA_003193_003315.npy"


def test_lists_of_different_clips_are_refused(loris):
    path = loris.folder / "data" / "dance" / "dance_i3d_s25_train_segment.txt"
    path.write_text(path.read_text().replace("d28", "d29"))
    with pytest.raises(InputError, match="same clips in the same order"):
        loris.survey()


def test_poses_are_spread_over_the_clip_and_the_dancer_has_an_ordinary_size(loris):
    material = loris.read(loris.survey()[0][0], NEEDS)
    points = material.body.points
    assert len(points) == pytest.approx(25 * 30, abs=3) and material.seconds == 25.0
    torso = np.linalg.norm(points[:, [5, 6]].mean(1) - points[:, [11, 12]].mean(1), axis=1)
    assert np.median(torso) == pytest.approx(0.25, rel=1e-3)
    truth = joints(25, 12.0, 100.0)
    size = np.linalg.norm(truth[:, [5, 6]].mean(1) - truth[:, [11, 12]].mean(1), axis=1)
    np.testing.assert_allclose(points[::30][:20] * np.median(size) / 0.25, truth[::12][:20], atol=1e-5)
    assert material.audio.shape == (25 * 44100,)
    assert material.facts == {"genre": "krump", "song": "mKR1"}
    assert material.arrays["i3d"].shape == (50, 1024)


def test_sport_has_no_genre(loris):
    assert loris.read(loris.survey()[0][1], NEEDS).facts == {"sport": "fe"}


@pytest.mark.parametrize("shape", [(400, 17, 2), (400, 18, 3), (1, 17, 3)])
def test_poses_of_another_shape_are_dropped(loris, shape):
    item = loris.survey()[0][0]
    np.save(item.files["pose2d"][0], np.ones(shape))
    with pytest.raises(DroppedError) as dropped:
        loris.read(item, NEEDS)
    assert dropped.value.reason == "wrong shape"


def test_a_clip_in_which_nobody_is_seen_is_dropped(loris):
    item = loris.survey()[0][0]
    np.save(item.files["pose2d"][0], np.zeros((400, 17, 3)))
    with pytest.raises(DroppedError) as dropped:
        loris.read(item, NEEDS)
    assert dropped.value.reason == "no person"


def test_another_folder_gets_one_line(tmp_path):
    with pytest.raises(InputError, match="expected LORIS's data"):
        Loris(tmp_path).survey()
