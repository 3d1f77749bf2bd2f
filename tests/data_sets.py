"""Small files in the exact layout of the published data sets, with made-up dancers."""

import pickle
from pathlib import Path

import numpy as np
import soundfile

from tests.dancers import joints_at, steady_beats
from tests.media import moving_square, write_video
from tests.sounds import drum_loop

AIST_FPS = 60
TRAIN = "gBR_sFM_cAll_d04_mBR1_ch01"
VAL = "gHO_sBM_cAll_d20_mHO5_ch01"
TEST = "gHO_sBM_cAll_d20_mHO5_ch02"


def joints(seconds: float, fps: float, bpm: float) -> np.ndarray:
    """[N, 17, 2] in image heights."""
    return joints_at(np.arange(round(seconds * fps)) / fps, steady_beats(bpm))


def dump(path: Path, content: dict, protocol: int = 4) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(content, protocol))


def write_sequence(annotations: Path, name: str, seconds: float = 4.0, bpm: float = 90.0, protocol: int = 4) -> None:
    """The three pickles of a sequence. Camera k sees the dancer k pixels further right."""
    seen = 1080 * joints(seconds, AIST_FPS, bpm)
    count = len(seen)
    views = np.zeros((9, count, 17, 3))
    for camera in range(9):
        views[camera, :, :, :2] = seen + np.array([camera, 0])
        views[camera, :, :, 2] = 0.9
    stamps = np.arange(count) * 1e6 / AIST_FPS
    dump(
        annotations / "keypoints2d" / f"{name}.pkl",
        {"keypoints2d": views, "det_scores": np.full((9, count), 0.9), "timestamps": stamps},
        protocol,
    )
    upright = np.concatenate([seen[:, :, :1] / 6, 180 - seen[:, :, 1:] / 6, np.zeros((count, 17, 1))], axis=2)
    dump(annotations / "keypoints3d" / f"{name}.pkl", {"keypoints3d": upright, "keypoints3d_optim": upright}, protocol)
    poses = np.zeros((count, 72))
    poses[:, 0] = np.pi / 2  # the root turned about x
    motion = {"smpl_poses": poses, "smpl_scaling": np.array([90.0]), "smpl_trans": np.full((count, 3), [9.0, 90, 0])}
    dump(annotations / "motions" / f"{name}.pkl", motion, protocol)


def write_aist(annotations: Path, **options) -> Path:
    """One sequence for each split."""
    for name in (TRAIN, VAL, TEST):
        write_sequence(annotations, name, **options)
    (annotations / "splits").mkdir()
    for split, name in (("train", TRAIN), ("val", VAL), ("test", TEST)):
        (annotations / "splits" / f"crossmodal_{split}.txt").write_text(f"{name}\n")
    (annotations / "ignore_list.txt").write_text("gWA_sFM_cAll_d27_mWA4_ch17\n")
    return annotations


def write_dance_video(path: Path, seconds: float, *, sound: bool = True) -> Path:
    """Moving pictures and a beat at 120 BPM."""
    path.parent.mkdir(parents=True, exist_ok=True)
    music = drum_loop(seconds, 44100).T if sound else None
    return write_video(path, moving_square(round(25 * seconds)), sound=music)


def write_segments(folder: Path, subset: str, split: str, names: list[str], genres: np.ndarray | None = None) -> None:
    """D2M-GAN's three lists of a split and the files that they name. Segment k sounds at k / 20 of full scale."""
    shape, top = ((120, 219), "aistplus") if subset == "aist" else ((60, 75), "tiktok")
    for kind, suffix in (("audio", "wav"), ("video", "npy"), ("motion", "npy")):
        lines = [f"./{top}/{kind}_s2/{split}/{name}.{suffix}" for name in names]
        folder.mkdir(exist_ok=True)
        (folder / f"{subset}_{kind}_{split}_segment.txt").write_text("\n".join(lines) + "\n")
        for line in lines:
            path = folder / line
            path.parent.mkdir(parents=True, exist_ok=True)
            number = int(path.stem.rsplit("seg", 1)[1])
            if kind == "audio":
                soundfile.write(path, np.full(44100, number / 20), 22050, subtype="PCM_16")
            elif kind == "video":
                np.save(path, np.full((1, 2048), number, np.float32))
            else:
                np.save(path, body_25(number) if subset == "tiktok" else np.full(shape, number, float))
    if genres is not None:
        np.save(folder / f"{split}_genre.npy", genres)


def body_25(number: int) -> np.ndarray:
    """[60, 75]: joint j of BODY_25 at (10 j, 20 j + 5 segment), sure; the right ear is not seen."""
    people = np.zeros((60, 25, 3))
    people[:, :, 0] = 10 * np.arange(25)
    people[:, :, 1] = 20 * np.arange(25) + 5 * number
    people[:, :, 2] = 0.8
    people[:, 17] = 0
    return people.reshape(60, 75)


def write_loris(folder: Path, subset: str, length: int, split: str, names: list[str], fps: float = 12.0) -> Path:
    """LORIS's three lists of a split and the files that they name."""
    for kind, suffix in (("audio", "wav"), ("i3d", "npy"), ("pose2d", "npy")):
        lines = [f"yourpath/dataset/LORIS/{subset}/{kind}_s{length}/{name}.{suffix}" for name in names]
        (folder / "data" / subset).mkdir(parents=True, exist_ok=True)
        (folder / "data" / subset / f"{subset}_{kind}_s{length}_{split}_segment.txt").write_text("\n".join(lines))
        for name in names:
            path = folder / subset / f"{kind}_s{length}" / f"{name}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "audio":
                soundfile.write(path, drum_loop(length, 22050)[:, 0] * 0.3, 22050, subtype="PCM_16")
            elif kind == "i3d":
                np.save(path, np.ones((2 * length, 1024), np.float32))
            else:
                points = 1080 * joints(length, fps, 100.0)
                np.save(path, np.concatenate([points, np.full((*points.shape[:2], 1), 0.7)], axis=2))
    return folder
