"""The real pose model and the sample dance, for tests that look at pictures."""

from functools import cache
from itertools import islice
from pathlib import Path

import av
import pytest

from d2m_bridge.errors import ModelError
from d2m_bridge.pose.fetch import fetch_pose_model
from d2m_bridge.timeline import Frame

SAMPLE = Path(__file__).parents[1] / "examples" / "dancer.mp4"


def pose_model() -> Path:
    """The pose model from the user's cache, fetched if need be; the test is skipped where no source is in reach."""
    found = _fetched()
    if isinstance(found, ModelError):
        pytest.skip(str(found))
    return found


@cache
def _fetched() -> Path | ModelError:
    try:
        return fetch_pose_model(lambda stage, done, total: None)
    except ModelError as error:
        return error


@cache
def sample_frames(count: int) -> tuple[Frame, ...]:
    """The first frames of examples/dancer.mp4."""
    with av.open(str(SAMPLE)) as container:
        pictures = islice(container.decode(video=0), count)
        return tuple(Frame(i, p.time, p.to_ndarray(format="rgb24")) for i, p in enumerate(pictures))
