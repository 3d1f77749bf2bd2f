"""The command line inside this process, with a made-up dancer in place of the pose model."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from d2m_bridge.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command ended with. err: lines of stderr."""

    code: int
    out: str
    err: list[str]


class CommandLine:
    """Calls d2m as a shell would."""

    def __init__(self, model: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.model, self._capfd, self._monkeypatch = model, capfd, monkeypatch

    def see(self, open_estimator: Callable[[], object]) -> None:
        """What the pose model sees from now on."""
        self._monkeypatch.setattr("d2m_bridge.pose.mediapipe_pose.MediaPipePose", lambda *_, **__: open_estimator())
        self._monkeypatch.setattr("d2m_bridge.pose.fetch.fetch_pose_model", lambda progress: Path("no-model-needed"))

    def __call__(self, *arguments: object) -> Outcome:
        self._capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        captured = self._capfd.readouterr()
        return Outcome(code, captured.out, captured.err.splitlines())

    def render(self, *arguments: object) -> Outcome:
        """`d2m render` with the untrained model."""
        return self("render", "--model", self.model, *arguments)
