"""A codec small enough to be trained in seconds, on sounds made here; also a program, for processes of their own.

python -m tests.small_codec --run DIR --steps 8 --batch 2 [--save-until 3 --die-at 5]
"""

import argparse
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from d2m_bridge.engine.excitation import Pulse
from tests.models_folder import SMALL
from training import run_folder, runner
from training.audio_data import AudioSampler, Voices
from training.train_codec import CodecTask, tonal_clock

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 600  # many times what a busy machine needs
FRAMES = 14
SAMPLES = 3 * SMALL.sample_rate


def songs():
    """Two songs: noise instead of drums, tones at very different levels, one stem without pulses."""
    t = np.arange(SAMPLES) / SMALL.sample_rate
    for number, hertz in enumerate((110.0, 146.8)):
        noise = np.random.default_rng(number).normal(0, 0.2, SAMPLES) * np.exp(-8 * (t % 0.5))
        tones = [level * np.sin(2 * np.pi * k * hertz * t) for k, level in ((0.5, 0.8), (2, 0.05), (4, 0.3))]
        audio = (np.stack([noise, *tones]) * 32767).astype(np.int16)
        yield Voices(audio, ([], [Pulse(hertz / 2, 0)], [Pulse(2 * hertz, 0)], []))


def small_task(task_type=CodecTask):
    foreign = (np.random.default_rng(9).normal(0, 0.1, SAMPLES) * 32767).astype(np.int16)
    task = task_type(SMALL, AudioSampler(list(songs()), [foreign], tonal_clock(SMALL)), FRAMES)
    task.net.quantizer.counts.fill_(0.0201)  # entries that nothing is near to die at once, and are replaced by chance
    return task


def shown(path):
    """What TensorBoard would show of a run, or of one of its event files."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(path), size_guidance={"scalars": 0, "audio": 0, "images": 0})
    events.Reload()
    return events


def curve(run):
    """float [steps, terms]: the loss terms of a run, by name; 0 where a term has not joined yet."""
    found = {}
    # TensorBoard orders files by the second in which they began; runs as short as these begin twice in one.
    for path in sorted(run.glob("events.*"), key=lambda path: path.stat().st_mtime_ns):
        events = shown(path)
        for tag in events.Tags()["scalars"]:
            found.setdefault(tag, {}).update({event.step: event.value for event in events.Scalars(tag)})
    last = max(max(steps) for steps in found.values())
    return np.array([[found[tag].get(step, 0.0) for tag in sorted(found)] for step in range(1, 1 + last)])


def largest_difference(run, other):
    """Of any number in the two runs' checkpoints: nets, average, books, both optimisers."""
    ours, theirs = (load_file(folder / "last.safetensors") for folder in (run, other))
    assert ours.keys() == theirs.keys()
    return max((ours[key].double() - theirs[key].double()).abs().max().item() for key in ours)


def in_a_process(*arguments):
    """Runs this program in a process of its own, or in as many as --devices says; gives it when it has ended."""
    command = [sys.executable, "-m", "tests.small_codec", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S)


def in_this_process(*arguments):
    """Runs this program where the libraries are loaded already; leaves their settings as they were."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((run_folder, "CHECKPOINT_S"), (run_folder, "REPORT_EVERY"), (runner, "REPORT_EVERY")):
            patch.setattr(module, name, getattr(module, name))
        main([str(argument) for argument in arguments])


class Doomed(CodecTask):
    """Dies in the middle of a step, as by kill -9, and had its last checkpoint some steps before."""

    save_until = die_at = math.inf

    def survey(self, parts):
        if self.step >= self.save_until:
            run_folder.CHECKPOINT_S = math.inf
        if self.step >= self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().survey(parts)

    def schedule(self, step, steps):
        self.step = step
        return super().schedule(step, steps)


def main(arguments=None):
    parser = argparse.ArgumentParser()
    runner.add_run_options(parser, steps=8, batch=2)
    parser.add_argument("--save-until", type=float, default=math.inf)
    parser.add_argument("--die-at", type=float, default=math.inf)
    parsed = parser.parse_args(arguments)
    run_folder.CHECKPOINT_S = 0.0
    run_folder.REPORT_EVERY = runner.REPORT_EVERY = 1
    options = runner.RunOptions.of(parsed)
    fabric = runner.launch(options)
    task = small_task(Doomed)
    task.save_until, task.die_at = parsed.save_until, parsed.die_at
    runner.train(task, fabric, options, vars(parsed), [])


if __name__ == "__main__":
    main()
