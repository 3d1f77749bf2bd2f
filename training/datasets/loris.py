"""The LORIS benchmark (Yu et al., "Long-Term Rhythmic Video Soundtracker", ICML 2023; github.com/OpenGVLab/LORIS).

Three parallel lists a split, for clips of 25 or 50 s of dance, figure skating (fs) and floor exercise (fe):

    SUBSET_{audio,i3d,pose2d}_s{25,50}_{train,test}_segment.txt   yourpath/dataset/LORIS/SUBSET/audio_s25/NAME.wav ...
    SUBSET/{audio,i3d,pose2d}_s{25,50}/NAME.{wav,npy,npy}

What stands before SUBSET in a line is a place on the authors' machine. Sound: 22,050 Hz. Pose: [T, 17, 3], COCO-17, x
and y in pixels of a picture whose size is not said, and confidence, spread evenly over the clip.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from d2m_bridge.errors import InputError
from training.datasets.aist import GENRES, AistName
from training.datasets.clip import Drop, Item, Material, Needs
from training.datasets.keypoints import body_of
from training.datasets.segments import check_parallel, join_sound, read_list, read_numbers

_KINDS = ("audio", "i3d", "pose2d")
_ONLY_SEGMENT = "_seg0"  # fe_pose2d_s50 has names without it
_LIST = re.compile(r"(dance|fs|fe)_audio_s(25|50)_(train|test)_segment\.txt")


@dataclass(frozen=True, slots=True)
class Loris:
    """folder: holds the lists (anywhere below) and the folders dance, fs and fe."""

    folder: Path

    def settings(self) -> dict[str, Any]:
        """Nothing but the files decides."""
        return {}

    def survey(self) -> tuple[list[Item], list[Drop]]:
        """The clips of every list that is there, each once."""
        lists = sorted(path for path in self.folder.rglob("*_segment.txt") if _LIST.fullmatch(path.name))
        if not lists:
            raise InputError(
                f"{self.folder}: no lists such as dance_audio_s25_train_segment.txt; expected LORIS's data"
            )
        items = [item for path in lists for item in self._items(path)]
        return items, []

    def read(self, item: Item, needs: Needs) -> Material:
        """One clip. Its beats are heard in its sound: where in its song it begins is not said."""
        seconds = _seconds(item.name)
        (pose,), (i3d,) = item.files["pose2d"], item.files["i3d"]
        joints = read_numbers(pose)
        body = body_of(joints, None, len(joints) / seconds, needs.motion_rate_hz)
        arrays = {"i3d": read_numbers(i3d).astype(np.float32)}
        facts = {"sport": item.name.split("/")[0]}
        if facts["sport"] == "dance":
            name = AistName.parse(Path(item.name).name)
            facts = {"genre": GENRES[name.genre], "song": name.music}
        audio = join_sound(item.files["audio"], seconds, needs.sample_rate)
        return Material(seconds, body, audio=audio, arrays=arrays, facts=facts)

    def _items(self, audio_list: Path) -> list[Item]:
        subset, length, split = _LIST.fullmatch(audio_list.name).groups()
        paths = [audio_list.with_name(audio_list.name.replace("_audio_", f"_{kind}_", 1)) for kind in _KINDS]
        lists = {path: read_list(path) for path in paths}
        names = check_parallel(lists, _ONLY_SEGMENT)
        return [
            Item(
                f"{subset}/s{length}/{name}",
                split,
                {
                    kind: (self.folder.joinpath(*Path(line).parts[-3:]),)
                    for kind, line in zip(_KINDS, lines, strict=True)
                },
            )
            for name, *lines in zip(names, *lists.values(), strict=True)
        ]


def _seconds(name: str) -> float:
    return float(name.split("/")[1].removeprefix("s"))
