"""A folder of one's own dance videos, with sound. Joints are looked for as d2m looks for them when it plays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from d2m_bridge.capture.soundtrack import read_soundtrack
from d2m_bridge.capture.video import VideoFile
from d2m_bridge.errors import InputError
from training.datasets.clip import SPLITS, Drop, DroppedError, Item, Material, Needs
from training.datasets.seeing import see

SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".webm", ".wmv"})
_TENTHS = 10


def find_videos(folder: Path, besides: Path | None = None) -> list[Path]:
    """The video files below a folder, in order, without hidden ones and those below `besides`. InputError if none."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; expected a folder of videos")
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not (besides and path.resolve().is_relative_to(besides.resolve()))
    ]
    if not found:
        raise InputError(f"{folder}: no videos in it; expected files such as NAME.mp4 ({', '.join(sorted(SUFFIXES))})")
    return found


@dataclass(frozen=True, slots=True)
class VideoFolder:
    """Videos below folder/train, folder/val and folder/test belong to that split; of the others, a tenth each is for
    val and test, chosen by their names. silent: those without a soundtrack are kept, for music made to fit them.
    """

    folder: Path
    silent: bool = False

    def settings(self) -> dict[str, Any]:
        """What decides the content of the clips."""
        return {"silent": self.silent}

    def survey(self) -> tuple[list[Item], list[Drop]]:
        """Every video."""
        names = {path: path.relative_to(self.folder).as_posix() for path in find_videos(self.folder)}
        return [Item(name, split_of(name), {"video": (path,)}) for path, name in names.items()], []

    def read(self, item: Item, needs: Needs) -> Material:
        """Sound first: a silent film need not be watched."""
        (path,) = item.files["video"]
        with VideoFile(path) as film:
            has_audio = film.has_audio
        if not has_audio and not self.silent:
            raise DroppedError("no soundtrack", f"{path}: it has no soundtrack, so no music; --silent keeps the dance")
        audio = read_soundtrack(path, needs.sample_rate) if has_audio else None
        film = see(path, needs.open_estimator, needs.motion_rate_hz)
        if audio is not None:
            audio = audio[: round(film.seconds * needs.sample_rate)]
        facts = {} if film.damage is None else {"damage": film.damage}
        return Material(film.seconds, film.body, film.visual, audio, facts=facts)


def split_of(name: str) -> str:
    """By the first folder of a name, or else by the name itself: adding videos moves no other."""
    first = name.split("/")[0]
    if "/" in name and first in SPLITS:
        return first
    tenth = hashlib.sha256(name.encode()).digest()[0] * _TENTHS // 256
    return {0: "test", 1: "val"}.get(tenth, "train")
