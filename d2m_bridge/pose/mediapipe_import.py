"""MediaPipe without the sound that it brings along."""

from __future__ import annotations

import sys
import threading
from types import ModuleType

_SOUND = "sounddevice"
_one_at_a_time = threading.Lock()  # the scout looks from a thread of its own


def load_mediapipe() -> ModuleType:
    """The package; whoever imports from it calls this first.

    It imports sounddevice where that is installed, for a recorder that we do not use. That would make this process,
    which computes, a client of the JACK server: the server waits for its clients in every period, and PortAudio
    cannot let go of one that died (audio/player.py).
    """
    with _one_at_a_time:
        is_ours = _SOUND not in sys.modules and "mediapipe" not in sys.modules
        if is_ours:
            sys.modules[_SOUND] = None  # type: ignore[assignment]  # Python's way to say that there is none
        try:
            import mediapipe
        finally:
            if is_ours:
                del sys.modules[_SOUND]
    module: ModuleType = mediapipe
    return module
