"""Which pose estimator looks: MediaPipe, or one of a plug-in."""

from __future__ import annotations

from collections.abc import Callable

from d2m_bridge import plugins
from d2m_bridge.pose.estimator import PoseEstimator
from d2m_bridge.pose.sources import Progress
from d2m_bridge.providers import Device


def pose_opener(name: str, device: Device, progress: Progress, *, live: bool = False) -> Callable[[], PoseEstimator]:
    """What opens it. name: "" is MediaPipe, whose model is fetched when it is not there.

    progress: as in pose.fetch. live: it must never stop to think. Raises ModelError or InputError when it cannot be
    had.
    """
    if name:
        plugins.load(plugins.POSE, name)
        return lambda: plugins.open_pose(name, device)
    from d2m_bridge.pose.fetch import fetch_pose_model
    from d2m_bridge.pose.mediapipe_pose import MediaPipePose

    path = fetch_pose_model(progress)
    return lambda: MediaPipePose(path, device=device, reserve=live)
