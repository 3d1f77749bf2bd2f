"""What DAWs say of their transport over OSC, understood for a HostFollower. Sockets are opened elsewhere.

Position, tempo, start and stop of REAPER, Ableton Live (AbletonOSC), Ardour and Bitwig (DrivenByMoss); their addresses
do not clash, so nobody has to say which of them it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from d2m_bridge.sync.host_follow import HostFollower
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BEAT

Argument = object
_ARDOUR_TICKS = 1920


class OscTransport:
    """Turns messages into reports. Bars are taken to have four beats, as the music's have."""

    def __init__(self, follower: HostFollower) -> None:
        self._follower = follower

    def receive(self, t: float, address: str, arguments: Sequence[Argument]) -> bool:
        """A message that arrived at t seconds. Whether it was understood; never raises."""
        understand = _ADDRESSES.get(address)
        return understand is not None and len(arguments) > 0 and understand(self._follower, t, arguments[0])


def _number(argument: Argument) -> float | None:
    if isinstance(argument, (int, float)) and math.isfinite(argument):
        return float(argument)
    return None


def _tempo(follower: HostFollower, t: float, argument: Argument) -> bool:
    bpm = _number(argument)
    if bpm is None:
        return False
    follower.tempo(t, bpm)
    return True


def _beat(follower: HostFollower, t: float, argument: Argument) -> bool:
    beat = _number(argument)
    if beat is None:
        return False
    follower.report(t, beat)
    return True


def _is_playing(follower: HostFollower, t: float, argument: Argument) -> bool:
    playing = _number(argument)
    if playing is None:
        return False
    if playing:
        follower.start(t)
    else:
        follower.stop(t)
    return True


def _stopped(follower: HostFollower, t: float, argument: Argument) -> bool:
    stopped = _number(argument)
    return stopped is not None and (not stopped or _is_playing(follower, t, 0))


def _place(follower: HostFollower, t: float, argument: Argument) -> bool:
    """bar.beat.hundredths (REAPER), bar.beat.16th.hundredths (Bitwig), bar|beat|ticks (Ardour); bars, beats from 1."""
    if not isinstance(argument, str):
        return False
    fields = argument.strip().replace("|", ".").split(".")
    if not (3 <= len(fields) <= 4 and all(field.isascii() and field.isdecimal() for field in fields)):
        return False
    bar, beat, *parts = map(int, fields)
    if "|" in argument:
        part = parts[0] / _ARDOUR_TICKS
    elif len(parts) == 1:
        part = parts[0] / 100
    else:
        part = (parts[0] - 1 + parts[1] / 100) / STEPS_PER_BEAT
    return _beat(follower, t, (bar - 1) * BEATS_PER_BAR + beat - 1 + part)


_ADDRESSES: dict[str, Callable[[HostFollower, float, Argument], bool]] = {
    "/tempo/raw": _tempo,  # REAPER, Bitwig
    "/beat/str": _place,  # REAPER, Bitwig
    "/play": _is_playing,  # REAPER, Bitwig
    "/stop": _stopped,  # REAPER
    "/live/song/get/tempo": _tempo,
    "/live/song/get/beat": _beat,  # whole beats of the song
    "/live/song/get/is_playing": _is_playing,
    "/position/bbt": _place,  # Ardour
    "/transport_play": _is_playing,  # Ardour
    "/transport_stop": _stopped,  # Ardour
}
