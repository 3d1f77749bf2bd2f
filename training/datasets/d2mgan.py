"""D2M-GAN's data: its segment lists of AIST++ and of TikTok (github.com/L-YeZhu/D2M-GAN, dataset/ and d2m/dataset.py).

Three lists of each split name, line by line, sound, video and motion of the same segment of 2 s:

    aist_{audio,video,motion}_{train,test}_segment.txt     ./aistplus/audio_s2/train/NAME_seg1.wav ...
    tiktok_{audio,video,motion}_{train,test}_segment.txt   ./tiktok/audio_s2/GROUP_MUSIC_VIDEO_seg1.wav ...
    {train,test}_genre.npy                                 AIST++: one-hot rows [segments, 10], in the order of GENRES

Paths count from the lists' folder. Sound: 22,050 Hz mono. Video: one vector a segment (I3D, 2048). Motion: [120, 219]
of AIST++ (SMPL, 60 fps; see aist_release.smpl_features), [60, 75] of TikTok (OpenPose's BODY_25, 30 fps). The segments
of a video that follow each other are joined to one clip here, so that it has a beat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import numpy as np

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.errors import InputError
from training.datasets.aist import GENRES, AistName
from training.datasets.clip import Drop, DroppedError, Item, Material, Needs
from training.datasets.keypoints import BODY_25_TO_COCO, body_of
from training.datasets.segments import check_parallel, join_sound, read_list, read_numbers

SEGMENT_S = 2.0
_KINDS = ("audio", "video", "motion")
_MOTION = {"aist": (120, 219), "tiktok": (60, 75)}
_SEGMENT = re.compile(r"(.+)_seg(\d+)")
_TIKTOK = re.compile(r"\d{6}_\d+_\d+")


@dataclass(frozen=True, slots=True)
class Segment:
    """Two seconds. video: its name without the segment; number: from 1. files: sound, video, motion."""

    video: str
    number: int
    files: tuple[Path, Path, Path]
    genre: str | None


@dataclass(frozen=True, slots=True)
class D2mGan:
    """folder: where the lists lie."""

    folder: Path
    subset: Literal["aist", "tiktok"]

    def settings(self) -> dict[str, Any]:
        """Nothing but the files decides."""
        return {}

    def segments(self, split: Literal["train", "test"]) -> list[Segment]:
        """The segments of a split in the published order. InputError when the lists are missing or disagree."""
        paths = [self.folder / f"{self.subset}_{kind}_{split}_segment.txt" for kind in _KINDS]
        lists = {path: read_list(path) for path in paths}
        names = check_parallel(lists)
        genres = self._genres(split, len(names))
        return [
            Segment(*_parts(name), tuple(self.folder / line for line in lines), genre)
            for name, genre, *lines in zip(names, genres, *lists.values(), strict=True)
        ]

    def survey(self) -> tuple[list[Item], list[Drop]]:
        """Runs of segments without a hole, in order of their names."""
        items = []
        for split in ("train", "test"):
            ordered = sorted(self.segments(split), key=lambda segment: (segment.video, segment.number))
            for video, segments in groupby(ordered, key=lambda segment: segment.video):
                numbered = enumerate(segments)
                for _, run in groupby(numbered, key=lambda pair: pair[1].number - pair[0]):
                    pieces = [segment for _, segment in run]
                    files = zip(*(segment.files for segment in pieces), strict=True)
                    items.append(Item(f"{video}_seg{pieces[0].number}", split, dict(zip(_KINDS, files, strict=True))))
        return items, []

    def read(self, item: Item, needs: Needs) -> Material:
        """One run of segments."""
        video, first = _parts(item.name)
        motion = np.stack([self._motion(path) for path in item.files["motion"]])
        i3d = np.stack([read_numbers(path).reshape(-1) for path in item.files["video"]]).astype(np.float32)
        audio = join_sound(item.files["audio"], SEGMENT_S, needs.sample_rate)
        seconds = SEGMENT_S * len(motion)
        if self.subset == "aist":
            name = AistName.parse(video)
            grid = BeatGrid.steady(name.bpm, -SEGMENT_S * (first - 1), "name")
            facts = {"genre": GENRES[name.genre], "song": name.music, "bpm": name.bpm}
            smpl = motion.reshape(-1, motion.shape[2]).astype(np.float32)
            return Material(seconds, audio=audio, grid=grid, arrays={"smpl": smpl, "i3d": i3d}, facts=facts)
        joints = motion.reshape(-1, 25, 3)[:, BODY_25_TO_COCO]
        body = body_of(joints, None, motion.shape[1] / SEGMENT_S, needs.motion_rate_hz)
        song = "_".join(video.split("_")[:2])
        return Material(seconds, body, audio=audio, arrays={"i3d": i3d}, facts={"song": song})

    def _motion(self, path: Path) -> np.ndarray:
        numbers, expected = read_numbers(path), _MOTION[self.subset]
        if numbers.size != expected[0] * expected[1]:
            raise DroppedError("wrong shape", f"{path}: expected motion {list(expected)}, got {list(numbers.shape)}")
        return numbers.reshape(expected)

    def _genres(self, split: str, count: int) -> list[str | None]:
        if self.subset == "tiktok":
            return [None] * count
        path = self.folder / f"{split}_genre.npy"
        rows = read_numbers(path)
        if rows.shape != (count, len(GENRES)) or not (np.sort(rows, axis=1)[:, -2:] == [0, 1]).all():
            raise InputError(f"{path}: expected one-hot rows [{count}, {len(GENRES)}], got {list(rows.shape)}")
        return [list(GENRES.values())[index] for index in rows.argmax(axis=1)]


def _parts(name: str) -> tuple[str, int]:
    """A segment's video and number."""
    found = _SEGMENT.fullmatch(name)
    if found is None or not (name.startswith("g") or _TIKTOK.fullmatch(found[1])):
        raise InputError(
            f"{name}: expected a segment's name such as gPO_sBM_c01_d11_mPO1_ch02_seg1 or 000007_7_188_seg3"
        )
    return found[1], int(found[2])
