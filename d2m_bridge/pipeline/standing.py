"""How a session's music stands to whoever leads its tempo."""

from __future__ import annotations

from d2m_bridge.osc.messages import ClockMessage
from d2m_bridge.pipeline.live import LiveSession
from d2m_bridge.sync.master import MasterState


def standing(session: LiveSession, source: str) -> ClockMessage:
    """Where our beat is heard against the leader's, now. source: the name of the leader. After session.start()."""
    musician, now = session.musician, session.now()
    master, target = musician.master, musician.target
    phase_ms = 0.0
    if target is not None:
        theirs = target.beat + (now - target.t) * target.bpm / 60
        behind = theirs - musician.grid.beat_at(now - session.delay_s)
        half = target.cycle / 2
        phase_ms = ((behind + half) % target.cycle - half) * 60_000 / target.bpm
    return ClockMessage(
        source=source,
        locked=target is not None if master is None else master.state is MasterState.LOCKED,
        phase_ms=phase_ms,
        latency_ms=1000 * session.output_latency_s,
        offset_ms=1000 * session.desk.latency_s,
    )
