"""What the program asks of a pose estimator."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from d2m_bridge.timeline import Frame, Pose


class PoseEstimator(Protocol):
    """Finds the people in pictures that come in order of time. Used as a context manager, so that it is closed."""

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        """Everyone seen in the frame, in no fixed order, with person = 0; empty if nobody is. Blocks until done."""
        ...

    def close(self) -> None:
        """Frees the model. A second call does nothing; estimate() after it raises ValueError."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
