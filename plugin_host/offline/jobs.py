"""The queue of clips to render, and its file. Knows no Qt and renders nothing."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from d2m_bridge import paths
from d2m_bridge.conductor.choose import TempoSource
from d2m_bridge.engine.plan import SEEDS_KEY
from d2m_bridge.errors import InputError
from d2m_bridge.sinks.atomic import whole_file

log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "cancelled"]
VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".wmv"})
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class JobOptions:
    """bpm belongs to the tempo source "fixed". style: or a blend, as house+jazz:0.3; "" is the model's first.

    key and the four of the feel: see engine.feel.Feel and engine.harmony.
    """

    out: str
    style: str = ""
    seed: int = 1
    tempo: TempoSource = "follow"
    bpm: float | None = None
    stems: bool = True
    key: str = SEEDS_KEY
    intensity: float = 0.0
    density: float = 0.0
    complexity: float = 0.0
    swing: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """One clip. note: why it failed, or what else there is to say. facts: of the result, one line."""

    number: int
    path: str
    options: JobOptions
    state: State = "waiting"
    note: str = ""
    facts: str = ""
    files: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """For people."""
        return Path(self.path).name

    def result(self, suffix: str) -> Path | None:
        """The file of the result that ends like this, if there is one."""
        return next((Path(file) for file in self.files if file.endswith(suffix)), None)


class JobQueue:
    """In order of number. Every change is on the disk before the call returns, as far as the disk takes it."""

    def __init__(self, file: Path) -> None:
        """What was running when the program ended waits again. A damaged file is set aside."""
        self._file = file
        self.jobs: list[Job] = []
        try:
            found = json.loads(file.read_text("utf-8"))
            if found["format"] != _FORMAT:
                raise ValueError(f"format {found['format']}")
            self.jobs = [_job(facts) for facts in found["jobs"]]
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s: cannot be read (%s); beginning with an empty queue", file, error)
            file.replace(file.with_suffix(".damaged"))
        self.jobs = [replace(job, state="waiting") if job.state == "running" else job for job in self.jobs]

    def add(self, path: Path, options: JobOptions) -> Job:
        """At the end. Raises InputError when its result would replace that of another clip."""
        name = (Path(options.out).absolute(), path.stem)
        for job in self.jobs:
            taken = (Path(job.options.out).absolute(), Path(job.path).stem)
            if taken == name and Path(job.path) != path and job.state in ("waiting", "running", "done"):
                raise InputError(f"{path.name}: {job.path} has the same name; choose another output folder for it")
        job = Job(max((job.number for job in self.jobs), default=0) + 1, str(path), options)
        self.jobs.append(job)
        self._save()
        return job

    def change(self, job: Job) -> None:
        """The job with this number is this one now."""
        self.jobs = [job if old.number == job.number else old for old in self.jobs]
        self._save()

    def remove(self, number: int) -> None:
        """Forgets a job; its files stay."""
        self.jobs = [job for job in self.jobs if job.number != number]
        self._save()

    def takes_of(self, path: str) -> tuple[Job, ...]:
        """Everything that was made of a clip, in order."""
        return tuple(job for job in self.jobs if job.path == path and job.state == "done")

    def get(self, number: int) -> Job:
        """The job with this number."""
        return next(job for job in self.jobs if job.number == number)

    def next_waiting(self) -> Job | None:
        """The first whose turn it is."""
        return next((job for job in self.jobs if job.state == "waiting"), None)

    def _save(self) -> None:
        try:
            with whole_file(self._file) as temporary:
                facts = {"format": _FORMAT, "jobs": [asdict(job) for job in self.jobs]}
                temporary.write_text(json.dumps(facts, indent=1), "utf-8")
        except InputError as error:
            log.warning("the queue will be forgotten at the end: %s", error)


def queue_path() -> Path:
    """Where the queue lies."""
    return paths.data_dir() / "queue.json"


def videos_in(given: list[Path]) -> list[Path]:
    """The files, and the videos in the folders, in order of name."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            found += sorted(file for file in path.iterdir() if file.suffix.casefold() in VIDEO_SUFFIXES)
        else:
            found.append(path)
    return found


def _job(facts: dict[str, object]) -> Job:
    options = facts.pop("options")
    files = facts.pop("files")
    if not isinstance(options, dict) or not isinstance(files, list) or facts.get("state") not in get_args(State):
        raise ValueError(f"no job: {facts}")
    return Job(options=JobOptions(**options), files=tuple(files), **facts)  # type: ignore[arg-type]
