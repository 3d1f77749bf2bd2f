"""How well the beat is read off the dancer: `python -m training.evaluate_tempo --motion DIR [--split test] [--json]`.

DIR holds AIST++ clips as npz (training.datasets.aist.load_keypoints); splits.json beside or above it says which are
train and test. Each clip is read whole and in windows. A tempo is right within 4 % of the truth or of
its half or double. Beats are compared at the found tempo's octave, +-70 ms; half_f1 also forgives a grid that lies on
the half beats, and chance_f1 is a metronome of the true tempo at a random phase.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.follow import FollowResult, follow
from d2m_bridge.motion.features import MotionFeatures
from d2m_bridge.timeline import MotionFrame
from training.datasets.aist import load_keypoints

TOLERANCE_S = 0.07
TEMPO_TOLERANCE = 0.04
WINDOWS_S = (10.0, 12.0, 15.0)
_HOP_S = 2.5

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DanceClip:
    """joints: float [T, 17, 2] in picture heights at rate_hz. bpm, first_beat_s: the music that was danced to."""

    name: str
    joints: NDArray[np.floating]
    rate_hz: float
    bpm: float
    first_beat_s: float

    def window(self, start_s: float, seconds: float) -> DanceClip:
        """A part of the clip as a clip of its own."""
        first = round(start_s * self.rate_hz)
        part = self.joints[first : first + round(seconds * self.rate_hz)]
        return DanceClip(self.name, part, self.rate_hz, self.bpm, self.first_beat_s - first / self.rate_hz)

    @property
    def seconds(self) -> float:
        """The length of the clip."""
        return len(self.joints) / self.rate_hz


def load_clips(folder: Path, split: str) -> list[DanceClip]:
    """The AIST++ clips of a split; SystemExit with one line when the folder has none."""
    table = next((path for path in (folder / "splits.json", folder.parent / "splits.json") if path.is_file()), None)
    if table is None:
        raise SystemExit(f"no splits.json in {folder} or above it: expected the folder of AIST++ clips")
    clips = []
    for name in json.loads(table.read_text())["motion_aist2d"][split]:
        found = load_keypoints(folder / f"{name}.npz")
        clips.append(DanceClip(name, found.pixels / found.height, found.fps, found.bpm, found.first_beat_s))
    return clips


def frames_of(clip: DanceClip) -> list[MotionFrame]:
    """The clip as the product sees it."""
    features = MotionFeatures(clip.rate_hz)
    frames = [frame for index, joints in enumerate(clip.joints) for frame in features.push_coco(index, joints)]
    return frames + features.finish()


def judge(clip: DanceClip, found: FollowResult) -> dict[str, float]:
    """The figures of one reading, each 0..1 but bpm and offset_ms (the grid's mean distance from the true beats)."""
    octaves = float(np.log2(found.bpm / clip.bpm))
    octave = round(octaves)
    period = 60.0 / (clip.bpm * 2.0**octave)
    last = int(np.ceil(found.grid.beat_at(clip.seconds)))
    heard = np.array([found.grid.time_at(beat) for beat in range(last + 1)])
    heard = heard[(heard >= 0) & (heard < clip.seconds)]

    def true_beats(shift: float) -> Times:
        first = np.ceil(-clip.first_beat_s / period - shift)
        count = int(clip.seconds / period) + 2
        times = clip.first_beat_s + (first + shift + np.arange(count)) * period
        return times[(times >= 0) & (times < clip.seconds)]

    f1 = beat_f1(heard, true_beats(0.0))
    phases = np.exp(2j * np.pi * (heard - clip.first_beat_s) / period)
    return {
        "bpm": found.bpm,
        "tempo_right": float(abs(2.0 ** (octaves - octave) - 1.0) <= TEMPO_TOLERANCE),
        "confidence": found.confidence,
        "f1": f1,
        "half_f1": max(f1, beat_f1(heard, true_beats(0.5))),
        "chance_f1": min(1.0, 2 * TOLERANCE_S / period),
        "offset_ms": float(np.angle(phases.mean()) / (2 * np.pi) * period * 1000),
    }


def beat_f1(found: Times, true: Times) -> float:
    """F-measure of beats within TOLERANCE_S of each other, each beat used once."""
    hits, place = 0, 0
    for beat in true:
        while place < len(found) and found[place] < beat - TOLERANCE_S:
            place += 1
        if place < len(found) and found[place] <= beat + TOLERANCE_S:
            hits, place = hits + 1, place + 1
    return 2 * hits / max(1, len(found) + len(true))


def evaluate(clips: list[DanceClip]) -> dict[str, object]:
    """Figures per clip, and the means over whole clips and over windows of each length."""
    whole = [judge(clip, follow(frames_of(clip))) for clip in clips]
    report: dict[str, object] = {
        "clips": [
            {"name": clip.name, "true_bpm": clip.bpm, **result} for clip, result in zip(clips, whole, strict=True)
        ],
        "whole": _means(whole),
    }
    for seconds in WINDOWS_S:
        results = [judge(part, follow(frames_of(part))) for clip in clips for part in _windows(clip, seconds)]
        report[f"windows_{seconds:g}s"] = _means(results)
        sure = [result for result in results if result["confidence"] >= 0.5]
        report[f"windows_{seconds:g}s_confident"] = _means(sure)
    return report


def _windows(clip: DanceClip, seconds: float) -> Iterator[DanceClip]:
    for start in np.arange(0.0, clip.seconds - seconds, _HOP_S):
        yield clip.window(float(start), seconds)


def _means(results: list[dict[str, float]]) -> dict[str, float]:
    keys = ("tempo_right", "f1", "half_f1", "chance_f1")
    means = {key: float(np.mean([result[key] for result in results])) if results else 0.0 for key in keys}
    return {"count": len(results), **means}


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures of a split."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate_tempo", description=__doc__)
    parser.add_argument("--motion", type=Path, required=True, metavar="DIR", help="folder of AIST++ 2-D clips")
    parser.add_argument("--split", default="train", choices=("train", "test"), help="test is for reports only")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    report = evaluate(load_clips(options.motion, options.split))
    if options.json:
        print(json.dumps(report))
        return
    for name, value in report.items():
        for row in value if isinstance(value, list) else [value]:
            print(name, json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}))


if __name__ == "__main__":
    main()
