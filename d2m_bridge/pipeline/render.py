"""Offline: one video in, music and everything that belongs to it out. One thread, and one that decodes ahead.

    watch (video -> motion) ─> tempo (motion -> grid) ─> play (engine -> raw audio, events) ─> finish (files)

Only the finished files have names in the output folder; what is under way lives in a folder that disappears.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from d2m_bridge.audio.loudness import Loudness
from d2m_bridge.audio.master import master, write_stems
from d2m_bridge.audio.mixer import Mixer, StemSettings
from d2m_bridge.audio.wav import WavWriter
from d2m_bridge.capture.video import VideoFile
from d2m_bridge.conductor.choose import Tempo, TempoSource, find_tempo
from d2m_bridge.engine.engine import Engine, EngineOutput
from d2m_bridge.engine.graphs import Models
from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.perception import Perception, Sight
from d2m_bridge.pipeline.prefetch import prefetched
from d2m_bridge.pose.estimator import PoseEstimator
from d2m_bridge.sinks.event_log import EventLog
from d2m_bridge.sinks.midi_file import write_midi
from d2m_bridge.sinks.picture import write_picture
from d2m_bridge.sinks.video_mux import mux
from d2m_bridge.timeline import BeatEvent, Event, NoteEvent, sample_at

Progress = Callable[[str, float], None]

LOUDNESS_LUFS = -14.0
QUIET_LUFS = -30.0  # when nobody was seen: a quiet bed must stay quiet
# A stage picture of the four stems: the low end in the middle, chords and melody a little apart.
STAGE = (StemSettings(), StemSettings(), StemSettings(pan=-0.25), StemSettings(pan=0.25))


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """bpm belongs to the tempo source "fixed" and to no other."""

    style: str
    seed: int = 1
    tempo: TempoSource = "follow"
    bpm: float | None = None
    stems: bool = False


@dataclass(slots=True)
class Watched:
    """What the video showed. damage: where a broken file ended."""

    sights: list[Sight]
    frames: int
    seen: int
    seconds: float
    damage: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """What was rendered. flaws: what was wrong with the input although files could be made; notes: what else to say."""

    path: Path
    files: tuple[Path, ...]
    seconds: float
    frames: int
    pose_coverage: float
    tempo: Tempo
    beats: int
    style: str
    seed: int
    loudness: Loudness
    wall_s: float
    stages: dict[str, float]
    flaws: tuple[str, ...]
    notes: tuple[str, ...]
    events: tuple[Event, ...] = field(repr=False)
    plan: tuple[PlanStep, ...] = field(repr=False)


class _Stopwatch:
    def __init__(self) -> None:
        self.stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.monotonic() - begin


def watch(path: Path, estimator: PoseEstimator, motion_rate_hz: float, progress: Progress) -> Watched:
    """The dancer of a video file. Raises InputError when there is nothing to watch."""
    with VideoFile(path) as video:
        perception = Perception(estimator, motion_rate_hz)
        sights: list[Sight] = []
        expected = video.duration_s
        for frame in prefetched(video.frames()):
            sights += perception.push(frame)
            if expected:
                progress("watching", min(1.0, frame.t / expected))
        if perception.frames < 2:
            raise InputError(f"{path}: one frame is a picture, not a dance; give a video of at least two frames")
        sights += perception.finish(video.end_s)
        return Watched(sights, perception.frames, perception.seen, video.end_s, video.damage)


def play(watched: Watched, engine: Engine, progress: Progress) -> Iterator[EngineOutput]:
    """Everything that the engine answers to what was watched."""
    for sight in watched.sights:
        yield engine.push(sight.motion, sight.visual)
        progress("playing", min(1.0, sight.motion.t / watched.seconds))
    yield engine.finish(watched.seconds)


def render(
    path: Path, out: Path, options: RenderOptions, models: Models, estimator: PoseEstimator, progress: Progress
) -> Report:
    """Renders one clip into the folder `out`. Raises InputError with one line when it cannot."""
    begin = time.monotonic()
    style = models.manifest.style_index(options.style)
    clock = _Stopwatch()
    _make_folder(out)
    target = {suffix: out / f"{path.stem}{suffix}" for suffix in (".wav", ".mp4", ".mid", ".events.jsonl", ".png")}
    for file in target.values():
        if file.resolve() == path.resolve():
            raise InputError(f"{path}: the result would replace the video itself; choose another folder with -o")
    with clock.stage("watch"):
        watched = watch(path, estimator, models.manifest.motion_rate_hz, progress)
    with clock.stage("tempo"):
        motion = [sight.motion for sight in watched.sights]
        tempo = find_tempo(options.tempo, options.bpm, motion, path)
    engine = Engine(models, tempo.grid, style, options.seed)
    rate = models.manifest.sample_rate
    with tempfile.TemporaryDirectory(prefix=".d2m-", dir=out) as folder:
        work = Path(folder)
        raw = work / "mix.wav"
        raw_stems = {work / f"{stem}.wav": out / "stems" / f"{path.stem}.{stem}.wav" for stem in STEMS}
        with clock.stage("play"):
            events, plan = _play_to_files(
                play(watched, engine, progress), raw, list(raw_stems) if options.stems else [], rate, watched.seconds
            )
        progress("finishing", 0.0)
        with clock.stage("master"):
            mastered = master(raw, target[".wav"], LOUDNESS_LUFS if watched.seen else QUIET_LUFS)
            if options.stems:
                _make_folder(out / "stems")
                write_stems(raw_stems, mastered.gain_db)
    events.sort(key=lambda event: event.t)
    with clock.stage("write"):
        notes = [event for event in events if isinstance(event, NoteEvent)]
        write_midi(target[".mid"], notes, tempo.grid, watched.seconds, options.style)
        with EventLog(target[".events.jsonl"]) as log:
            for event in events:
                log.write(event)
        progress("finishing", 0.3)
        write_picture(
            target[".png"], target[".wav"], events, tempo.grid,
            name=path.stem, style=options.style, seed=options.seed, lufs=mastered.loudness.lufs,
        )  # fmt: skip
        progress("finishing", 0.7)
        reencoded = mux(path, target[".wav"], target[".mp4"])
    progress("finishing", 1.0)
    return Report(
        path=path,
        files=(*target.values(), *(raw_stems.values() if options.stems else ())),
        seconds=watched.seconds,
        frames=watched.frames,
        pose_coverage=watched.seen / watched.frames,
        tempo=tempo,
        beats=sum(isinstance(event, BeatEvent) for event in events),
        style=options.style,
        seed=options.seed,
        loudness=mastered.loudness,
        wall_s=time.monotonic() - begin,
        stages=clock.stages,
        flaws=tuple(_flaws(path, watched)),
        notes=tuple(_notes(path, tempo, reencoded=reencoded)),
        events=tuple(events),
        plan=tuple(plan),
    )


def _flaws(path: Path, watched: Watched) -> Iterator[str]:
    if watched.damage:
        yield f"{path}: {watched.damage}; rendered what could be read"
    if not watched.seen:
        yield f"{path}: nobody was seen in the picture; the music stays quiet"


def _notes(path: Path, tempo: Tempo, *, reencoded: bool) -> Iterator[str]:
    if tempo.note:
        yield f"{path}: {tempo.note}"
    if reencoded:
        yield f"{path}: MP4 cannot hold this video's codec; its pictures were encoded again as H.264"


def _play_to_files(
    outputs: Iterator[EngineOutput], raw: Path, raw_stems: Sequence[Path], rate: int, seconds: float
) -> tuple[list[Event], list[PlanStep]]:
    """Mix to one float WAV, stems to four; exactly as long as the video."""
    events: list[Event] = []
    plan: list[PlanStep] = []
    end = sample_at(seconds, rate)
    mixer = Mixer(STAGE, rate)
    with ExitStack() as files:
        mix = files.enter_context(WavWriter(raw, rate, 2, "FLOAT"))
        parts = [files.enter_context(WavWriter(path, rate, 2, "FLOAT")) for path in raw_stems]
        for output in outputs:
            events += output.events
            plan += output.plan
            for block in output.blocks:
                stems = block.samples[:, : max(0, end - block.start)]
                if not stems.shape[1]:
                    continue
                stereo = mixer.push_stems(stems)
                mix.write(stereo.sum(axis=0, dtype=np.float32))
                for part, samples in zip(parts, stereo, strict=False):
                    part.write(samples)
    return [event for event in events if event.t < seconds], plan


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made a folder ({error.strerror}); choose another with -o") from None
