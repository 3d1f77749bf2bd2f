"""The engine: motion in, music out. No clock, thread, device or file inside.

    motion tick ─> composer ─> codes ─> decoder ─> stems
                       └─> plan, events

The two halves are pure functions of what they were given, so that a driver may also run each on a thread of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from d2m_bridge.conductor.grid import StepClock
from d2m_bridge.engine.composer import Composed, Composer
from d2m_bridge.engine.graphs import Models
from d2m_bridge.engine.plan import PlanStep
from d2m_bridge.engine.sound import StemBlock, StemDecoder
from d2m_bridge.timeline import Event, Float32, MotionFrame


@dataclass(slots=True)
class EngineOutput:
    """What one call brought: blocks in order without gaps, events in order of decision, and the steps of the plan."""

    blocks: list[StemBlock] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    plan: list[PlanStep] = field(default_factory=list)


class Engine:
    """One stream of music. style: index in the manifest; seed: 0..2**63-1; steps: the conductor's clock.

    foresight: see engine.composer.
    """

    def __init__(self, models: Models, steps: StepClock, style: int, seed: int, *, foresight: bool = False) -> None:
        self._composer = Composer(models, steps, style, seed, foresight=foresight)
        self._decoder = StemDecoder(models)

    def push(self, motion: MotionFrame, visual: Float32) -> EngineOutput:
        """The next motion tick, and the picture's latest features float32 [V]."""
        return self._sounded(self._composer.push(motion, visual))

    def finish(self, end_s: float) -> EngineOutput:
        """No more motion: play on, on what was last seen, until end_s; the last block may reach beyond it."""
        return self._sounded(self._composer.finish(end_s))

    def _sounded(self, composed: Composed) -> EngineOutput:
        blocks = [self._decoder(block) for block in composed.blocks]
        return EngineOutput([block for block in blocks if block.samples.shape[1]], composed.events, composed.plan)
