"""Events of the plan: beats, sections, notes; and the dancer's energy at a steady rate."""

from __future__ import annotations

from collections.abc import Iterator

from d2m_bridge.conductor.grid import StepClock
from d2m_bridge.engine.plan import DRUM_NOTES, PlanStep
from d2m_bridge.timeline import (
    BEATS_PER_BAR,
    STEPS_PER_BEAT,
    BeatEvent,
    EnergyEvent,
    Event,
    MotionFrame,
    NoteEvent,
    SectionEvent,
)

ENERGY_EVERY_S = 0.1


def _length(step: int, steps: int, start: float, clock: StepClock) -> float:
    """Seconds from a step to `steps` later; live the end may be undecided, then the step's own length is carried on."""
    end = clock.step_time(step + steps)
    if end is not None:
        return end - start
    before = clock.step_time(step - 1)
    return steps * (start - before) if before is not None else 0.0


def step_events(step: PlanStep, start: float, clock: StepClock) -> Iterator[Event]:
    """The beat that begins on this step, and on a bar the section."""
    if step.step % STEPS_PER_BEAT == 0:
        bar, beat = divmod(step.step // STEPS_PER_BEAT, BEATS_PER_BAR)
        period = _length(step.step, STEPS_PER_BEAT, start, clock)
        yield BeatEvent(start, bar, beat, 60.0 / period if period else 0.0)
        if beat == 0:
            yield SectionEvent(start, bar, step.section)


def note_events(step: PlanStep, start: float, clock: StepClock) -> Iterator[NoteEvent]:
    """Every note that begins on this step."""
    for note, velocity in zip(DRUM_NOTES, step.drums, strict=True):
        if velocity:
            yield NoteEvent(start, _length(step.step, 1, start, clock), "drums", note, velocity, step.step, 1)
    for stem in ("bass", "harmony", "lead"):
        tone = getattr(step, stem)
        if tone is not None:
            duration = _length(step.step, tone.steps, start, clock)
            for pitch in tone.pitches:
                yield NoteEvent(start, duration, stem, pitch, tone.velocity, step.step, tone.steps)


class EnergyMeter:
    """The dancer's energy, every ENERGY_EVERY_S of motion time."""

    def __init__(self) -> None:
        self._sent = 0

    def push(self, motion: MotionFrame) -> list[Event]:
        """At most one event a tick."""
        if motion.t + 1e-9 < self._sent * ENERGY_EVERY_S:
            return []
        self._sent = int((motion.t + 1e-9) / ENERGY_EVERY_S) + 1
        return [EnergyEvent(motion.t, motion.energy)]
