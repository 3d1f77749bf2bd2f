"""Runs a training: one process, many GPUs, many machines; checkpoints, TensorBoard, run.json.

Lightning Fabric starts and joins the processes; what happens in a step is training.task's.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from d2m_bridge.errors import D2MError, InputError
from models.ranks import ranks, total_of_ranks
from training.batches import Share, load_batches
from training.checkpoint import load_checkpoint
from training.run_folder import REPORT_EVERY, RunFolder
from training.task import Task, take_step

if TYPE_CHECKING:
    from lightning.fabric import Fabric

PRECISIONS = ("32-true", "bf16-mixed")


@dataclasses.dataclass(frozen=True, slots=True)
class RunOptions:
    """What every trainer is told. A step learns from batch * accumulate * devices * nodes rows."""

    run: Path
    steps: int
    batch: int
    seed: int
    threads: int = 1
    devices: int = 1
    nodes: int = 1
    precision: str = "32-true"
    accumulate: int = 1

    @classmethod
    def of(cls, options: argparse.Namespace) -> RunOptions:
        """Those of a parser's options that every trainer has."""
        known = vars(options)
        return cls(**{field.name: known[field.name] for field in dataclasses.fields(cls) if field.name in known})


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}: a number from 1 on is expected")
    return value


def add_run_options(parser: argparse.ArgumentParser, steps: int, batch: int) -> None:
    """The options that every trainer has. steps, batch: the trainer's own defaults."""
    parser.add_argument("--run", type=Path, required=True, help="folder; goes on where a run left off")
    parser.add_argument("--steps", type=_positive, default=steps, help="where the run ends, not how many it adds")
    parser.add_argument("--batch", type=_positive, default=batch, help="rows on each device")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--devices", type=_positive, default=1, help="GPUs (without one: processes) of each machine")
    parser.add_argument("--nodes", type=_positive, default=1, help="machines; see docs/training.md")
    parser.add_argument("--precision", choices=PRECISIONS, default=PRECISIONS[0])
    parser.add_argument("--accumulate", type=_positive, default=1, help="batches that make one step")


@contextmanager
def one_line_errors() -> Iterator[None]:
    """For a trainer as a program: what is wrong with its input ends it with one line and code 2."""
    try:
        yield
    except (D2MError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def launch(options: RunOptions) -> Fabric:
    """Starts the other processes. Everything after this call happens in each of them, so call it first."""
    from lightning.fabric import Fabric
    from lightning.fabric.strategies import DDPStrategy

    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    strategy: DDPStrategy | str = "auto"
    if options.devices * options.nodes > 1:
        # Parts of a net come to stand still on the way; books and other buffers are kept alike by what they learn from.
        strategy = DDPStrategy(find_unused_parameters=True, broadcast_buffers=False)
    fabric = Fabric(
        accelerator="cuda" if torch.cuda.is_available() else "cpu",
        devices=options.devices,
        num_nodes=options.nodes,
        strategy=strategy,
        precision=options.precision,
    )
    fabric.launch()
    return fabric


def train(task: Task, fabric: Fabric, options: RunOptions, config: Mapping[str, object], data: list[Path]) -> None:
    """Trains up to options.steps, from the run's last checkpoint if it has one.

    config: all options, for run.json; data: files and folders that the rows come from. Raises InputError if the
    machines do not see the same run folder.
    """
    task.place(fabric, mixed=options.precision != PRECISIONS[0])
    last = options.run / "last.safetensors"
    step = int(load_checkpoint(last, task.modules, task.optimisers)["step"]) if last.exists() else 0
    if fabric.broadcast(step) != step:
        raise InputError(f"{last}: at step {step} here, at another on the first machine; use a folder that all share")
    share = Share(options.batch, options.accumulate, fabric.global_rank, fabric.world_size)
    on_gpu = fabric.device.type == "cuda"
    batches = load_batches(task.row, options.seed, share, range(step, options.steps), on_gpu=on_gpu)
    folder = None
    if fabric.is_global_zero:
        folder = RunFolder(options.run, task, step, options.steps)
        folder.begin(config, {"device": _name(fabric.device), "ranks": fabric.world_size}, data)
    while step < options.steps:
        parts = [fabric.to_device(part) for part in itertools.islice(batches, options.accumulate)]
        terms, outcome = take_step(task, options.seed, step, options.steps, parts)
        step += 1
        if step % REPORT_EVERY == 0 or step == options.steps:
            terms = _mean_of_ranks(terms)
        if folder is not None:
            folder.after(step, terms, outcome)
    if folder is not None:
        folder.save()
    fabric.barrier()  # a process that ends takes its machine's others with it


def _mean_of_ranks(terms: Mapping[str, Tensor]) -> dict[str, Tensor]:
    values = total_of_ranks(torch.stack(list(terms.values()))) / ranks()
    return dict(zip(terms, values, strict=True))


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
