"""Offline: one video in, music and everything that belongs to it out.

    watch (video -> motion) ─> tempo (motion -> grid) ─> play (engine -> raw audio, events) ─> master, write (files)

Only finished files have names in the output folder; what is under way lives in a folder that disappears. Threads belong
to watch and play, and to the last stage, which draws the picture on one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from d2m_bridge.audio.loudness import Loudness
from d2m_bridge.audio.master import master, write_stems
from d2m_bridge.conductor.choose import Tempo, TempoSource, find_tempo
from d2m_bridge.engine.feel import AS_DANCED, Feel
from d2m_bridge.engine.plan import SEEDS_KEY, STEMS, PlanStep
from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.kinds import Model, Take, kind_of
from d2m_bridge.pipeline.watch import OpenEstimator, Progress, Watched, watch
from d2m_bridge.sinks.event_log import EventLog
from d2m_bridge.sinks.midi_file import write_midi
from d2m_bridge.sinks.picture import load_drawing, write_picture
from d2m_bridge.sinks.video_mux import mux
from d2m_bridge.timeline import BeatEvent, Event, NoteEvent

LOUDNESS_LUFS = -14.0
QUIET_LUFS = -30.0  # when nobody was seen: a quiet bed must stay quiet
SUFFIXES = (".wav", ".mp4", ".mid", ".events.jsonl", ".png")


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """style: a name, or a blend as engine.blend reads it. bpm belongs to the tempo source "fixed" and to no other.

    as_live: the music knows of the dance what it knew on stage, the past.
    """

    style: str
    seed: int = 1
    tempo: TempoSource = "follow"
    bpm: float | None = None
    stems: bool = False
    key: str = SEEDS_KEY
    feel: Feel = AS_DANCED
    as_live: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What was rendered. flaws: what was wrong with the input although files could be made; notes: what else to say.

    pose_coverage: 0..1; stages: seconds of each; events: in order of time.
    """

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
        self.stages[name] = time.monotonic() - begin


def render(
    path: Path, out: Path, options: RenderOptions, models: Model, open_estimator: OpenEstimator, progress: Progress
) -> Report:
    """Renders one clip into the folder `out`. Raises InputError with one line when it cannot."""
    begin = time.monotonic()
    clock = _Stopwatch()
    kind = kind_of(models)
    wav, video, midi, log, picture = targets = [out / f"{path.stem}{suffix}" for suffix in SUFFIXES]
    if not kind.has_plan:
        targets.remove(midi)
    stems = [out / "stems" / f"{path.stem}.{stem}.wav" for stem in STEMS] if options.stems else []
    if any(file.resolve() == path.resolve() for file in (*targets, *stems)):
        raise InputError(f"{path}: the result would replace the video itself; choose another folder with -o")
    kind.check(models, options, path)
    with work_folder(out) as work, ThreadPoolExecutor(1) as beside:
        with clock.stage("watch"):
            sights, watched = watch(path, open_estimator, models.manifest.motion_rate_hz, progress)
        with clock.stage("tempo"):
            tempo = find_tempo(options.tempo, options.bpm, [sight.motion for sight in sights], path)
        raw, raw_stems = work / wav.name, [work / stem.name for stem in stems]
        with clock.stage("play"):
            made = kind.play(models, Take(path, sights, watched.seconds, tempo, options, raw, raw_stems, progress))
            del sights  # of an hour, 100 MB
        progress("finishing", 0.0)
        beside.submit(load_drawing)
        with clock.stage("master"):
            mastered = master(raw, wav, LOUDNESS_LUFS if watched.coverage else QUIET_LUFS)
            if stems:
                write_stems(dict(zip(raw_stems, stems, strict=True)), mastered.gain_db)
    progress("finishing", 0.3)
    with clock.stage("write"), ThreadPoolExecutor(1) as beside:
        drawn = beside.submit(
            write_picture, picture, wav, made.events, tempo.grid,
            name=path.stem, style=options.style, seed=options.seed, lufs=mastered.loudness.lufs,
        )  # fmt: skip
        if kind.has_plan:
            notes = [event for event in made.events if isinstance(event, NoteEvent)]
            write_midi(midi, notes, tempo.grid, watched.seconds, options.style)
        with EventLog(log) as lines:
            for event in made.events:
                lines.write(event)
        reencoded = mux(path, wav, video)
        progress("finishing", 0.8)
        drawn.result()
    progress("finishing", 1.0)
    return Report(
        path=path,
        files=(*targets, *stems),
        seconds=watched.seconds,
        frames=watched.frames,
        pose_coverage=watched.coverage,
        tempo=tempo,
        beats=sum(isinstance(event, BeatEvent) for event in made.events),
        style=options.style,
        seed=options.seed,
        loudness=mastered.loudness,
        wall_s=time.monotonic() - begin,
        stages=clock.stages,
        flaws=tuple(_flaws(path, watched)),
        notes=(*made.notes, *_notes(path, tempo, reencoded=reencoded)),
        events=tuple(made.events),
        plan=tuple(made.plan),
    )


@contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """A folder inside `out` that lives as long as the block; `out` is made. Raises InputError if that is refused."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=".d2m-", dir=out, ignore_cleanup_errors=True)
    except OSError as error:
        raise InputError(f"{out}: cannot write there ({error.strerror}); choose another folder with -o") from error
    with folder as name:
        yield Path(name)


def _flaws(path: Path, watched: Watched) -> Iterator[str]:
    if watched.damage:
        yield watched.damage
    if not watched.coverage:
        yield f"{path}: nobody was seen in the picture; the music stays quiet"


def _notes(path: Path, tempo: Tempo, *, reencoded: bool) -> Iterator[str]:
    if tempo.note:
        yield f"{path}: {tempo.note}"
    if reencoded:
        yield f"{path}: MP4 cannot hold this video's codec; its pictures were encoded again as H.264"
