import gc
import subprocess
import sys
import weakref

import pytest

from d2m_bridge.memory import keep_loaded

# Threads that come and go with blocks of many sizes, as pictures and pieces of recordings do.
PROGRAM = """
import sys, threading
from pathlib import Path
from d2m_bridge.memory import keep_flat
if sys.argv[1] == "flat":
    keep_flat()
import numpy as np

def work(seed):
    random = np.random.default_rng(seed)
    kept = [np.ones(100, np.uint8) for _ in range(10)]
    for _ in range(60):
        large = [np.ones(int(random.integers(300_000, 3_000_000)), np.uint8) for _ in range(3)]
        kept[int(random.integers(10))] = np.ones(int(random.integers(100, 50_000)), np.uint8)
        del large

threads = [threading.Thread(target=work, args=(n,)) for n in range(24)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(int(Path("/proc/self/statm").read_text().split()[1]) * 4)
"""


def resident_kb(how):
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_large_blocks_of_many_threads_are_given_back():
    assert resident_kb("flat") < resident_kb("as it was") - 5_000


class Ring:
    """Refers to itself: only the collector can free it."""

    def __init__(self):
        self.me = self


def test_the_collector_leaves_what_is_loaded_alone_until_the_next_loading():
    try:
        ring = Ring()
        gone = weakref.ref(ring)
        keep_loaded()
        frozen = gc.get_freeze_count()
        assert frozen > 10_000
        del ring
        gc.collect()
        assert gone() is not None and gc.get_freeze_count() == frozen
        keep_loaded()
        assert gone() is None
    finally:
        gc.unfreeze()
