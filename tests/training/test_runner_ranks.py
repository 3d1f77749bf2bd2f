"""A training in two processes at once, joined by Lightning and gloo as two machines or GPUs would be."""

import json

import pytest

from tests.small_codec import curve, in_a_process, in_this_process, largest_difference


def test_two_processes_give_the_curve_of_one_with_twice_the_batch(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    in_this_process("--run", one, "--batch", 4)
    done = in_a_process("--run", two, "--batch", 2, "--devices", 2)
    assert done.returncode == 0, done.stderr
    assert json.loads((two / "run.json").read_text())["sessions"][0]["where"]["ranks"] == 2
    assert curve(two) == pytest.approx(curve(one), rel=0.01, abs=1e-4)
    # Books, average and both optimisers too; another order of sums, and Adam makes the most of small gradients.
    assert largest_difference(one, two) < 1e-3
