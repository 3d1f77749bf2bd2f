"""A real application without a screen; where Qt or its system libraries are missing these tests skip."""

import os
import time

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def application():
    """The one QApplication of the process, in the theme's clothes."""
    widgets = pytest.importorskip(
        "PyQt6.QtWidgets", reason="PyQt6, libegl1, libgl1 or libxkbcommon0 is missing", exc_type=ImportError
    )
    from plugin_host import theme

    made = widgets.QApplication.instance() or widgets.QApplication(["d2m-host"])
    theme.dress(made)
    return made


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Folders of the program of its own."""
    monkeypatch.setenv("D2M_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def wait_for(application):
    """Runs the event loop until something is so."""
    from PyQt6.QtTest import QTest

    def wait(is_so, seconds=20.0):
        until = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < until, "it did not come to be so"
            QTest.qWait(10)

    return wait
