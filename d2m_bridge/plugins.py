"""Parts that other packages bring: found by their entry points, loaded only when they are used.

    [project.entry-points."d2m.sources"]    NAME = "module:open_camera"       --camera NAME:REST
    [project.entry-points."d2m.pose"]       NAME = "module:open_estimator"    --pose NAME
    [project.entry-points."d2m.models"]     NAME = "module:folder"            --model NAME
    [project.entry-points."d2m.sinks"]      NAME = "module:open_sink"         --sink NAME

docs/plugins.md says what each has to be. What fails is kept as a reason, and does not keep the rest from working.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from d2m_bridge.errors import D2MError, InputError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from d2m_bridge.capture.camera import Camera, Now
    from d2m_bridge.pipeline.live import Listener, LiveSession
    from d2m_bridge.pose.estimator import PoseEstimator

log = logging.getLogger(__name__)

SOURCES, POSE, MODELS, SINKS = "d2m.sources", "d2m.pose", "d2m.models", "d2m.sinks"
GROUPS = {SOURCES: "camera", POSE: "pose estimator", MODELS: "model", SINKS: "sink"}


@dataclass(frozen=True, slots=True)
class Plugin:
    """group: a key of GROUPS. package: what brought it, with its version. problem: why it did not work, or ""."""

    group: str
    name: str
    package: str
    problem: str = ""


_problems: dict[tuple[str, str], str] = {}
_lock = threading.Lock()


def found() -> tuple[Plugin, ...]:
    """All that is installed, in order of group and name; nothing is loaded. What was tried and failed says why.

    Reads the metadata of every package of this Python, which takes a while.
    """
    from importlib.metadata import entry_points

    with _lock:
        problems = dict(_problems)
    installed = entry_points()
    return tuple(
        Plugin(group, entry.name, _package(entry), problems.get((group, entry.name), ""))
        for group in GROUPS
        for entry in sorted(installed.select(group=group), key=lambda entry: entry.name)
    )


def names(group: str) -> tuple[str, ...]:
    """Of what is installed."""
    from importlib.metadata import entry_points

    return tuple(sorted({entry.name for entry in entry_points(group=group)}))


def try_all() -> tuple[Plugin, ...]:
    """Loads each, so that what does not load says so; uses none."""
    for plugin in found():
        try:
            load(plugin.group, plugin.name)
        except InputError as error:
            log.info("%s", error)
    return found()


def load(group: str, name: str) -> Any:  # noqa: ANN401
    """What the entry point names, to be called. Raises InputError when there is none, or it does not load."""
    from importlib.metadata import entry_points

    entries = list(entry_points(group=group, name=name))
    kind = GROUPS[group]
    if not entries:
        there = ", ".join(names(group)) or "none is installed"
        raise InputError(f"no plug-in brings a {kind} {name!r}; there are: {there}")
    try:
        made = entries[0].load()
    except Exception as error:
        raise _kept(group, name, f"{type(error).__name__}: {error}") from error
    if not callable(made):
        raise _kept(group, name, f"{entries[0].value} is {type(made).__name__}, expected something to call")
    with _lock:
        _problems.pop((group, name), None)
    return made


def open_source(name: str, rest: str, now: Now) -> Camera:
    """A camera of a plug-in. rest: what stood behind the colon. Raises InputError when it fails."""
    made: Camera = _use(SOURCES, name, lambda make: make(rest, now))
    return made


def open_pose(name: str, device: str) -> PoseEstimator:
    """A pose estimator of a plug-in. Raises InputError when it fails."""
    made: PoseEstimator = _use(POSE, name, lambda make: make(device))
    return made


def model_folder(model: Path) -> Path:
    """The folder itself, or where there is none that of the plug-in with this name. Raises InputError if it fails."""
    if model.exists() or str(model) not in names(MODELS):
        return model
    return Path(_use(MODELS, str(model), lambda folder: folder()))


def open_sink(name: str, session: LiveSession) -> Listener:
    """A sink of a plug-in, for a session that has started. Raises InputError when it fails."""
    made: Listener = _use(SINKS, name, lambda make: make(session))
    return made


def close_sink(sink: Listener) -> None:
    """Closes it, where it has something to close. A bug in it is told and keeps nothing from ending."""
    close: Callable[[], None] | None = getattr(sink, "close", None)
    if close is not None:
        try:
            close()
        except Exception as error:  # noqa: BLE001 - somebody else's code
            log.warning("plug-in sink: closing: %s: %s", type(error).__name__, error)


def _use(group: str, name: str, work: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - what it is, the callers know
    made = load(group, name)
    try:
        return work(made)
    except D2MError as error:
        raise _kept(group, name, str(error)) from error
    except Exception as error:  # somebody else's code
        raise _kept(group, name, f"{type(error).__name__}: {error}") from error


def _kept(group: str, name: str, reason: str) -> InputError:
    reason = " ".join(reason.split())
    with _lock:
        _problems[group, name] = reason
    return InputError(f"the {GROUPS[group]} {name!r} of a plug-in does not work: {reason}; see docs/plugins.md")


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else entry.value
