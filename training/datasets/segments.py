"""What D2M-GAN and LORIS have in common: text files that name one file a line, and sound in pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Float32
from training.datasets.clip import DroppedError


def read_list(path: Path) -> list[str]:
    """The lines of a segment list."""
    try:
        return path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; expected the data set's published segment list") from error


def check_parallel(lists: dict[Path, list[str]], optional: str = "") -> list[str]:
    """The names of the clips, line by line, without folder and suffix. InputError if the lists disagree.

    optional: an ending of names that some of the lists leave out.
    """
    (first, lines), *others = lists.items()
    names = [Path(line).stem for line in lines]
    plain = [name.removesuffix(optional) for name in names]
    for path, other in others:
        if [Path(line).stem.removesuffix(optional) for line in other] != plain:
            raise InputError(f"{path}: expected the same clips in the same order as {first.name}")
    return names


def read_numbers(path: Path) -> NDArray[np.floating]:
    """A .npy file of numbers."""
    try:
        return np.asarray(np.load(path, allow_pickle=False), float)
    except FileNotFoundError as error:
        raise DroppedError("missing file", f"{path}: it is in the list but not in the folder") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: expected a .npy file of numbers ({error})") from error


def read_sound(path: Path, seconds: float) -> tuple[Float32, int]:
    """float32 [N] mono, exactly so many seconds (silence is added, the rest cut off), and its rate."""
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        if not path.exists():
            raise DroppedError("missing file", f"{path}: it is in the list but not in the folder") from error
        raise InputError(f"{path}: cannot be read as sound ({error.error_string})") from error
    count = round(seconds * rate)
    mono = samples.mean(axis=1)[:count]
    return np.pad(mono, (0, count - len(mono))), rate


def join_sound(paths: tuple[Path, ...], seconds: float, sample_rate: int) -> Float32:
    """Pieces of so many seconds each, one after the other, at another rate. InputError if their rates differ."""
    pieces = [read_sound(path, seconds) for path in paths]
    rates = {rate for _, rate in pieces}
    if len(rates) > 1:
        raise InputError(f"{paths[0]}: the clip's pieces have different sample rates: {sorted(rates)}")
    joined = np.concatenate([samples for samples, _ in pieces])
    return joined if rates == {sample_rate} else soxr.resample(joined, rates.pop(), sample_rate)
