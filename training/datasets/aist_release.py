"""AIST++ as it is published: a folder of annotations, and if there are any, the camera videos.

    ANNOTATIONS/keypoints2d/NAME.pkl   keypoints2d [9, N, 17, 3] (x, y, confidence in pixels of 1920 x 1080), 60 fps
                keypoints3d/NAME.pkl   keypoints3d_optim [N, 17, 3]
                motions/NAME.pkl       smpl_poses [N, 24, 3] (axis, angle), smpl_scaling [1], smpl_trans [N, 3]
                splits/crossmodal_{train,val,test}.txt, ignore_list.txt
    VIDEOS/NAME.mp4                    NAME with a camera, c01 to c09, in place of cAll; with the music

google.github.io/aistplusplus_dataset; the layout is that of google/aistplusplus_api. NAME has cAll. Joints come from
the keypoints, never from the videos; tempo and beat 0 (at 0 s) from the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.capture.soundtrack import read_soundtrack
from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Float32
from training.datasets.aist import CAMERAS, FPS, GENRES, PICTURE, UNSEEN_SONGS, AistName
from training.datasets.clip import SPLITS, Drop, DroppedError, Item, Material, Needs
from training.datasets.keypoints import body_of, on_ticks
from training.datasets.pickles import load_arrays
from training.datasets.seeing import see

# Left out by the authors' own processing/run_estimate_keypoints.py.
_BAD_VIEWS = {
    ("gBR_sBM_cAll_d04_mBR0_ch01", "c05"): "this camera is not in step with the others",
    ("gJB_sBM_cAll_d07_mJB3_ch05", "c07"): "this camera's picture is 640 x 480",
}
_SMPL_JOINTS = 24


@dataclass(frozen=True, slots=True)
class AistRelease:
    """cameras: whose views become clips, c01 to c09."""

    annotations: Path
    videos: Path | None
    cameras: tuple[str, ...] = ("c01",)

    def settings(self) -> dict[str, Any]:
        """What decides the content of the clips."""
        return {"cameras": list(self.cameras), "videos": self.videos is not None}

    def survey(self) -> tuple[list[Item], list[Drop]]:
        """Every sequence in every camera that was asked for."""
        for camera in self.cameras:
            if camera not in CAMERAS:
                raise InputError(f"camera {camera!r}: expected one of {', '.join(CAMERAS)}")
        found = sorted((self.annotations / "keypoints2d").glob("*.pkl"))
        if not found:
            raise InputError(f"{self.annotations}: no keypoints2d/*.pkl; expected the annotations of AIST++")
        split_of = {name: split for split in SPLITS for name in self._names(Path("splits", f"crossmodal_{split}.txt"))}
        for name, split in split_of.items():
            if (AistName.parse(name).music in UNSEEN_SONGS) != (split != "train"):
                raise InputError(f"{self.annotations}/splits: {name} in {split}: not the official cross-modal split")
        ignored = set(self._names(Path("ignore_list.txt")))
        items, drops = [], []
        for path in found:
            for camera in self.cameras:
                name = path.stem.replace("cAll", camera)
                if path.stem in ignored:
                    drops.append(Drop(name, "on the ignore list", "AIST++'s authors found its annotations wrong"))
                elif (path.stem, camera) in _BAD_VIEWS:
                    drops.append(Drop(name, "bad camera", _BAD_VIEWS[path.stem, camera]))
                elif path.stem not in split_of:
                    drops.append(Drop(name, "in no split", "the official cross-modal split leaves it out"))
                else:
                    items.append(Item(name, split_of[path.stem], self._files(path, name)))
        return items, drops

    def read(self, item: Item, needs: Needs) -> Material:
        """Keypoints of one camera, and what else is there of it."""
        name = AistName.parse(item.name)
        (path,) = item.files["keypoints2d"]
        views = _array(path, "keypoints2d")
        if views.ndim != 4 or len(views) != len(CAMERAS):
            raise DroppedError("wrong shape", f"{path}: expected keypoints2d [9, N, 17, 3], got {list(views.shape)}")
        body = body_of(views[CAMERAS.index(name.camera)], PICTURE[1], FPS, needs.motion_rate_hz)
        visual = audio = None
        for video in item.files["video"]:
            visual = see(video, None, needs.motion_rate_hz).visual
            audio = read_soundtrack(video, needs.sample_rate)
        return Material(
            seconds=views.shape[1] / FPS,
            body=body,
            visual=None if visual is None else _as_long(visual, len(body.points)),
            audio=None if audio is None else audio[: round(views.shape[1] / FPS * needs.sample_rate)],
            grid=BeatGrid.steady(name.bpm, 0.0, "name"),
            arrays=_motion(item, needs.motion_rate_hz),
            facts={"genre": GENRES[name.genre], "song": name.music, "bpm": name.bpm},
        )

    def _names(self, path: Path) -> list[str]:
        try:
            return (self.annotations / path).read_text(encoding="utf-8").split()
        except OSError as error:
            raise InputError(
                f"{self.annotations / path}: {error.strerror}; it belongs to the annotations of AIST++"
            ) from error

    def _files(self, keypoints: Path, name: str) -> dict[str, tuple[Path, ...]]:
        parts = {kind: self.annotations / kind / keypoints.name for kind in ("keypoints3d", "motions")}
        there = {kind: (path,) if path.is_file() else () for kind, path in parts.items()}
        video = self.videos / f"{name}.mp4" if self.videos else None
        return {"keypoints2d": (keypoints,), "video": (video,) if video and video.is_file() else (), **there}


def smpl_features(poses: NDArray[Any], scaling: NDArray[Any], translation: NDArray[Any]) -> Float32:
    """float32 [N, 219]: what D2M-GAN and FACT call motion: the root's place in metres, then 24 rotation matrices."""
    from scipy.spatial.transform import Rotation

    turns = Rotation.from_rotvec(poses.reshape(-1, 3)).as_matrix().reshape(-1, _SMPL_JOINTS * 9)
    return np.concatenate([translation / scaling, turns], axis=1).astype(np.float32)


def _motion(item: Item, rate_hz: float) -> dict[str, NDArray[Any]]:
    """SMPL [N, 219] at 60 fps; joints3d [T, 17, 3] in metres at the ticks: SMPL's size is what tells their unit."""
    arrays: dict[str, NDArray[Any]] = {}
    for path in item.files["motions"]:
        scaling = _array(path, "smpl_scaling")
        arrays["smpl"] = smpl_features(_array(path, "smpl_poses"), scaling, _array(path, "smpl_trans"))
        for joints in item.files["keypoints3d"]:
            metres = _array(joints, "keypoints3d_optim") / float(scaling.reshape(-1)[0])
            if np.isfinite(metres).all():
                arrays["joints3d"] = on_ticks(metres, FPS, rate_hz)
    return arrays


def _array(path: Path, name: str) -> NDArray[Any]:
    content = load_arrays(path)
    if not isinstance(content.get(name), np.ndarray):
        raise DroppedError("wrong shape", f"{path}: expected an array {name!r}, got {', '.join(map(str, content))}")
    return content[name]


def _as_long(rows: Float32, count: int) -> Float32:
    """The last row goes on where the film is shorter than its keypoints."""
    return np.concatenate([rows[:count], np.repeat(rows[-1:], max(0, count - len(rows)), axis=0)])
