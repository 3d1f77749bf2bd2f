"""Tests marked real_time ask something of the clock: what misses is tried again, and where others had the machine even
the last time, a miss proves nothing and the test skips with what they took.
"""

import pytest

from tests.others import MUCH, Others

AGAIN = 4
PAUSE_S = 5  # other programs come and go
_others = pytest.StashKey[Others]()


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("real_time"):
            item.add_marker(pytest.mark.flaky(reruns=AGAIN, reruns_delay=PAUSE_S))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    item.stash[_others] = Others()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and item.get_closest_marker("real_time") and item.execution_count > AGAIN:
        cores = item.stash[_others].cores
        if cores > MUCH:
            missed = str(call.excinfo.value).partition("\n")[0]
            reason = f"Skipped: others took {cores:.1f} cores of this machine, and it missed: {missed}"
            report.outcome, report.longrepr = "skipped", (str(item.path), item.location[1], reason)
    return report
