"""A session of d2m live as a process of its own, and its take against what another program recorded of it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import correlate

from tests.media import moving_square, write_video

ROOT = Path(__file__).parents[1]
RATE = 44100


def start_live(environment: dict[str, str], model: Path, folder: Path, seconds: int, *arguments: str):
    """A steady session that records into the folder and ends with its figures on stdout."""
    clip = write_video(folder / "dance.mp4", moving_square(100))
    command = [
        sys.executable, "-m", "tests.live_player", "live", "--model", str(model), "--camera", str(clip), "--json",
        "--sync", "fixed", "--record", str(folder), "--duration", str(seconds), *arguments,
    ]  # fmt: skip
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


class Recorded:
    """recorded: float32 [N, 2]. first: the place in it of the take's first sample, below 0 when it began later."""

    def __init__(self, recorded: NDArray[np.float32], folder: Path) -> None:
        self.recorded = recorded
        self.take, _ = soundfile.read(folder / "take001.wav", dtype="float64")
        log = (folder / "take001.events.jsonl").read_text().splitlines()
        self.events = [json.loads(line) for line in log]
        found = correlate(recorded[:, 0], self.take[2 * RATE : 3 * RATE, 0], "valid", "fft")
        self.first = int(found.argmax()) - 2 * RATE

    def of_type(self, kind: str) -> list[dict[str, object]]:
        """Events of the take."""
        return [event for event in self.events if event["type"] == kind]

    def seconds_and_differing(self) -> tuple[float, int]:
        """How much was heard of the take, and how many samples of that are not its own, to the last of its 24 bits."""
        heard = np.nonzero(self.recorded.all(axis=1))[0]  # ports are connected and let go one after the other
        begin, end = max(0, int(heard[0]) - self.first), min(len(self.take), int(heard[-1]) + 1 - self.first)
        recorded = self.recorded[self.first + begin : self.first + end].astype(np.float64)
        differing = np.rint(recorded * (2**23 - 1)) != np.rint(self.take[begin:end] * 2**23)
        return (end - begin) / RATE, int(differing.sum())
