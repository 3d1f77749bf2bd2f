"""The playing half of a live session: one thread that turns sights into sound, events and the next beats.

    sights, wishes ─> grid, composer, decoder, mixer, limiter ─> ring (the output reads it) and recorder
                                    └─> events with the time at which they are heard

Time of the music is the dancer's time: what was seen at t is answered by the sound of t, heard `delay_s` later. The
masters speak of what is heard, so their beats are moved by delay_s before the grid turns towards them.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from d2m_bridge.audio.faders import Faders
from d2m_bridge.audio.limiter import Limiter
from d2m_bridge.audio.mixer import Mixer
from d2m_bridge.audio.timeline_ring import TimelineRing
from d2m_bridge.conductor.follow import FollowResult, follow
from d2m_bridge.conductor.live_follow import DancerFollower
from d2m_bridge.conductor.live_grid import DANCER, LiveGrid, Target
from d2m_bridge.engine.composer import Composed, Composer, Wishes
from d2m_bridge.engine.feel import AS_DANCED, Feel
from d2m_bridge.engine.graphs import Models
from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.engine.sound import StemDecoder
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.pipeline.perception import Sight
from d2m_bridge.pipeline.play import STAGE
from d2m_bridge.sinks.recorder import Recorder
from d2m_bridge.sync.master import Master, delayed
from d2m_bridge.timeline import AccentEvent, EnergyEvent, Event, Float32, MotionFrame, SectionEvent, sample_at
from d2m_bridge.visual.statistics import VISUAL_FEATURES

log = logging.getLogger(__name__)

CEILING_DBTP = -1.0
LIVE_GAIN_DB = 7.5  # of the mix, before the limiter; offline the loudness is measured instead
_IN_HAND_S = 0.15  # sound that is asked for within this time does not wait for the dance any longer
STAND_IN_S = 0.25  # a tick that is this late is made up: the dancer is taken to hold still
_FAR_BEHIND_S = 1.0  # then sound whose time has passed is not made any more, so that the music is heard again sooner
_RUN_IN_S = 0.25  # of such sound: generator and decoder find back into the music
_KEPT_PLAN = 256  # steps, for display
_WAIT_S = 0.02


@dataclass(frozen=True, slots=True)
class Desk:
    """What the performer's controls say. gains_db, pans (-1 left .. 1 right), mutes and solos in the order of STEMS;
    latency_s is signed: more of it makes the music come earlier.
    """

    playing: bool = True
    feel: Feel = AS_DANCED
    gains_db: tuple[float, ...] = (0.0,) * len(STEMS)
    pans: tuple[float, ...] = tuple(stem.pan for stem in STAGE)
    mutes: tuple[bool, ...] = (False,) * len(STEMS)
    solos: tuple[bool, ...] = (False,) * len(STEMS)
    latency_s: float = 0.0

    def linear(self) -> Float32:
        """float32 [4]: what of each stem is heard. While any plays solo, only those that do."""
        gains = [
            0.0 if mute or not self.playing or (any(self.solos) and not solo) else 10 ** (db / 20)
            for db, mute, solo in zip(self.gains_db, self.mutes, self.solos, strict=True)
        ]
        return np.array(gains, np.float32)


@dataclass(slots=True)
class MusicianStats:
    """stood_in: ticks made up because none came; guessed: 16ths planned before the dance had shown them, because their
    sound was due; late: blocks, part of which came after their time.
    """

    stood_in: int = 0
    guessed: int = 0
    late: int = 0
    ticks: int = 0
    levels: Float32 = field(default_factory=lambda: np.zeros(len(STEMS), np.float32))


class Musician:
    """Starts at once; ends with close(). Everything public may be used from any thread."""

    def __init__(
        self,
        models: Models,
        grid: LiveGrid,
        sights: queue.Queue[Sight],
        ring: TimelineRing,
        now: Callable[[], float],
        delay_s: float,
        buffer_s: float,
        announce: Callable[[Sequence[Event]], None],
        *,
        style: int,
        seed: int,
    ) -> None:
        rate = models.manifest.motion_rate_hz
        self.desk = Desk()
        self.master: Master | None = None  # None: the dancer
        self.target: Target | None = None  # where the master, or the dancer, stood at the latest tick
        self.recorder: Recorder | None = None
        # Told of every block of the mix: its first sample and float32 [N, 2]. On the musician's thread: must not wait.
        self.audio_listeners: list[Callable[[int, Float32], None]] = []
        self.stats = MusicianStats()
        self.plan: deque[PlanStep] = deque(maxlen=_KEPT_PLAN)
        self.dancer = DancerFollower(rate)
        self.grid = grid
        self._rate_hz, self._sights, self._ring, self._now = rate, sights, ring, now
        self._delay_s, self._buffer_s, self._announce = delay_s, buffer_s, announce
        self._sample_rate = models.manifest.sample_rate
        self._composer = Composer(models, grid, style, seed)
        self._decoder = StemDecoder(models)
        self._mixer = Mixer(STAGE, self._sample_rate)
        self._faders = Faders(self._sample_rate)
        self._limiter = Limiter(CEILING_DBTP, self._sample_rate)
        self._held_stems: Float32 = np.zeros((len(STEMS), 0, 2), np.float32)
        self._ahead: list[Event] = []  # decided, but without its sound yet
        self._section: SectionEvent | None = None  # the latest that sounded
        self._recorded: Recorder | None = None  # the one that has the latest block
        self._next_tick = 0
        self._last: Sight | None = None
        self._searcher = ThreadPoolExecutor(1, "dancer's beat")
        self._search: tuple[float, Future[FollowResult]] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="musician", daemon=True)

    def start(self) -> None:
        """From now on ticks are expected."""
        self._thread.start()

    def wish(self, wishes: Wishes) -> None:
        """See Composer.wish."""
        self._composer.wish(wishes)

    def close(self) -> None:
        """Safe to call twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._searcher.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                sight = self._sights.get(timeout=_WAIT_S)
            except queue.Empty:
                pass
            else:
                self._hear(sight)
            while self._now() - self._next_tick / self._rate_hz > STAND_IN_S and self._sights.empty():
                self.stats.stood_in += 1
                self._play(self._stand_in())
                if self._stop.is_set():
                    return
            hurried = self._composer.want(self._asked_for(_IN_HAND_S))
            self.stats.guessed += len(hurried.plan)
            self._perform(hurried)

    def _hear(self, sight: Sight) -> None:
        if sight.motion.index < self._next_tick:
            return  # something was made up in its place
        while sight.motion.index > self._next_tick:
            self._play(self._stand_in())
            if self._stop.is_set():
                return
        self._last = sight
        self._play(sight)

    def _stand_in(self) -> Sight:
        """The tick that nobody saw: no dancer, her energy fading."""
        index, last = self._next_tick, self._last
        features = np.zeros(len(MOTION_FEATURES), np.float32)
        energy = 0.0
        if last is not None:
            energy = last.motion.energy * 0.93
            features[MOTION_FEATURES.index("energy")] = energy
        visual = np.zeros(len(VISUAL_FEATURES), np.float32) if last is None else last.visual
        made_up = Sight(MotionFrame(index, index / self._rate_hz, features, energy, 0.0, False), visual)
        self._last = made_up
        return made_up

    def _play(self, sight: Sight) -> None:
        self._next_tick = sight.motion.index + 1
        self.stats.ticks += 1
        self._conduct(sight.motion)
        desk = self.desk
        self._composer.feel = desk.feel
        self._faders.set(desk.linear())
        self._mixer.pan(desk.pans)
        if self._asked_for() - self._ring.written > _FAR_BEHIND_S * self._sample_rate:
            self._composer.lose_sound_before(self._asked_for(-_RUN_IN_S))
        self._perform(self._composer.push(sight.motion, sight.visual))

    def _perform(self, composed: Composed) -> None:
        self.plan.extend(composed.plan)
        heard = [event for event in composed.events if not isinstance(event, AccentEvent | EnergyEvent)]
        if self.desk.playing:
            self._announce(heard)
        self._ahead += composed.events
        for coded in composed.blocks:
            block = self._decoder(coded)
            if block.samples.shape[1]:
                self._sound(self._faders.push(block.samples))

    def _asked_for(self, in_s: float = 0.0) -> int:
        """The sample that the output asks for at that time from now."""
        return sample_at(self._now() - self._buffer_s + in_s, self._sample_rate)

    def _sound(self, stems: Float32) -> None:
        gain = np.float32(10 ** (LIVE_GAIN_DB / 20))
        stereo = self._mixer.push_stems(stems)  # recorded so: with the gain a stem alone might clip
        self.stats.levels = np.abs(stereo).max(axis=(1, 2)) * gain
        mix = self._limiter.push(stereo.sum(axis=0, dtype=np.float32) * gain)
        # The limiter holds a few milliseconds back: the stems that are recorded wait with it.
        self._held_stems = np.concatenate([self._held_stems, stereo], axis=1)
        ready, self._held_stems = self._held_stems[:, : len(mix)], self._held_stems[:, len(mix) :]
        start = self._ring.written
        if self._ring.write(start, mix):
            self.stats.late += 1
        for listen in self.audio_listeners:
            listen(start, mix)
        self._record(start, mix, ready)

    def _record(self, start: int, mix: Float32, stems: Float32) -> None:
        """The sound with what happens in it. A recording that begins is told in which section it does."""
        end_s = (start + len(mix)) / self._sample_rate
        events = sorted((event for event in self._ahead if event.t < end_s), key=lambda event: event.t)
        self._ahead = [event for event in self._ahead if event.t >= end_s]
        recorder, before, section = self.recorder, self._recorded, self._section
        self._recorded = recorder
        self._section = next((event for event in reversed(events) if isinstance(event, SectionEvent)), section)
        if recorder is not None:
            if recorder is not before and section is not None:
                events.insert(0, section)
            recorder.put(start, mix, stems, events)

    def _conduct(self, motion: MotionFrame) -> None:
        self.dancer.push(motion)
        self._listen()
        master = self.master
        target = self.target = self.dancer.target() if master is None else master.target(self._now())
        turn = DANCER if master is None else master.turn
        # A beat that is to be heard at t belongs to the music of delay_s before.
        early_s = self._delay_s + self.desk.latency_s
        self.grid.aim(None if target is None else delayed(target, -early_s), turn)
        self.grid.decide(motion.t)

    def _listen(self) -> None:
        if self._search is not None and self._search[1].done():
            begin_s, search = self._search
            self._search = None
            self.dancer.learn(search.result(), begin_s)
        if self._search is None and self.dancer.due():
            frames = self.dancer.window()
            self._search = frames[0].t, self._searcher.submit(follow, frames)
