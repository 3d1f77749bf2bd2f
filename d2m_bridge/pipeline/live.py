"""A live session: camera in; sound, events and recordings out. It never stops playing until it is closed.

    camera ─> LiveWatch ─ sights ─> Musician ─> ring ─> output (sound device or null)
                  │ reactions          └ events ─┬─> listeners ahead: senders (OSC, MIDI) send by themselves when due
                  │                              └─> outbox ─> listeners (display, sinks) when they are heard
                  └────────────────────────────────────────> listeners at once

Threads: camera and pose (live_watch), musician, outbox, output, recorder. All queues are bounded. Every public method
may be called from any thread; what goes wrong in a device is told by `status` and mended, not raised.
"""

from __future__ import annotations

import itertools
import logging
import mmap
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from d2m_bridge.audio.output import Output
from d2m_bridge.audio.timeline_ring import TimelineRing
from d2m_bridge.capture.camera import Camera
from d2m_bridge.conductor.live_grid import LiveGrid
from d2m_bridge.engine.composer import NOTHING_WISHED, Composer, Wishes
from d2m_bridge.engine.feel import AS_DANCED, Feel
from d2m_bridge.engine.graphs import Models
from d2m_bridge.engine.plan import PlanStep
from d2m_bridge.engine.sound import StemDecoder
from d2m_bridge.memory import keep_loaded
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.pipeline.live_watch import LiveWatch, WatchStatus
from d2m_bridge.pipeline.musician import Desk, Musician
from d2m_bridge.pipeline.outbox import Outbox
from d2m_bridge.pipeline.perception import Look, Sight
from d2m_bridge.pipeline.watch import OpenEstimator
from d2m_bridge.sinks.clips import Clip
from d2m_bridge.sinks.recorder import Recorder
from d2m_bridge.sync.master import FixedMaster, Master
from d2m_bridge.sync.sender import Sender
from d2m_bridge.sync.session_clock import SessionClock
from d2m_bridge.timeline import BEATS_PER_BAR, AccentEvent, EnergyEvent, Event, MotionFrame
from d2m_bridge.visual.statistics import VISUAL_FEATURES

log = logging.getLogger(__name__)

BUFFER_S = 0.55  # from the move to its sound: pictures, looking, half a 16th of foresight (engine.felt), whole blocks
_RING_S = 4.0
_LATENESS_KEPT = 20_000
_SETTLED_S = 20.0  # by then every library has taken its buffers: growth of memory counts from here
_SWITCH_S = 0.0001  # a thread that is due must not wait five milliseconds for one that computes


class Listener(Protocol):
    """Hears of everything that happens. Called on the outbox's or the pose thread; must return at once."""

    def ahead(self, event: Event, due: float) -> None:
        """The event was decided; it will be heard at `due`, seconds on the session clock. Whoever joins is told all
        that is still ahead.
        """
        ...

    def heard(self, event: Event, due: float) -> None:
        """The event is heard now, within some milliseconds; accents and energy: the dancer was seen at event.t."""
        ...

    def seen(self, look: Look) -> None:
        """What the latest picture showed."""
        ...


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """One look at everything, for display. position: fractional beats of the music that is heard now."""

    seconds: float
    playing: bool
    recording: Path | None
    bpm: float
    position: float
    watch: WatchStatus
    output: str
    output_lost: bool
    underruns: int
    stood_in: int
    late_blocks: int
    levels: tuple[float, ...]
    plan: tuple[PlanStep, ...]
    cpu_share: float
    error: str | None


