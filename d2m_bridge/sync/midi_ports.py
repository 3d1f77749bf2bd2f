"""MIDI ports by name, over python-rtmidi: CoreMIDI, Windows MM, the ALSA sequencer, or JACK where that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from d2m_bridge.aside import answer, ask
from d2m_bridge.errors import InputError
from d2m_bridge.sync.midi_arrival import ArrivalTimes
from d2m_bridge.sync.postman_process import PostmanProcess

if TYPE_CHECKING:
    import rtmidi

_CLIENT = "d2m"
_NEW = "new:"
_QUEUE = 4096  # messages taken at once
_Device = TypeVar("_Device", "rtmidi.MidiIn", "rtmidi.MidiOut")


@dataclass(frozen=True, slots=True)
class MidiPorts:
    """Names of the ports to listen to and to send to."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def parse_port(text: str) -> tuple[str, bool]:
    """Name of a port, and whether it is to be made, which new:NAME asks for."""
    name = text.removeprefix(_NEW)
    return name, name != text


def list_ports() -> MidiPorts:
    """What is there now. Raises InputError without python-rtmidi, or on a machine without a MIDI system.

    Another process asks: python-rtmidi keeps Python's lock for as long as a MIDI system takes to answer.
    """
    said = ask(__name__, "the MIDI ports cannot be listed; restart the MIDI system")
    if "error" in said:
        raise InputError(said["error"])
    return MidiPorts(tuple(said["inputs"]), tuple(said["outputs"]))


class MidiInPort:
    """An open input. Its messages wait in the driver's queue until they are taken; a full queue loses the newest.

    They are fetched, not called back: JACK cancels its thread on closing, and if that thread just waits for Python's
    lock, nobody gets the lock again.
    """

    def __init__(self, name: str, *, virtual: bool = False) -> None:
        """Opens the port of this name (a part of it will do), or makes one. Raises InputError."""
        self._arrivals = ArrivalTimes()
        self._device = _make_device(_load_rtmidi().MidiIn)
        # With any kind left out, JACK's stamps would lack the time before it.
        self._device.ignore_types(sysex=False, timing=False, active_sense=False)
        self.name = _open(self._device, name, virtual=virtual, direction="input")

    def take(self, now: float) -> Iterator[tuple[float, bytes]]:
        """Arrival time, on the clock of `now`, and bytes of what has come since the last call, in order."""
        messages: list[tuple[bytes, float]] = []
        while len(messages) < _QUEUE and (event := self._device.get_message()):
            messages.append((bytes(event[0]), float(event[1])))
        return self._arrivals.place(now, messages)

    def close(self) -> None:
        """Close the port; safe to call twice."""
        if not self._device.is_deleted:
            self._device.delete()


class MidiOutDevice:
    """An open output of this process. One that has gone costs nothing and raises nothing."""

    def __init__(self, name: str, *, virtual: bool = False) -> None:
        """Opens the port of this name (a part of it will do), or makes one. Raises InputError."""
        self._device = _make_device(_load_rtmidi().MidiOut)
        self.name = _open(self._device, name, virtual=virtual, direction="output")

    def send(self, data: bytes) -> bool:
        """Send a message now. Whether the system took it."""
        try:
            self._device.send_message(data)
        except OSError:  # rtmidi's own errors are OSErrors
            return False
        return True


class MidiOutPort(PostmanProcess):
    """An open output, in a process of its own that sends each message when it is due.

    A port that has gone costs nothing and raises nothing.
    """

    def __init__(self, name: str, *, virtual: bool = False) -> None:
        """Opens the port of this name (a part of it will do), or makes one. Raises InputError."""
        from d2m_bridge.sinks.midi_file import CHANNELS  # brings numpy, for which the process has no use

        channels = [str(channel) for channel in CHANNELS.values()]
        super().__init__("d2m_bridge.sync.midi_postman", [name, "new" if virtual else "there", *channels])


def _load_rtmidi() -> ModuleType:
    try:
        import rtmidi
    except ImportError as error:
        raise InputError(f"MIDI needs python-rtmidi ({error}): pip install python-rtmidi") from error
    module: ModuleType = rtmidi
    return module


def _make_device(kind: type[_Device]) -> _Device:
    """A client of the first MIDI system that answers."""
    midi = _load_rtmidi()
    for api in midi.get_compiled_api():
        try:
            return kind(api, _CLIENT)
        except midi.RtMidiError:
            continue
    raise InputError("this machine has no MIDI system: expected an ALSA sequencer or a JACK server; start one of them")


def _open(device: rtmidi.MidiIn | rtmidi.MidiOut, name: str, *, virtual: bool, direction: str) -> str:
    midi = _load_rtmidi()
    try:
        if virtual:
            device.open_virtual_port(name)
            return name
        ports = device.get_ports()
        place = _find(name, ports, direction)
        device.open_port(place, _CLIENT)
    except (midi.RtMidiError, NotImplementedError) as error:
        device.delete()
        hint = "; where the system makes no ports of its own (Windows), install loopMIDI" if virtual else ""
        raise InputError(f"cannot open the MIDI {direction} {name!r}: {error}{hint}") from error
    except InputError:
        device.delete()
        raise
    return str(ports[place])


def _find(name: str, ports: list[str], direction: str) -> int:
    """Place of the port that is called so, or of the only one whose name contains it."""
    if name in ports:
        return ports.index(name)
    found = [place for place, port in enumerate(ports) if name.casefold() in port.casefold()]
    if len(found) == 1:
        return found[0]
    there = ", ".join(repr(port) for port in ports) or "none"
    problem = f"{len(found)} MIDI {direction}s contain" if found else f"no MIDI {direction} is called"
    raise InputError(f"{problem} {name!r}; there are: {there}")


def _list() -> dict[str, list[str]]:
    midi = _load_rtmidi()
    source, sink = _make_device(midi.MidiIn), _make_device(midi.MidiOut)
    try:
        return {"inputs": source.get_ports(), "outputs": sink.get_ports()}
    finally:
        source.delete()
        sink.delete()


if __name__ == "__main__":
    answer(_list)
