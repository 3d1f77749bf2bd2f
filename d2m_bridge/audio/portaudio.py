"""PortAudio: a running stream on a device, and the list of devices.

For processes of their own only: player.py says why. `python -m d2m_bridge.audio.portaudio` lists the devices as JSON.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from d2m_bridge.aside import answer
from d2m_bridge.errors import DeviceError

if TYPE_CHECKING:
    from rtmixer import Mixer


def open_mixer(device: str | int | None, sample_rate: int) -> tuple[Mixer, str]:
    """A running stereo stream and the name under which its device is found again.

    Where the device does not take our sample rate the stream has the device's own. Raises DeviceError.
    """
    sounddevice = _portaudio()
    import rtmixer

    try:
        facts = sounddevice.query_devices(device, "output")
        rate = sample_rate
        try:
            sounddevice.check_output_settings(device, channels=2, samplerate=rate, dtype="float32")
        except sounddevice.PortAudioError:
            rate = int(facts["default_samplerate"])
        mixer = rtmixer.Mixer(device=device, samplerate=rate, channels=2)
        mixer.start()
    except (sounddevice.PortAudioError, ValueError) as error:
        raise DeviceError(
            f"the sound device {device if device is not None else 'default'!r} does not open ({error}); "
            "see `d2m devices`, or use --audio null"
        ) from error
    return mixer, f"{facts['name']}, {sounddevice.query_hostapis(facts['hostapi'])['name']}"


def _portaudio() -> ModuleType:
    try:
        import sounddevice
    except OSError as error:
        raise DeviceError(
            f"no sound: the PortAudio library is missing ({error}); install libportaudio2, or use --audio null"
        ) from error
    module: ModuleType = sounddevice
    return module


def _list() -> dict[str, object]:
    sounddevice = _portaudio()
    hosts = sounddevice.query_hostapis()
    devices = [
        {
            "number": number,
            "name": facts["name"],
            "host": hosts[facts["hostapi"]]["name"],
            "rate": int(facts["default_samplerate"]),
            "channels": facts["max_output_channels"],
        }
        for number, facts in enumerate(sounddevice.query_devices())
        if facts["max_output_channels"] >= 2
    ]
    return {"devices": devices}


if __name__ == "__main__":
    answer(_list)
