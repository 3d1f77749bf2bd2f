"""Motion in; plan, events and codes out. No clock, thread, device or file inside.

    motion tick ─> encoder ─> embedding ─┐
    step clock ────────────────> planner ┴─> plan, notes ─> conditions ─> generator ─> codes

A step is planned when as much of the dance is known as engine.felt asks for: live half of the step, with foresight,
offline, the next bar. So the music strikes an accent with the dancer, who need not be guessed. Live, sound that is
wanted at once does not wait for the dance.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from d2m_bridge.conductor.grid import StepClock
from d2m_bridge.engine.feel import AS_DANCED
from d2m_bridge.engine.felt import FELT, Felt
from d2m_bridge.engine.graphs import EncoderStream, Models, PlannerStream
from d2m_bridge.engine.harmony import plan_step
from d2m_bridge.engine.noise import key_of, plan_uniforms
from d2m_bridge.engine.notes import EnergyMeter, note_events, step_events
from d2m_bridge.engine.plan import KEYS, SEEDS_KEY, PlanStep
from d2m_bridge.engine.planner import PlanSampler, habits_of
from d2m_bridge.engine.sound import CodedBlock, CodeStream, LostBlock, lag
from d2m_bridge.engine.tokens import HEADS
from d2m_bridge.timeline import STEPS_PER_BAR, AccentEvent, Event, Float32, MotionFrame, sample_at

ENERGY, ACCENT = FELT.index("energy"), FELT.index("accent")


@dataclass(slots=True)
class Composed:
    """What one call brought: blocks in order without gaps, events in order of decision, and the steps of the plan."""

    blocks: list[CodedBlock | LostBlock] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    plan: list[PlanStep] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a performer wants from the next bar on; None: as it was.

    style: float32 [S] weights that sum to 1, a blend of the manifest's styles. key: of engine.harmony.KEYS, or
    SEEDS_KEY. section: of engine.plan.SECTIONS, for one bar.
    """

    style: Float32 | None = None
    seed: int | None = None
    key: str | None = None
    section: str | None = None


NOTHING_WISHED = Wishes()


@dataclass(frozen=True, slots=True)
class _Placed:
    step: PlanStep
    sample: int
    embedding: Float32


