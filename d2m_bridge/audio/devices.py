"""The sound devices of this machine."""

from __future__ import annotations

from dataclasses import dataclass

from d2m_bridge.aside import ask
from d2m_bridge.errors import DeviceError


@dataclass(frozen=True, slots=True)
class OutputDevice:
    """One entry of `d2m devices`. host: PortAudio's name of the system it belongs to; rate: its usual one, in Hz."""

    number: int
    name: str
    host: str
    rate: int
    channels: int


def output_devices() -> list[OutputDevice]:
    """All devices that can play now. Raises DeviceError when PortAudio is missing or hangs.

    Another process asks: PortAudio knows only the devices that there were when it began, and a process in which it saw
    a JACK server die cannot let go of it alive (player.py).
    """
    said = ask("d2m_bridge.audio.portaudio", "the sound devices cannot be listed; restart the sound system")
    if "error" in said:
        raise DeviceError(said["error"])
    return [OutputDevice(**facts) for facts in said["devices"]]
