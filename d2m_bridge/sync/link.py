"""Ableton Link: a beat shared with every peer in the local network, by the LinkPython-extern package.

All times given and returned are on the session's clock and speak of when sound leaves the speaker, as Link's own do:
who renders ahead of the speaker shifts by the output latency (`master.delayed`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2m_bridge.conductor.live_grid import MACHINE, Target
from d2m_bridge.errors import InputError
from d2m_bridge.sync.master import MasterState, check_bpm
from d2m_bridge.timeline import BEATS_PER_BAR

if TYPE_CHECKING:
    from d2m_bridge.osc.sender import Clock

QUANTUM = float(BEATS_PER_BAR)
_MICROSECONDS = 1e6
_CLOCK_LOOKS = 3
_SAME_BPM = 0.005  # a smaller change of tempo is not worth telling the peers
_PULL, _CLOSE_BEATS = 0.03, 0.01  # how far a published tempo leans to bring the peers to our beat, and when it need not


class LinkPeer:
    """A member of the Link session: a master to follow, or the one who tells the others our tempo. For one thread."""

    turn = MACHINE

    def __init__(self, bpm: float, clock: Clock) -> None:
        """Joins at once; bpm holds until a peer is met. clock: the session's.

        Raises InputError without the package, or when bpm is not within 40 to 240.
        """
        try:
            from link import Link
        except ImportError as error:
            raise InputError(f"--sync link needs LinkPython-extern ({error}): pip install LinkPython-extern") from error
        self.state = MasterState.WAITING
        self._clock = clock
        self._link = Link(check_bpm(bpm))
        self._link_clock = self._link.clock()
        self._link.startStopSyncEnabled = True
        self._link.enabled = True

    @property
    def peers(self) -> int:
        """How many others are in the session."""
        return int(self._link.numPeers())

    @property
    def playing(self) -> bool:
        """The transport that the session shares."""
        return bool(self._link.captureAppSessionState().isPlaying())

    def target(self, now: float) -> Target | None:
        """The session's beat and tempo, our own while nobody else is there; bars are the session's."""
        if self.peers:
            self.state = MasterState.LOCKED
        elif self.state is MasterState.LOCKED:
            self.state = MasterState.FREEWHEELING
        session = self._link.captureAppSessionState()
        return Target(now, session.beatAtTime(self._micros(now), QUANTUM), session.tempo(), BEATS_PER_BAR)

    def set_tempo(self, bpm: float, t: float) -> None:
        """Another tempo for the whole session from t on. Raises InputError when it is not within 40 to 240."""
        session = self._link.captureAppSessionState()
        session.setTempo(check_bpm(bpm), self._micros(t))
        self._link.commitAppSessionState(session)

    def set_playing(self, playing: bool, t: float) -> None:
        """Start or stop the shared transport at t."""
        session = self._link.captureAppSessionState()
        session.setIsPlaying(playing, self._micros(t))
        self._link.commitAppSessionState(session)

    def publish(self, beat: float, t: float, bpm: float) -> None:
        """Lead: our music is at `beat` at t, at this tempo. To be said once a beat.

        Alone, the session is laid on our beat at once, for those who join later. With peers nothing may jump: the
        tempo leans by up to 3 % until they are with us. Raises InputError when bpm is not within 40 to 240.
        """
        check_bpm(bpm)
        session = self._link.captureAppSessionState()
        at = self._micros(t)
        ahead = (beat - session.beatAtTime(at, QUANTUM) + QUANTUM / 2) % QUANTUM - QUANTUM / 2
        if abs(ahead) > _CLOSE_BEATS and self.peers:
            bpm *= 1 + min(_PULL, max(-_PULL, ahead / 2))
        if abs(bpm - session.tempo()) > _SAME_BPM:
            session.setTempo(bpm, at)
        if not self.peers:
            session.requestBeatAtTime(beat, at, QUANTUM)
        self._link.commitAppSessionState(session)

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._link.enabled = False

    def _micros(self, t: float) -> int:
        """Link's clock at t."""
        # The two drift apart by up to 0.05 % (NTP slews the session's, not Link's): they are compared every time.
        looks = []
        for _ in range(_CLOCK_LOOKS):
            before, micros, after = self._clock.now(), self._link_clock.micros(), self._clock.now()
            looks.append((after - before, micros / _MICROSECONDS - (before + after) / 2))
        return round((t + min(looks)[1]) * _MICROSECONDS)
