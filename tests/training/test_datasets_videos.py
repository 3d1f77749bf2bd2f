"""A folder of one's own videos: what is found, how it is split, and that training sees what the runtime sees."""

import numpy as np
import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.watch import watch
from tests.data_sets import write_dance_video
from tests.estimators import MadeUpDancer, Nobody
from tests.media import moving_square, write_video
from training.datasets.clip import DroppedError, Item, Needs
from training.datasets.real_pairs import frames_of
from training.datasets.seeing import see
from training.datasets.videos import VideoFolder, find_videos, split_of

RATE_HZ = 30.0
NEEDS = Needs(RATE_HZ, 44100, MadeUpDancer)


class Blinking(MadeUpDancer):
    """Loses the dancer now and then, for a short and for a long time."""

    def estimate(self, frame):
        return () if 1.0 < frame.t < 1.1 or 2.0 < frame.t < 3.1 else super().estimate(frame)


@pytest.mark.parametrize("estimator", [MadeUpDancer, Blinking, Nobody])
@pytest.mark.parametrize("rate", [25, 47])
def test_training_sees_what_the_runtime_sees(tmp_path, estimator, rate):
    times = [round(1000 * index / rate) for index in range(round(6.6 * rate))]
    path = write_video(tmp_path / "dance.mp4", moving_square(len(times)), times_ms=times)
    sights, watched = watch(path, estimator, RATE_HZ, lambda stage, part: None)
    film = see(path, estimator, RATE_HZ)
    frames = frames_of(film.body.points, film.body.confidence, RATE_HZ)
    assert film.seconds == watched.seconds and len(frames) == len(sights)
    for frame, sight in zip(frames, sights, strict=True):
        assert np.array_equal(frame.features, sight.motion.features)
        assert (frame.t, frame.present, frame.energy) == (sight.motion.t, sight.motion.present, sight.motion.energy)
    assert np.array_equal(film.visual, np.stack([sight.visual for sight in sights]))


def test_videos_are_found_below_and_in_order(tmp_path):
    for name in ("b.MP4", "a/c.mov", "a/notes.txt", ".hidden.mp4", "out/b.mp4"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = find_videos(tmp_path, besides=tmp_path / "out")
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["a/c.mov", "b.MP4"]


@pytest.mark.parametrize("make", [True, False])
def test_a_folder_without_videos_gets_one_line(tmp_path, make):
    if make:
        (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="none: no"):
        find_videos(tmp_path / "none")


def test_the_split_is_the_folder_s_or_the_name_s():
    assert [split_of(f"{split}/a.mp4") for split in ("train", "val", "test")] == ["train", "val", "test"]
    splits = [split_of(f"clip{number}.mp4") for number in range(2000)]
    assert splits == [split_of(f"clip{number}.mp4") for number in range(2000)]
    for split, share in (("train", 0.8), ("val", 0.1), ("test", 0.1)):
        assert splits.count(split) / 2000 == pytest.approx(share, abs=0.025)


def test_a_video_is_read_with_its_sound(tmp_path):
    write_dance_video(tmp_path / "val" / "a.mp4", 4.0)
    folder = VideoFolder(tmp_path)
    ((item,), _) = folder.survey()
    material = folder.read(item, NEEDS)
    assert (item.name, item.split) == ("val/a.mp4", "val")
    assert material.body.points.shape == (120, 17, 2) and material.visual.shape == (120, 8)
    assert material.audio.shape == (4 * 44100,) and material.grid is None


def test_a_silent_video_is_dropped_before_anybody_looks(tmp_path):
    path = write_dance_video(tmp_path / "a.mp4", 1.0, sound=False)

    def look():
        raise AssertionError("nobody may look")

    with pytest.raises(DroppedError) as dropped:
        VideoFolder(tmp_path).read(Item("a.mp4", "train", {"video": (path,)}), Needs(RATE_HZ, 44100, look))
    assert dropped.value.reason == "no soundtrack"


def test_a_silent_dance_can_be_kept(tmp_path):
    write_dance_video(tmp_path / "a.mp4", 3.5, sound=False)
    folder = VideoFolder(tmp_path, silent=True)
    ((item,), _) = folder.survey()
    material = folder.read(item, NEEDS)
    assert material.audio is None and np.isfinite(material.body.points).mean() > 0.95
