import json

import numpy as np
import pytest

from tests.dancers import RATE, joints_at, steady_beats
from training.evaluate_tempo import DanceClip, beat_f1, evaluate, load_clips, main

SIZE = np.array([1920, 1080])


@pytest.fixture
def folder(tmp_path):
    """Two synthetic dances in the layout of the AIST++ clips."""
    motion = tmp_path / "motion_aist2d"
    motion.mkdir()
    names = {"train": ["a"], "test": ["b"]}
    for name, bpm in (("a", 96.0), ("b", 120.0)):
        joints = 1080 * joints_at(np.arange(int(17 * RATE)) / RATE, steady_beats(bpm))
        meta = json.dumps({"bpm": bpm, "first_beat_s": 0.0})
        np.savez(motion / f"{name}.npz", kp=joints.astype(np.float32), fps=RATE, size=SIZE, meta=meta)
    (tmp_path / "splits.json").write_text(json.dumps({"motion_aist2d": names}))
    return motion


def test_clips_come_in_picture_heights_and_by_split(folder):
    (clip,) = load_clips(folder, "test")
    assert (clip.name, clip.bpm, clip.rate_hz) == ("b", 120.0, RATE)
    assert clip.joints[..., 1].min() > 0 and clip.joints[..., 1].max() < 1


def test_a_clear_dance_is_read_right_whole_and_in_windows(folder):
    report = evaluate(load_clips(folder, "train"))
    assert report["clips"][0]["bpm"] == pytest.approx(96, rel=0.01)
    for part in ("whole", "windows_10s", "windows_12s", "windows_15s"):
        assert report[part]["tempo_right"] == 1.0
    assert report["windows_10s"]["count"] == 3


def test_a_window_keeps_the_time_of_the_beats():
    clip = DanceClip("x", np.zeros((300, 17, 2)), 30.0, 100.0, 0.0)
    assert clip.window(2.5, 5.0).first_beat_s == pytest.approx(-2.5)
    assert clip.window(2.5, 5.0).seconds == 5.0


@pytest.mark.parametrize(
    ("found", "true", "score"),
    [
        ([0.5, 1.0, 1.5], [0.5, 1.0, 1.5], 1.0),
        ([0.56, 1.06], [0.5, 1.0], 1.0),
        ([0.58, 1.08], [0.5, 1.0], 0.0),
        ([0.5, 0.75, 1.0, 1.25], [0.5, 1.0], 2 / 3),
        ([0.5, 0.51, 0.52], [0.5], 0.5),
        ([], [0.5], 0.0),
    ],
)
def test_each_beat_counts_once_within_the_tolerance(found, true, score):
    assert beat_f1(np.array(found), np.array(true)) == pytest.approx(score)


def test_the_command_prints_one_json_object(folder, capsys):
    main(["--motion", str(folder), "--split", "test", "--json"])
    assert json.loads(capsys.readouterr().out)["clips"][0]["true_bpm"] == 120.0


def test_a_wrong_folder_gets_one_line(tmp_path):
    with pytest.raises(SystemExit, match=r"no splits\.json"):
        main(["--motion", str(tmp_path)])
