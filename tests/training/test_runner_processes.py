"""A training that is killed, and one that is repeated from what its folder says."""

import json
import shlex
import signal
import subprocess
import sys

from tests.small_codec import curve, in_a_process, in_this_process, largest_difference


def test_a_killed_run_that_goes_on_ends_where_an_undisturbed_one_does(tmp_path):
    """It dies in the middle of step 6 and has its last checkpoint from step 3."""
    undisturbed, run = tmp_path / "undisturbed", tmp_path / "killed"
    in_this_process("--run", undisturbed)
    killed = in_a_process("--run", run, "--save-until", 3, "--die-at", 5)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    in_this_process("--run", run)
    assert [session["from_step"] for session in json.loads((run / "run.json").read_text())["sessions"]] == [0, 3]
    assert largest_difference(undisturbed, run) == 0
    assert (curve(run) == curve(undisturbed)).all()


def test_a_runs_folder_says_how_to_repeat_it(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    done = in_a_process("--run", first, "--batch", 3, "--steps", 2, "--seed", 7)
    assert done.returncode == 0, done.stderr
    facts = json.loads((first / "run.json").read_text())
    python, flag, module, *arguments = shlex.split(facts["sessions"][0]["command"])
    assert (python, flag, module) == ("python", "-m", "tests.small_codec")
    arguments[arguments.index(str(first))] = str(second)
    in_this_process(*arguments)
    assert largest_difference(first, second) == 0
    assert facts["figures"]["step"] == 2
    assert facts["figures"]["loss"] == json.loads((second / "run.json").read_text())["figures"]["loss"]


def test_a_corpus_that_is_not_there_is_one_line_and_code_2(tmp_path):
    command = [sys.executable, "-m", "training.train_codec", "--corpus", tmp_path / "none", "--data", tmp_path]
    ended = subprocess.run([*command, "--run", tmp_path / "run"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and str(tmp_path / "none") in ended.stderr
