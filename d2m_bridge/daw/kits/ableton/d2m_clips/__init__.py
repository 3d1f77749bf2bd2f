"""A remote script for Ableton Live 12.0.5 or later: audio files that d2m announces become clips.

It listens on loopback UDP port 11011 for /d2m/clip and puts each file into a free slot of the session view, one track
for each stem and one scene for each bar; AbletonOSC is not touched. Live runs this with its own Python, so it knows
nothing but the standard library and Live.
"""

# ruff: noqa: ANN401 - what Live gives us has no types outside Live

from __future__ import annotations

import logging
import socket
import struct
from pathlib import Path
from typing import Any

PORT = 11011
VERSION = "d2m clips for Live"
_HOST = "127.0.0.1"
_LONGEST = 65536
_TICK = 1  # of Live's timer, 100 ms
_ENOUGH = 0.1  # beats by which Live may misjudge the length of a clip

log = logging.getLogger(__name__)


def create_instance(c_instance: Any) -> Any:
    """Live calls this once, when the script is chosen as a control surface."""
    from ableton.v2.control_surface import ControlSurface  # type: ignore[import-not-found]

    class D2mClips(ControlSurface):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(c_instance)
            self._receiver = ClipReceiver(self.song, self.show_message)
            self.schedule_message(_TICK, self._tick)

        def _tick(self) -> None:
            self._receiver.poll()
            self.schedule_message(_TICK, self._tick)

        def disconnect(self) -> None:
            self._receiver.close()
            super().disconnect()

    return D2mClips()


class ClipReceiver:
    """Takes what has arrived whenever it is asked; waits for nothing. song: Live's; say: one line for the user."""

    def __init__(self, song: Any, say: Any, port: int = PORT) -> None:
        self._song, self._say = song, say
        self._scenes: dict[int, int] = {}  # bar of the announcement -> scene
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((_HOST, port))
        self.port = self._socket.getsockname()[1]

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()

    def poll(self) -> None:
        """Everything that waits in the socket. Never raises: Live would switch the script off."""
        while True:
            try:
                datagram, sender = self._socket.recvfrom(_LONGEST)
            except OSError:
                return
            try:
                for address, arguments in messages(datagram):
                    self._receive(address, arguments, sender)
            except Exception as error:
                log.exception("d2m")
                self._say(f"d2m: {error}")

    def _receive(self, address: str, arguments: list[Any], sender: Any) -> None:
        if address == "/d2m/ping":
            self._socket.sendto(_padded("/d2m/pong") + _padded(",s") + _padded(VERSION), sender)
        elif address == "/d2m/clip":
            path, bar, beats, _, stem = arguments
            self._place(path, bar, beats, stem)

    def _place(self, path: str, bar: int, beats: int, stem: str) -> None:
        if not Path(path).is_file():
            raise ValueError("no file at " + path)
        slot = self._slot(self._track("d2m " + stem), bar)
        if not hasattr(slot, "create_audio_clip"):
            raise ValueError("clips from files need Live 12.0.5 or later; drag " + path)
        slot.create_audio_clip(path)
        clip = slot.clip
        clip.name = stem + " bar " + str(bar + 1)
        clip.warping = True
        clip.looping = True
        if abs(clip.length - beats) > _ENOUGH:
            self._say(f"d2m: {clip.name} has {beats} beats, Live heard {clip.length:.1f}; set its warp")

    def _track(self, name: str) -> Any:
        for track in self._song.tracks:
            if track.name == name:
                return track
        self._song.create_audio_track(-1)
        track = self._song.tracks[-1]
        track.name = name
        return track

    def _slot(self, track: Any, bar: int) -> Any:
        """The slot in the scene of this bar; a scene without clips of ours becomes the scene of a new bar."""
        scene = self._scenes.get(bar)
        if scene is None or track.clip_slots[scene].has_clip:
            ours = [one for one in self._song.tracks if one.name.startswith("d2m ")]
            used = [n for one in ours for n, slot in enumerate(one.clip_slots) if slot.has_clip]
            scene = max(used, default=-1) + 1
            if scene == len(self._song.scenes):
                self._song.create_scene(-1)
            self._scenes[bar] = scene
        return track.clip_slots[scene]


def messages(datagram: bytes) -> list[tuple[str, list[Any]]]:
    """Address and arguments of a message, or of each in a bundle. Raises ValueError for what is no OSC."""
    if datagram.startswith(b"#bundle\0"):
        found, at = [], 16
        while at < len(datagram):
            size = _unpack(">i", datagram, at)
            found += messages(datagram[at + 4 : at + 4 + max(0, size)])
            at += 4 + max(0, size)
        return found
    address, at = _string(datagram, 0)
    tags, at = _string(datagram, at)
    arguments: list[Any] = []
    for tag in tags[1:]:
        if tag == "s":
            text, at = _string(datagram, at)
            arguments.append(text)
        elif tag in "if":
            arguments.append(_unpack(">" + tag, datagram, at))
            at += 4
        else:
            return []  # of no use here
    return [(address, arguments)]


def _unpack(kind: str, datagram: bytes, at: int) -> Any:
    try:
        return struct.unpack_from(kind, datagram, at)[0]
    except struct.error as error:
        raise ValueError("an OSC message was cut off") from error


def _string(datagram: bytes, at: int) -> tuple[str, int]:
    end = datagram.find(b"\0", at)
    if end < 0:
        raise ValueError("an OSC message was cut off")
    return datagram[at:end].decode("utf-8"), end + 4 - (end - at) % 4


def _padded(text: str) -> bytes:
    raw = text.encode()
    return raw + b"\0" * (4 - len(raw) % 4)
