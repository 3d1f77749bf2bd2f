"""Motion to raw sound by a clip model. What it wants and the runtime cannot see comes from files beside the video.

NAME.motion.npy    float32 [T, features] at the manifest's motion rate, row 0 at the first picture
NAME.visual.npy    float32 [R, features], R rows spread evenly over the video: D2M-GAN's I3D vectors, one for 2 s
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from d2m_bridge.audio.wav import WavWriter
from d2m_bridge.engine.clip_manifest import ClipInput
from d2m_bridge.engine.clip_model import ClipModel, Series, play_clips
from d2m_bridge.engine.notes import EnergyMeter
from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.perception import Sight
from d2m_bridge.pipeline.watch import Progress
from d2m_bridge.timeline import AccentEvent, Event, Float32, sample_at


def check_files(model: ClipModel, video: Path) -> None:
    """Raises InputError when a file that the model needs beside the video is missing or of another shape."""
    for name, wanted in (("motion", model.manifest.motion), ("visual", model.manifest.visual)):
        if wanted.source == "file":
            _load(video, name, wanted)


def play_clip_model(
    model: ClipModel,
    video: Path,
    sights: Sequence[Sight],
    seconds: float,
    style: Float32,
    mix: Path,
    progress: Progress,
) -> list[Event]:
    """Writes the mix as float32 stereo WAV, both sides alike; the dancer's accents and energy, in order of time.

    style: float32 [S], weights that sum to 1. Raises InputError as check_files does, or when the disk takes no more.
    """
    facts = model.manifest
    rate = facts.motion_rate_hz
    if facts.motion.source == "file":
        motion = Series(_load(video, "motion", facts.motion), rate)
    else:
        motion = Series(np.stack([sight.motion.features for sight in sights]), rate)
    if facts.visual.source == "file":
        rows = _load(video, "visual", facts.visual)
        visual = Series(rows, len(rows) / seconds)
    else:
        visual = Series(np.stack([sight.visual for sight in sights]), rate)
    end, done = sample_at(seconds, facts.sample_rate), 0
    with WavWriter(mix, facts.sample_rate, 2, "FLOAT") as file:
        for samples in play_clips(model, motion, visual, style, seconds):
            file.write(np.repeat(samples[:, None], 2, axis=1))
            done += len(samples)
            progress("playing", done / end)
    return _dancer_events(sights, seconds)


def _dancer_events(sights: Sequence[Sight], seconds: float) -> list[Event]:
    """Such a model plans no beats and notes: what remains is what the dancer does."""
    meter = EnergyMeter()
    events: list[Event] = []
    for sight in sights:
        if sight.motion.accent > 0:
            events.append(AccentEvent(sight.motion.t, sight.motion.accent))
        events += meter.push(sight.motion)
    return [event for event in events if event.t < seconds]


def _load(video: Path, name: str, wanted: ClipInput) -> Float32:
    path = video.with_name(f"{video.stem}.{name}.npy")
    try:
        array = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise InputError(
            f"{path}: this model takes {wanted.features} {name} features that cannot be seen in a video; put them there"
        ) from None
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path}: cannot be read as a NumPy array ({error}); write it again") from None
    if array.ndim != 2 or array.shape[1] != wanted.features or not len(array) or array.dtype.kind not in "fiu":
        shape = f"{array.dtype} {list(array.shape)}"
        raise InputError(f"{path}: expected numbers [rows, {wanted.features}], got {shape}; write it again")
    if not np.isfinite(array).all():
        raise InputError(f"{path}: holds values that are no numbers; write it again")
    rows: Float32 = array.astype(np.float32)
    return rows
