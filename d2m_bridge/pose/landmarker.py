"""One MediaPipe Pose Landmarker: pictures in, arrays out. What to show it is decided in mediapipe_pose."""

from __future__ import annotations

import logging
import mmap
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from d2m_bridge.errors import ModelError
from d2m_bridge.pose.mediapipe_import import load_mediapipe
from d2m_bridge.pose.quiet import quiet_native_log
from d2m_bridge.timeline import Float32, UInt8

if TYPE_CHECKING:
    from mediapipe import Image
    from mediapipe.tasks.python.vision import PoseLandmarkerResult

log = logging.getLogger(__name__)

Device = Literal["auto", "cpu", "cuda"]

# What a build without GPU code says of itself. Asked for the GPU, such a build runs on the CPU and tells nobody.
_NO_GPU_BUILD = b"GPU processing is disabled in build flags"


@dataclass(frozen=True, slots=True)
class Body:
    """A person in a picture. points: float32 [33, 2], 0..1 of its width and height; confidence: float32 [33], 0..1."""

    points: Float32
    confidence: Float32


class Landmarker:
    """Finds up to `people` bodies. follow: pictures are a video, people are tracked from one to the next."""

    def __init__(self, model: bytes, people: int, *, follow: bool, gpu: bool) -> None:
        """Raises ModelError if MediaPipe refuses the model."""
        load_mediapipe()
        from mediapipe.tasks.python import BaseOptions, vision

        delegate = BaseOptions.Delegate.GPU if gpu else BaseOptions.Delegate.CPU
        options = vision.PoseLandmarkerOptions(
            BaseOptions(model_asset_buffer=model, delegate=delegate),
            vision.RunningMode.VIDEO if follow else vision.RunningMode.IMAGE,
            num_poses=people,
        )
        self.people = people
        self._follow = follow
        self._last_ms = -1
        self._found_any = False
        with quiet_native_log():
            try:
                self._landmarker: Any = vision.PoseLandmarker.create_from_options(options)
            except (RuntimeError, ValueError, FileNotFoundError) as error:
                reason = str(error).partition("\n")[0]
                raise ModelError(
                    f"MediaPipe cannot load the pose model ({reason}): fetch it with `d2m models fetch`"
                ) from error

    def find(self, image: UInt8, t: float) -> list[Body]:
        """The people in a picture, uint8 [H, W, 3] RGB, at t seconds."""
        mp = load_mediapipe()
        picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(image))
        # The library speaks up once more when its landmark net first runs.
        with nullcontext() if self._found_any else quiet_native_log():
            bodies = _bodies(self._run(picture, t))
        self._found_any = self._found_any or bool(bodies)
        return bodies

    def _run(self, picture: Image, t: float) -> PoseLandmarkerResult:
        if not self._follow:
            return self._landmarker.detect(picture)
        # MediaPipe refuses a time that does not rise by a millisecond; files repeat times, and step back a little.
        self._last_ms = max(self._last_ms + 1, round(t * 1000))
        return self._landmarker.detect_for_video(picture, self._last_ms)

    def close(self) -> None:
        """Frees the graph. A second call does nothing."""
        self._landmarker.close()


def _bodies(result: PoseLandmarkerResult) -> list[Body]:
    return [
        Body(
            np.array([(point.x, point.y) for point in person], np.float32),
            np.array([point.visibility for point in person], np.float32).clip(0.0, 1.0),
        )
        for person in result.pose_landmarks
    ]


def choose_gpu(model: bytes, device: Device) -> bool:
    """Whether to run on the GPU: asked for or allowed, in this MediaPipe build, and found to start. Logs which."""
    gpu = device != "cpu" and _build_has_gpu() and _starts_on_gpu(model)
    if device == "cuda" and not gpu:
        log.warning("pose on the CPU: MediaPipe cannot use a GPU here")
    else:
        log.info("pose on the %s", "GPU" if gpu else "CPU")
    return gpu


def _build_has_gpu() -> bool:
    for library in (Path(load_mediapipe().__file__ or "").parent / "tasks" / "c").glob("libmediapipe.*"):
        with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(_NO_GPU_BUILD) < 0
    return False


def _starts_on_gpu(model: bytes) -> bool:
    try:
        Landmarker(model, 1, follow=False, gpu=True).close()
    except ModelError as error:
        log.info("MediaPipe's GPU delegate does not start: %s", error)
        return False
    return True
