"""A take as a file that a DAW opens."""

from __future__ import annotations

from pathlib import Path

from d2m_bridge.daw.ardour_script import ardour_script
from d2m_bridge.daw.dawproject import write_dawproject
from d2m_bridge.daw.reaper_project import reaper_project
from d2m_bridge.daw.take import Take
from d2m_bridge.sinks.atomic import whole_file


def write_project(take: Take, to: str, out: Path) -> None:
    """to: a key of daw.formats.FORMATS. The sounds stay where they are, except in a dawproject, which holds them.

    Raises InputError when `out` cannot be written.
    """
    if to == "dawproject":
        write_dawproject(take, out)
        return
    log = take.mix.path.resolve().with_name(f"{take.name}.events.jsonl")
    text = reaper_project(take, out.parent) if to == "reaper" else ardour_script(log, take.name)
    with whole_file(out) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