class Composer:
    """One stream of music. style: index in the manifest; seed: 0..2**63-1; steps: the conductor's clock."""

    def __init__(self, models: Models, steps: StepClock, style: int, seed: int, *, foresight: bool = False) -> None:
        self._manifest = models.manifest
        self._steps = steps
        self.feel = AS_DANCED
        self._seed, self._habits = seed, habits_of(seed)
        self._asked_key = SEEDS_KEY
        self._mode = self._manifest.styles[style].mode
        self._wishes = NOTHING_WISHED
        weights = np.eye(len(self._manifest.styles), dtype=np.float32)[style]
        self._encoder = EncoderStream(models)
        self._planner = PlannerStream(models, weights)
        self._sampler = PlanSampler()
        self._codes = CodeStream(models, weights, seed)
        self._energy = EnergyMeter()
        self._felt = Felt(steps, foresight=foresight)
        self._nothing = np.zeros(self._manifest.embedding, np.float32)
        # Embeddings not yet used by a step, oldest first; steps not yet passed by a latent frame.
        self._embeddings: deque[tuple[float, Float32]] = deque()
        self._latest = self._nothing
        self._heard_until = -1.0 / self._manifest.motion_rate_hz
        self._wanted_until = float("-inf")
        self._next_step = 0
        self._ahead: deque[_Placed] = deque()
        self._frame_embedding = self._nothing

    @property
    def sample_rate(self) -> int:
        """Samples a second of the blocks."""
        return self._manifest.sample_rate

    def push(self, motion: MotionFrame, visual: Float32) -> Composed:
        """The next motion tick, and the picture's latest features float32 [V]."""
        self._embeddings.append((motion.t, self._encoder(motion.features, visual)))
        self._felt.push(motion)
        self._heard_until = motion.t
        out = Composed()
        if motion.accent > 0:
            out.events.append(AccentEvent(motion.t, motion.accent))
        out.events.extend(self._energy.push(motion))
        self._advance(out, until=float("inf"))
        return out

    def want(self, sample: int) -> Composed:
        """The sound up to this sample is wanted now: what is missing of it is composed from what is known."""
        out = Composed()
        self._wanted_until = (sample + lag(self._manifest) + self._block_samples) / self._manifest.sample_rate
        self._advance(out, until=float("inf"))
        return out

    def wish(self, wishes: Wishes) -> None:
        """To be granted at the next bar; a later wish replaces an earlier one that still waits."""
        waiting = self._wishes
        self._wishes = Wishes(
            waiting.style if wishes.style is None else wishes.style,
            waiting.seed if wishes.seed is None else wishes.seed,
            wishes.key or waiting.key,
            wishes.section or waiting.section,
        )

    def lose_sound_before(self, sample: int) -> None:
        """Plans on, but leaves out the sound that ends before this sample: after a standstill nobody would hear it."""
        self._codes.heard_from = sample

    def finish(self, end_s: float) -> Composed:
        """No more motion: play on, on what was last seen, until end_s; the last block may reach beyond it."""
        out = Composed()
        self._heard_until = float("inf")
        self._advance(out, until=end_s)
        end = sample_at(end_s, self._manifest.sample_rate)
        while self._codes.frames_taken * self._manifest.hop - lag(self._manifest) < end + self._block_samples:
            self._code_frame(out)
        return out

    @property
    def _key(self) -> int:
        return key_of(self._seed) if self._asked_key == SEEDS_KEY else KEYS.index(self._asked_key)

    @property
    def _block_samples(self) -> int:
        return self._manifest.block_frames * self._manifest.hop

    def _advance(self, out: Composed, until: float) -> None:
        while True:
            start = self._steps.step_time(self._next_step)
            before = self._steps.step_time(self._next_step - 1)
            needed = self._felt.needs(self._next_step)
            if start is None or before is None or needed is None or start >= until:
                break
            if needed > self._heard_until and start >= self._wanted_until:
                break
            self._plan(self._next_step, start, before, min(needed, self._heard_until), out)
            self._next_step += 1
        rate, hop = self._manifest.sample_rate, self._manifest.hop
        if start is not None:
            while (self._codes.frames_taken + 1) * hop <= sample_at(min(start, until), rate):
                self._code_frame(out)

    def _plan(self, index: int, start: float, before: float, known: float, out: Composed) -> None:
        while self._embeddings and self._embeddings[0][0] <= before:
            self._latest = self._embeddings.popleft()[1]
        felt = self._felt.at(index, known)
        feel, section = self.feel, None
        if index % STEPS_PER_BAR == 0:
            section = self._grant()
        logits = self._planner(self._latest, self._sampler.inputs(index, felt))
        chance = plan_uniforms(self._seed, index, len(HEADS))
        tokens = self._sampler.choose(index, logits, chance, feel, section, self._habits)
        step = plan_step(index, tokens.tolist(), self._key, self._mode, feel)
        start += feel.delay(index, start - before)
        if start < 0:  # nobody can hear what begins before the first frame
            step = PlanStep(index, step.section, step.chord, (0.0,) * len(step.drums), None, None, None)
        sample = sample_at(start, self._manifest.sample_rate)
        self._codes.push(step, sample, float(felt[ENERGY]), float(felt[ACCENT]), feel.level_db)
        self._ahead.append(_Placed(step, sample, self._latest))
        out.plan.append(step)
        if start >= 0:
            out.events.extend(step_events(step, start, self._steps))
            out.events.extend(note_events(step, start, self._steps))

    def _grant(self) -> str | None:
        """Lets the waiting wishes come true; returns the section that was wished for."""
        wishes, self._wishes = self._wishes, NOTHING_WISHED
        if wishes.seed is not None:
            self._seed = self._codes.seed = wishes.seed
            self._habits = habits_of(wishes.seed)
        if wishes.key is not None:
            self._asked_key = wishes.key
        if wishes.style is not None:
            self._mode = self._manifest.styles[int(wishes.style.argmax())].mode
            self._planner.style = wishes.style
            self._codes.set_style(wishes.style)
        return wishes.section

    def _code_frame(self, out: Composed) -> None:
        frame = self._codes.frames_taken
        while self._ahead and self._ahead[0].sample <= frame * self._manifest.hop:
            self._frame_embedding = self._ahead.popleft().embedding
        block = self._codes.advance(self._frame_embedding)
        if block is not None:
            out.blocks.append(block)
