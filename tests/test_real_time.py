"""Tests of real time that miss: tried again, and what their end says."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = """
import pytest
import tests.others
import tests.real_time

tries = []
tests.others.Others.cores = {cores}
tests.real_time.PAUSE_S = 0

@pytest.mark.real_time
def test_clock():
    tries.append(1)
    assert len(tries) >= {good}, f"missed at try {{len(tries)}}"

def test_other():
    assert {good} == 1
"""


@pytest.mark.parametrize(
    ("cores", "good", "said"),
    [
        (0.0, 1, "2 passed"),
        (0.0, 5, "1 failed, 1 passed, 4 rerun"),
        (0.0, 6, "2 failed, 4 rerun"),
        (0.9, 5, "1 failed, 1 passed, 4 rerun"),
        (0.9, 6, "1 failed, 1 skipped, 4 rerun"),
    ],
)
def test_a_miss_counts_when_it_was_ours_every_time(tmp_path, cores, good, said):
    (tmp_path / "test_it.py").write_text(CODE.format(cores=cores, good=good))
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "tests.real_time", "-p", "no:cacheprovider", "-c"]
    config = tmp_path / "pytest.ini"
    config.write_text("[pytest]\nmarkers = real_time: asks something of the clock\n")
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, config, tmp_path], env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert said in done.stdout.splitlines()[-1]
    assert ("others took 0.9 cores of this machine, and it missed: missed at try 5" in done.stdout) is (
        "skipped" in said
    )
