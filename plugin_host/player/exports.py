"""A result saved where the user wants it, in the form that he wants. Knows no Qt; runs on a thread that may wait."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from d2m_bridge.daw.export import write_project
from d2m_bridge.daw.formats import FORMATS
from d2m_bridge.daw.take import load_take
from d2m_bridge.errors import InputError
from d2m_bridge.sinks.atomic import whole_file
from plugin_host.offline.jobs import Job

STEMS = "stems"


@dataclass(frozen=True, slots=True)
class Form:
    """text: for people. suffix: of the file; "" is a folder."""

    text: str
    suffix: str


FORMS = {
    "music": Form("Music, WAV", ".wav"),
    STEMS: Form("Stems, WAV", ""),
    "midi": Form("MIDI", ".mid"),
    "video": Form("Video", ".mp4"),
    "reaper": Form("REAPER project", FORMATS["reaper"]),
    "dawproject": Form("DAWproject: Bitwig, Studio One, Cubase", FORMATS["dawproject"]),
}


def stems_of(job: Job) -> tuple[Path, ...]:
    """The files of the stems, if it has any."""
    return tuple(Path(file) for file in job.files if Path(file).parent.name == STEMS)


def music_of(job: Job) -> Path | None:
    """The mix."""
    return next((Path(file) for file in job.files if file.endswith(".wav") and Path(file) not in stems_of(job)), None)


def can_export(job: Job, form: str) -> bool:
    """Whether the result has what the form needs."""
    if form == STEMS:
        return bool(stems_of(job))
    if form in FORMATS:
        return music_of(job) is not None
    return job.result(FORMS[form].suffix) is not None


def export(job: Job, form: str, to: Path) -> None:
    """to: a file, or for stems a folder. Raises InputError when it cannot be written, or the result is gone."""
    music = music_of(job)
    if form in FORMATS and music is not None:
        write_project(load_take(music), form, to)
        return
    if form == STEMS:
        sources = {stem: to / stem.name for stem in stems_of(job)}
    else:
        source = music if form == "music" else job.result(FORMS[form].suffix)
        sources = {source: to} if source is not None else {}
    for source, target in sources.items():
        if not source.is_file():
            raise InputError(f"{source}: it is gone; render the clip again")
        with whole_file(target) as temporary:
            shutil.copyfile(source, temporary)
