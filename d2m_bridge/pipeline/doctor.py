"""What works on this machine: each part examined by using it. A remedy comes with everything that is not well."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from d2m_bridge.errors import D2MError, DeviceError

Verdict = Literal["good", "poor", "bad"]

_POSES_NEEDED_HZ = 20.0
_HEADROOM_NEEDED = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One part. good: works. poor: works, but not as it should, or is missing and not needed. bad: `d2m live` fails."""

    part: str
    verdict: Verdict
    fact: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def examine(parts: Collection[str] | None = None) -> Iterator[Finding]:
    """Every part in turn, which takes some seconds, or only those of these names."""
    for part, look in _PARTS.items():
        if parts is not None and part not in parts:
            continue
        try:
            yield look()
        except (D2MError, OSError) as error:
            yield Finding(part, "bad", str(error), _REMEDIES.get(part, ""))


def _cameras() -> Finding:
    from d2m_bridge.capture.camera import camera_names

    names = camera_names()
    if names:
        return Finding("camera", "good", ", ".join(f"{number} {name}" for number, name in names.items()))
    return Finding("camera", "poor", "the system lists none", "plug one in, or give a video file to --camera")


def _sound() -> Finding:
    from d2m_bridge.audio.devices import output_devices

    try:
        devices = output_devices()
    except DeviceError as error:
        return Finding("sound", "poor", str(error), _REMEDIES["sound"])
    if devices:
        return Finding("sound", "good", ", ".join(f"{device.number} {device.name}" for device in devices))
    return Finding("sound", "poor", "no sound device", _REMEDIES["sound"])


def _gpu() -> Finding:
    from d2m_bridge.providers import cuda_problem

    problem = cuda_problem()
    if problem is None:
        return Finding("GPU", "good", "the networks run on CUDA")
    return Finding("GPU", "poor", problem, "none is needed; for one install d2m[cuda] and the NVIDIA driver")


def _models() -> Finding:
    from d2m_bridge.pose.fetch import list_models

    missing = [model.name for model in list_models() if model.state != "present"]
    if missing:
        return Finding("models", "bad", f"missing: {', '.join(missing)}", _REMEDIES["models"])
    return Finding("models", "good", "all there")


def _poses() -> Finding:
    from d2m_bridge.pose.fetch import pose_model_path
    from d2m_bridge.pose.mediapipe_pose import MediaPipePose
    from d2m_bridge.timeline import Frame

    image = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    with MediaPipePose(pose_model_path(), max_people=1) as estimator:
        seconds = _fastest(lambda index: estimator.estimate(Frame(index, index / 20, image)), 8)
    rate = 1 / seconds
    fact = f"{rate:.0f} pictures a second, {_POSES_NEEDED_HZ:.0f} are looked at"
    if rate > _POSES_NEEDED_HZ:
        return Finding("poses", "good", fact)
    return Finding("poses", "poor", fact, "close other programs; the music follows more loosely")


def _generator() -> Finding:
    from d2m_bridge.conductor.grid import BeatGrid
    from d2m_bridge.engine.engine import Engine
    from d2m_bridge.engine.graphs import load_models
    from d2m_bridge.manifest import ASSETS
    from d2m_bridge.motion.features import MOTION_FEATURES
    from d2m_bridge.timeline import MotionFrame
    from d2m_bridge.visual.statistics import VISUAL_FEATURES

    models = load_models(ASSETS)
    engine = Engine(models, BeatGrid.steady(120.0, 0.0, "fixed"), 0, 1)
    still = np.zeros(len(MOTION_FEATURES), np.float32)
    visual = np.zeros(len(VISUAL_FEATURES), np.float32)
    for index in range(30):
        engine.push(MotionFrame(index, index / 30, still, 0.0, 0.0, False), visual)
    begin = time.perf_counter()
    for index in range(30, 90):
        engine.push(MotionFrame(index, index / 30, still, 0.0, 0.0, False), visual)
    headroom = 2.0 / (time.perf_counter() - begin)
    fact = f"{headroom:.1f} x real time on one core"
    if headroom > _HEADROOM_NEEDED:
        return Finding("music", "good", fact)
    return Finding("music", "poor", fact, "close other programs, or raise --buffer-ms")


def _osc() -> Finding:
    from d2m_bridge.osc.sender import OscSender
    from d2m_bridge.timeline import EnergyEvent

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(1.0)
        with OscSender("127.0.0.1", receiver.getsockname()[1]) as sender:
            begin = time.perf_counter()
            sender.send(EnergyEvent(0.0, 0.5))
            receiver.recv(2048)
    return Finding("OSC", "good", f"a message to this machine takes {1000 * (time.perf_counter() - begin):.2f} ms")


def _fastest(work: Callable[[int], object], times: int) -> float:
    """Seconds of the fastest run: what the machine can do when nothing is in the way."""
    seconds = []
    for index in range(times):
        begin = time.perf_counter()
        work(index)
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


_PARTS: dict[str, Callable[[], Finding]] = {
    "camera": _cameras,
    "sound": _sound,
    "GPU": _gpu,
    "models": _models,
    "poses": _poses,
    "music": _generator,
    "OSC": _osc,
}
_REMEDIES = {
    "sound": "install libportaudio2 and start JACK, PipeWire or PulseAudio; --audio null plays without",
    "models": "run `d2m models fetch`",
    "poses": "run `d2m models fetch`",
    "music": "install d2m again: its model files are damaged",
    "OSC": "let this machine talk to itself: the firewall blocks 127.0.0.1",
}
