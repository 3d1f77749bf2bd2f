"""Cameras, sound devices and what plug-ins bring, by name, for lists to choose from. Knows no Qt; takes a while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from d2m_bridge import plugins
from d2m_bridge.errors import DeviceError

Entry = tuple[str, str]  # what the settings call it, and what people do

FIRST_CAMERA: Entry = ("0", "First camera")
USUAL_SOUND: Entry = ("default", "Usual device")
NO_SOUND: Entry = ("null", "No sound, keeps time")


@dataclass(frozen=True, slots=True)
class Devices:
    """What is there now."""

    cameras: tuple[Entry, ...] = (FIRST_CAMERA,)
    sounds: tuple[Entry, ...] = (USUAL_SOUND, NO_SOUND)


def find_devices() -> Devices:
    """Asks the system; without a sound system there are no sound devices."""
    from d2m_bridge.audio.devices import output_devices
    from d2m_bridge.capture.camera import camera_names

    try:
        sounds = [
            (f"{one.name}, {one.host}", f"{one.name} ({one.host}, {one.channels} channels)") for one in output_devices()
        ]
    except DeviceError:
        sounds = []
    brought = [(f"{name}:", f"{name} (plug-in)") for name in plugins.names(plugins.SOURCES)]
    cameras = [*_named(camera_names().items()), *brought]
    return Devices((FIRST_CAMERA, *cameras), (USUAL_SOUND, NO_SOUND, *sounds))


def _named(cameras: Iterable[tuple[int, str]]) -> list[Entry]:
    """By name, which stays when others are plugged in; the second of one name only has its number."""
    entries: list[Entry] = []
    for number, name in cameras:
        known = any(value == name for value, _ in entries)
        entries.append((str(number) if known else name, f"{name} ({number})"))
    return entries
