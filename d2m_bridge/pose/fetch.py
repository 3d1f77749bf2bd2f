"""Fetches the pose model into the per-user cache and vouches for what lies there.

The official download comes first. Where it cannot be reached, the same nets are taken out of an older MediaPipe
wheel, which pip finds through whatever package index the user has set up; that wheel is read, never installed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from d2m_bridge import paths
from d2m_bridge.errors import ModelError
from d2m_bridge.pose.bundle import make_pose_bundle

log = logging.getLogger(__name__)

# stage, bytes done, bytes in all (None: not known)
Progress = Callable[[str, int, int | None], None]

POSE_MODEL = "pose_landmarker_full"
OFFICIAL_URL = (
    f"https://storage.googleapis.com/mediapipe-models/pose_landmarker/{POSE_MODEL}/float16/latest/{POSE_MODEL}.task"
)
# Two builds of this bundle are in circulation under the official address.
OFFICIAL_SHA256 = frozenset(
    {
        "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
        "5134a3aad27a58b93da0088d431f366da362b44e3ccfbe3462b3827a839011b1",
    }
)
WHEEL = "mediapipe==0.10.21"
WHEEL_DETECTOR = "mediapipe/modules/pose_detection/pose_detection.tflite"
WHEEL_LANDMARKS = "mediapipe/modules/pose_landmark/pose_landmark_full.tflite"
WHEEL_SHA256 = {
    WHEEL_DETECTOR: "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    WHEEL_LANDMARKS: "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
}
# The nets are the same in every platform's wheel, so one is named for all users.
PIP_DOWNLOAD = (
    "download --quiet --disable-pip-version-check --retries 2 --no-deps --only-binary=:all: "
    "--python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_28_x86_64"
).split()
CONNECT_TIMEOUT_S = 5.0
PIP_TIMEOUT_S = 900.0
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class ModelState:
    """One fetched model. state: "present", "missing" or "damaged". size: bytes, 0 if missing. source: "" if unknown."""

    name: str
    state: str
    size: int
    path: Path
    source: str


class _SourceError(Exception):
    """One source did not give the model; the text says why."""


def list_models() -> list[ModelState]:
    """Every model that is fetched rather than shipped, and how it stands in the cache. Reads each file once."""
    return [_pose_model_state()]


def pose_model_path() -> Path:
    """The verified pose model; raises ModelError if it is missing or damaged. Never uses the network."""
    state = _pose_model_state()
    if state.state != "present":
        raise ModelError(f"the pose model {state.path} is {state.state}: fetch it with `d2m models`")
    return state.path


def fetch_pose_model(progress: Progress) -> Path:
    """Returns the verified pose model, fetching it if it is missing or damaged.

    progress is called with (stage, bytes done, bytes in all or None). Raises ModelError if no source gives it or the
    cache cannot be written.
    """
    state = _pose_model_state()
    if state.state == "present":
        return state.path
    if state.state == "damaged":
        log.warning("%s is damaged: fetching it again", state.path)
    content, source = _from_any_source(state.path, progress)
    try:
        _store(state.path, content, source)
    except OSError as error:
        folder = state.path.parent
        raise ModelError(
            f"cannot write the pose model to {folder} ({error.strerror}): free space, or set D2M_HOME"
        ) from error
    log.info("pose model from %s stored in %s", source, state.path)
    return state.path


def _pose_model_state() -> ModelState:
    path = paths.models_dir() / f"{POSE_MODEL}.task"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ModelState(POSE_MODEL, "missing", 0, path, "")
    except OSError as error:
        raise ModelError(f"cannot read the pose model {path}: {error.strerror}") from error
    digest = _sha256(content)
    recorded, source = _read_record(path)
    if digest in OFFICIAL_SHA256:
        return ModelState(POSE_MODEL, "present", len(content), path, source or OFFICIAL_URL)
    return ModelState(POSE_MODEL, "present" if digest == recorded else "damaged", len(content), path, source)


def _record_path(model: Path) -> Path:
    return model.with_suffix(".json")


def _read_record(model: Path) -> tuple[str, str]:
    try:
        record = json.loads(_record_path(model).read_text("utf-8"))
        return str(record["sha256"]), str(record["source"])
    except (OSError, ValueError, KeyError, TypeError):
        # Without a readable record the file must be an official build to be trusted.
        return "", ""


def _store(model: Path, content: bytes, source: str) -> None:
    model.parent.mkdir(parents=True, exist_ok=True)
    record = {"source": source, "sha256": _sha256(content)}
    _replace(model, content)
    _replace(_record_path(model), json.dumps(record, indent=2).encode() + b"\n")


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _from_any_source(path: Path, progress: Progress) -> tuple[bytes, str]:
    failures = []
    for source, fetch in ((OFFICIAL_URL, _download_official), (f"{WHEEL} wheel", _assemble_from_wheel)):
        try:
            return fetch(progress), source
        except _SourceError as error:
            log.info("pose model: %s: %s", source, error)
            failures.append(f"{source}: {error}")
    raise ModelError(
        f"cannot fetch the pose model ({'; '.join(failures)}): connect to the network or set up a pip index, "
        f"or save {OFFICIAL_URL} from another machine as {path}"
    )


def _download_official(progress: Progress) -> bytes:
    stage = "pose model (official download)"
    content = bytearray()
    try:
        # The address is a constant of ours: no other URL scheme can get in.
        with urllib.request.urlopen(OFFICIAL_URL, timeout=CONNECT_TIMEOUT_S) as answer:  # noqa: S310
            length = answer.headers.get("Content-Length")
            total = int(length) if length and length.isdigit() else None
            progress(stage, 0, total)
            while chunk := answer.read(_CHUNK_BYTES):
                content += chunk
                progress(stage, len(content), total)
    except urllib.error.HTTPError as error:
        raise _SourceError(f"HTTP {error.code}") from error
    except (OSError, urllib.error.URLError) as error:
        raise _SourceError(f"not reachable ({getattr(error, 'reason', error)})") from error
    digest = _sha256(bytes(content))
    if digest not in OFFICIAL_SHA256:
        raise _SourceError(f"unknown content, {len(content)} bytes with sha256 {digest}")
    return bytes(content)


def _assemble_from_wheel(progress: Progress) -> bytes:
    stage = f"pose model (from the {WHEEL} wheel)"
    progress(stage, 0, None)
    with tempfile.TemporaryDirectory(prefix="d2m-") as folder:
        wheel = _pip_download(Path(folder))
        nets = _read_nets(wheel)
    content = make_pose_bundle(nets[WHEEL_DETECTOR], nets[WHEEL_LANDMARKS])
    progress(stage, len(content), len(content))
    return content


def _pip_download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", *PIP_DOWNLOAD, "--dest", str(folder), WHEEL]
    try:
        done = subprocess.run(  # noqa: S603 - every word of the command is ours
            command, capture_output=True, text=True, check=False, timeout=PIP_TIMEOUT_S, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise _SourceError(f"pip gave up after {PIP_TIMEOUT_S:.0f} s") from error
    wheels = list(folder.glob("mediapipe-*.whl"))
    if done.returncode or not wheels:
        reasons = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise _SourceError(f"pip failed ({reasons[-1]})")
    return wheels[0]


def _read_nets(wheel: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            nets = {name: archive.read(name) for name in WHEEL_SHA256}
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise _SourceError(f"{wheel.name} cannot be read ({error})") from error
    for name, expected in WHEEL_SHA256.items():
        if _sha256(nets[name]) != expected:
            raise _SourceError(f"{name} has sha256 {_sha256(nets[name])}, expected {expected}")
    return nets


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
