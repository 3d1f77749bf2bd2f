"""A run's folder: checkpoints, event files for TensorBoard and run.json; and the lines on the console."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from training.board import Board
from training.checkpoint import save_checkpoint
from training.run_record import RunRecord
from training.task import Outcome, Task

CHECKPOINT_S = 300.0
REPORT_EVERY, CHECK_EVERY, SHOW_EVERY = 20, 100, 500  # steps


class RunFolder:
    """What the first rank does besides learning."""

    def __init__(self, run: Path, task: Task, step: int, steps: int) -> None:
        """step: where the run begins or goes on; steps: where it ends."""
        run.mkdir(parents=True, exist_ok=True)
        self._run, self._task, self._step, self._steps = run, task, step, steps
        self._record, self._board = RunRecord(run), Board(run, step)
        self._began, self._from_step, self._saved = time.monotonic(), step, time.monotonic()
        self._figures: dict[str, dict[str, float]] = {}

    def begin(self, config: Mapping[str, object], where: Mapping[str, object], data: list[Path]) -> None:
        """Writes down how the run is done: all options, the machine, the files and folders that it learns from."""
        values = {key: str(value) if isinstance(value, Path) else value for key, value in config.items()}
        self._record.begin(self._step, values, where, data)

    def after(self, step: int, terms: Mapping[str, Tensor], outcome: Outcome) -> None:
        """Reports, shows and saves when it is time. terms: those of the whole batch when it is time to report."""
        self._step = step
        end = step == self._steps
        if step % REPORT_EVERY == 0 or end:
            self._report("loss", terms)
        if step % CHECK_EVERY == 0 or end:
            self._report("val", self._task.check())
        if step % SHOW_EVERY == 0 or end:
            self._task.show(self._board, outcome, step)
        if time.monotonic() - self._saved > CHECKPOINT_S:
            self.save()

    def _report(self, group: str, terms: Mapping[str, Tensor]) -> None:
        if not terms:
            return
        self._figures[group] = {name: value.item() for name, value in terms.items()}
        self._board.scalars(group, self._figures[group], self._step)
        shown = (f"{name} {value:.3f}" for name, value in self._task.summary(self._figures[group]).items())
        print(self._step, f"{time.monotonic():.0f}", group, *shown, flush=True)

    def save(self) -> None:
        """Checkpoint, event files and figures: nothing is lost from here on."""
        task = self._task
        save_checkpoint(
            self._run / "last.safetensors", task.modules, task.optimisers, {"step": self._step, **task.facts}
        )
        self._board.flush()
        self._saved = time.monotonic()
        speed = (self._step - self._from_step) / (self._saved - self._began)
        self._record.figures({"step": self._step, "steps_per_s": round(speed, 4), **self._figures})