class LiveSession:
    """Opens nothing itself: camera and output are given, and closed with it."""

    def __init__(
        self,
        camera: Camera,
        output: Output,
        open_estimator: OpenEstimator,
        models: Models,
        clock: SessionClock,
        *,
        style: int,
        seed: int,
        bpm: float,
        buffer_s: float = BUFFER_S,
        first: Wishes = NOTHING_WISHED,
        feel: Feel = AS_DANCED,
    ) -> None:
        """first: granted with the first bar. feel: the desk's, to begin with."""
        sys.setswitchinterval(_SWITCH_S)
        self._models, self._clock, self._output = models, clock, output
        self._camera, self._open_estimator = camera, open_estimator
        self.listeners: list[Listener] = []
        # Told of every clip of a recording when its file is whole; on the recorder's thread.
        self.clip_listeners: list[Callable[[Clip], None]] = []
        self.delay_s = buffer_s + output.latency_s
        self._buffer_s = buffer_s
        self._ring = TimelineRing(round(_RING_S * models.manifest.sample_rate), 2)
        self._style = style
        self._reaction_s: deque[float] = deque(maxlen=_LATENESS_KEPT)
        self._told: tuple[Listener, ...] = ()  # the listeners that know what is ahead; the musician's thread's own
        self._outbox: Outbox[Event] = Outbox(clock.now, self._heard)
        self._watch: LiveWatch | None = None
        self._arguments = (style, seed, bpm)
        self._first, self._feel = first, feel
        self._musician: Musician | None = None
        self._cpu = time.process_time()
        self._wall = time.monotonic()
        self._settled_kb = 0

    def start(self, open_master: Callable[[], Master | None] = lambda: None, ready_within_s: float = 60.0) -> None:
        """Loads the pose model, then starts the clock of ticks, sound and events. Returns when the session is ready.

        open_master: who leads from the beginning, None the dancer; the music begins in the master's bar.
        """
        style, seed, bpm = self._arguments
        rate = self._models.manifest.motion_rate_hz
        self._watch = LiveWatch(self._camera, self._open_estimator, rate, self._clock.now, self._react)
        _warm_up(self._models)
        self._watch.ready.wait(ready_within_s)
        keep_loaded()
        grid = LiveGrid(bpm)
        self._musician = Musician(
            self._models, grid, self._watch.sights, self._ring, self._clock.now, self.delay_s,
            self._buffer_s, self._announce, style=style, seed=seed,
        )  # fmt: skip
        self._musician.wish(self._first)
        self._musician.desk = Desk(feel=self._feel)
        self._clock.restart()
        self._musician.master = open_master()
        grid.begin(self._first_beat(self._musician.master))
        self._watch.start()
        self._musician.start()
        self._output.start(self._ring.read, self.delay_s)
        self._cpu, self._wall = time.process_time(), time.monotonic()

    def _first_beat(self, master: Master | None) -> float:
        """Beat 0 of the music: the bar line of the master that is heard at, or last before, the music's beginning."""
        target = master.target(self._clock.now()) if master is not None else None
        if target is None:
            return 0.0
        beats = round(target.beat + (self.delay_s - target.t) * target.bpm / 60, 6)  # -0.0000001 is no whole bar
        return -(beats % BEATS_PER_BAR) * 60 / target.bpm

    @property
    def musician(self) -> Musician:
        """After start()."""
        if self._musician is None:
            raise RuntimeError("the session has not been started")
        return self._musician

    @property
    def sample_rate(self) -> int:
        """Samples a second of the mix."""
        return self._models.manifest.sample_rate

    @property
    def output_latency_s(self) -> float:
        """From asking for a sample to hearing it, as far as the output could measure it."""
        return self._output.latency_s

    @property
    def styles(self) -> tuple[str, ...]:
        """Names, in the order of the weights in Wishes.style."""
        return tuple(style.name for style in self._models.manifest.styles)

    @property
    def style(self) -> str:
        """The style, or of a blend the stronger one."""
        return self.styles[self._style]

    @property
    def now(self) -> Callable[[], float]:
        """The session clock."""
        return self._clock.now

    @property
    def desk(self) -> Desk:
        """The controls as they stand."""
        return self.musician.desk

    @desk.setter
    def desk(self, desk: Desk) -> None:
        self.musician.desk = desk

    def wish(self, wishes: Wishes) -> None:
        """From the next bar on."""
        if wishes.style is not None:
            self._style = int(wishes.style.argmax())
        self.musician.wish(wishes)

    def panic(self) -> None:
        """Silence at once, nothing more is announced; playing again by the desk."""
        self.desk = replace(self.desk, playing=False)
        self._outbox.clear()
        for sender in self._senders:
            sender.forget()

    @property
    def _senders(self) -> list[Sender]:
        return [listener for listener in self.listeners if isinstance(listener, Sender)]

    def follow_master(self, master: Master | None) -> None:
        """Whose beat the music takes: a master's, or the dancer's (None). The master before is closed."""
        before, self.musician.master = self.musician.master, master
        if before is not None and before is not master:
            before.close()

    def fixed_master(self, bpm: float) -> FixedMaster:
        """A number as master, whose first beat is the first of the music."""
        return FixedMaster(bpm, self.delay_s)

    def record(self, folder: Path | None) -> None:
        """Starts a recording as the folder's next take, or ends the one that runs (None).

        Raises InputError when the folder cannot be written.
        """
        running, self.musician.recorder = self.musician.recorder, None
        if running is not None:
            running.close()
        if folder is not None:
            facts = self._models.manifest
            number = next(n for n in itertools.count(1) if not (folder / f"take{n:03d}.wav").exists())
            self.musician.recorder = Recorder(
                folder, f"take{number:03d}", facts.sample_rate, self.style, self._clip_is_ready
            )  # fmt: skip

    @property
    def status(self) -> LiveStatus:
        """After start()."""
        musician, watch = self.musician, self._watch
        assert watch is not None  # noqa: S101 - it is made before the musician
        recorder = musician.recorder
        watched = watch.status
        now = self._clock.now()
        problems = [watched.error, recorder.error if recorder is not None else None]
        problems += [sender.problem for sender in self._senders]
        return LiveStatus(
            seconds=now,
            playing=musician.desk.playing,
            recording=recorder.path if recorder is not None and recorder.error is None else None,
            bpm=musician.grid.bpm,
            position=musician.grid.beat_at(now - self.delay_s),
            watch=watched,
            output=self._output.name,
            output_lost=self._output.stats.lost,
            underruns=self._output.stats.underruns,
            stood_in=musician.stats.stood_in,
            late_blocks=musician.stats.late,
            levels=tuple(float(level) for level in musician.stats.levels),
            plan=tuple(musician.plan),
            cpu_share=(time.process_time() - self._cpu) / max(1e-3, time.monotonic() - self._wall),
            error=next(filter(None, problems), None),
        )

    def figures(self) -> dict[str, object]:
        """What was measured since start(): see `d2m live --json`."""
        senders = self._senders
        late_s = [late for sender in senders for late in tuple(sender.lateness)] if senders else self._outbox.lateness
        return {
            "seconds": round(self._clock.now(), 3),
            "underruns": self._output.stats.underruns,
            "stood_in": self.musician.stats.stood_in,
            "guessed_steps": self.musician.stats.guessed,
            "late_blocks": self.musician.stats.late,
            "missed_events": self._outbox.missed,
            "missed_messages": sum(sender.missed for sender in senders),
            "pose_to_event_ms": _percentiles(self._reaction_s, (50, 95, 99)),
            "beat_jitter_ms": _percentiles(late_s, (50, 99)),
            "motion_to_sound_ms": round(1000 * self.delay_s, 1),
            "output_latency_ms": round(1000 * self._output.latency_s, 1),
            "fps": round(self.status.watch.fps, 2),
            "rss_growth_mb": round((_resident_kb() - self._settled_kb) / 1024, 1) if self._settled_kb else 0.0,
            "cpu_share": round(self.status.cpu_share, 3),
            "bpm": round(self.musician.grid.bpm, 2),
        }

    def close(self) -> None:
        """Ends everything; what was recorded is whole. Safe to call twice."""
        if self._watch is not None:
            self._watch.close()
        if self._musician is not None:
            self._musician.close()
            self.record(None)
            self.follow_master(None)
        self._outbox.close()
        self._output.close()

    def _react(self, look: Look, sights: list[Sight]) -> None:
        """On the pose thread: what the dancer did is told before the music answers."""
        for sight in sights:
            motion = sight.motion
            if motion.accent > 0:
                self._tell(AccentEvent(motion.t, motion.accent), motion.t)
            self._tell(EnergyEvent(motion.t, motion.energy), motion.t)
        for listener in self.listeners:
            listener.seen(look)
        now = self._clock.now()
        self._reaction_s.append(now - look.t)
        if not self._settled_kb and now > _SETTLED_S:
            self._settled_kb = _resident_kb()

    def _announce(self, events: Sequence[Event]) -> None:
        before, self._told = self._told, tuple(self.listeners)
        for listener in self._told:
            if all(listener is not one for one in before):
                for event, due in self._outbox.waiting():
                    listener.ahead(event, due)
        for event in events:
            due = event.t + self.delay_s
            if self._outbox.put(event, due):
                for listener in self._told:
                    listener.ahead(event, due)

    def _clip_is_ready(self, clip: Clip) -> None:
        for listen in self.clip_listeners:
            listen(clip)

    def _heard(self, event: Event, due: float) -> None:
        self._tell(event, due)

    def _tell(self, event: Event, due: float) -> None:
        for listener in self.listeners:
            listener.heard(event, due)


def _warm_up(models: Models) -> None:
    """The first runs of a graph take their time; they must not fall into the music."""
    composer, decoder = Composer(models, LiveGrid(120.0), 0, 1), StemDecoder(models)
    still = np.zeros(len(MOTION_FEATURES), np.float32)
    visual = np.zeros(len(VISUAL_FEATURES), np.float32)
    for index in range(30):
        for block in composer.push(MotionFrame(index, index / 30, still, 0.0, 0.0, False), visual).blocks:
            decoder(block)


def _percentiles(seconds: Sequence[float] | deque[float], which: tuple[int, ...]) -> dict[str, float | None]:
    values = 1000 * np.array(list(seconds))
    return {f"p{q}": round(float(np.percentile(np.abs(values), q)), 3) if len(values) else None for q in which}


def _resident_kb() -> int:
    """Memory of this process; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * mmap.PAGESIZE // 1024 if statm.exists() else 0
