"""What happens on the first start, step by step: find everything, fetch what is missing, play a tone. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from d2m_bridge.audio.tone import play_tone
from d2m_bridge.errors import D2MError
from d2m_bridge.pipeline.doctor import Finding, examine
from plugin_host.devices import USUAL_SOUND, find_devices

Progress = Callable[[str, float], None]  # what is being done, and how much of it, 0..1

EXAMINED = ("camera", "sound", "GPU")


def first_steps(progress: Progress) -> Iterator[Finding]:
    """A finding after each step."""
    progress("Looking for camera, sound and GPU", 0.0)
    for number, finding in enumerate(examine(EXAMINED), 1):
        yield finding
        progress("Looking for camera, sound and GPU", number / len(EXAMINED))
    yield _fetched(progress)
    progress("Playing a tone", 0.0)
    yield _heard()
    progress("", 1.0)


def found_settings() -> dict[str, str]:
    """Camera and sound to begin with: the first camera by name, and the usual device or, without any, none."""
    devices = find_devices()
    sound = USUAL_SOUND[0] if len(devices.sounds) > 2 else "null"
    return {"camera": devices.cameras[:2][-1][0], "audio": sound}


def _fetched(progress: Progress) -> Finding:
    from d2m_bridge.pose.fetch import fetch_pose_model

    try:
        path = fetch_pose_model(lambda what, done, total: progress(what, done / total if total else 0.0))
    except D2MError as error:
        return Finding("pose model", "bad", str(error), "connect to the network and start again")
    return Finding("pose model", "good", f"there: {path.name}")


def _heard() -> Finding:
    try:
        name = play_tone(USUAL_SOUND[0])
    except D2MError as error:
        return Finding("tone", "poor", str(error), "choose another sound device here, and press Test tone")
    return Finding("tone", "good", f"played on {name}", "nothing heard? Turn it up, or choose another device")
