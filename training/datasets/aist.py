"""AIST++: what its names say, and its keypoints as this project's data folder keeps them.

Names: g{genre}_s{situation}_c{camera or All}_d{dancer}_m{music}_ch{choreography}, e.g. gBR_sBM_cAll_d04_mBR0_ch01
(Li et al., "AI Choreographer", ICCV 2021; Tsuchida et al., "AIST Dance Video Database", ISMIR 2019).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.errors import InputError

# In the order of D2M-GAN's one-hot rows; the names are training.styles'.
GENRES = {
    "BR": "break",
    "PO": "pop",
    "LO": "lock",
    "MH": "hiphop",
    "LH": "lahiphop",
    "HO": "house",
    "WA": "waack",
    "KR": "krump",
    "JS": "jazz",
    "JB": "ballet",
}
# The official cross-modal split keeps these for validation and test: one a genre.
UNSEEN_SONGS = ("mBR0", "mHO5", "mJB5", "mJS3", "mKR2", "mLH4", "mLO2", "mMH3", "mPO1", "mWA0")
CAMERAS = tuple(f"c0{number}" for number in range(1, 10))
PICTURE = (1920, 1080)
FPS = 60.0

_GENRE = "|".join(GENRES)
_NAME = re.compile(rf"g({_GENRE})_s([A-Z]{{2}})_(cAll|c0[1-9])_(d\d\d)_(m(?:{_GENRE})[0-5])_(ch\d\d)")


@dataclass(frozen=True, slots=True)
class AistName:
    """The parts of a name. genre: a key of GENRES; situation: BM or FM; camera: c01 to c09, cAll; music: e.g. mBR0."""

    genre: str
    situation: str
    camera: str
    dancer: str
    music: str
    choreography: str

    @classmethod
    def parse(cls, name: str) -> AistName:
        """InputError when it is not such a name."""
        found = _NAME.fullmatch(name)
        if found is None:
            raise InputError(f"{name}: expected a name of AIST++ such as gBR_sBM_cAll_d04_mBR0_ch01")
        return cls(*found.groups())

    @property
    def bpm(self) -> float:
        """The music's tempo: 80 to 130 by its digit, house 110 to 135."""
        digit = int(self.music[3])
        return 110.0 + 5 * digit if self.music[1:3] == "HO" else 80.0 + 10 * digit


@dataclass(frozen=True, slots=True)
class Keypoints:
    """pixels: float64 [T, 17, 2] at fps. height: of the picture. first_beat_s: where beat 0 of the music lies."""

    name: str
    pixels: NDArray[np.float64]
    height: float
    fps: float
    bpm: float
    first_beat_s: float


def load_keypoints(path: Path) -> Keypoints:
    """One motion_aist2d/NAME.npz of docs/training.md: kp [T, 17, 2] and fps, and where they are there, size (of the
    picture) and meta (JSON with bpm and first_beat_s); otherwise the name tells, and beat 0 lies at 0 s.
    """
    with np.load(path, allow_pickle=False) as file:
        meta = json.loads(str(file["meta"])) if "meta" in file else {}
        bpm = meta["bpm"] if "bpm" in meta else AistName.parse(path.stem).bpm
        return Keypoints(
            path.stem,
            file["kp"].astype(float),
            float(file["size"].min() if "size" in file else PICTURE[1]),
            float(file["fps"]),
            float(bpm),
            float(meta.get("first_beat_s", 0.0)),
        )
