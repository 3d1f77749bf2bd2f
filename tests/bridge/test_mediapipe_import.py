"""The process that looks and composes is nobody's audio client."""

import subprocess
import sys

import pytest

pytest.importorskip("sounddevice", reason="PortAudio is missing", exc_type=OSError)

_LOOK = """
import sys
from pathlib import Path
{use}
import mediapipe.tasks.python.vision
loaded = "sounddevice" in sys.modules
maps = Path("/proc/self/maps")
loaded |= maps.exists() and any(name in maps.read_text() for name in ("libportaudio", "libjack"))
print(loaded)
"""
_OURS = "from d2m_bridge.pose.mediapipe_import import load_mediapipe; load_mediapipe()"


def loads_sound(use):
    ran = subprocess.run([sys.executable, "-c", _LOOK.format(use=use)], capture_output=True, text=True, check=True)
    return ran.stdout.split()[-1] == "True"


def test_mediapipe_is_loaded_without_portaudio():
    assert not loads_sound(_OURS)
    assert loads_sound("")  # as it would come by itself


def test_what_is_loaded_already_stays():
    import sounddevice

    from d2m_bridge.pose.mediapipe_import import load_mediapipe

    load_mediapipe()
    assert sys.modules["sounddevice"] is sounddevice


def test_a_model_is_opened_without_portaudio():
    opened = """
from d2m_bridge.pose.bundle import landmark_metadata
landmark_metadata()
"""
    assert not loads_sound(opened)


def test_threads_may_load_it_at_the_same_time():
    several = """
from concurrent.futures import ThreadPoolExecutor
from d2m_bridge.pose.mediapipe_import import load_mediapipe
sys.setswitchinterval(1e-6)
with ThreadPoolExecutor(4) as threads:
    list(threads.map(lambda _: [load_mediapipe() for _ in range(3000)], range(4)))
"""
    assert not loads_sound(several)
