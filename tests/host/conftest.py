"""A real application without a screen; where Qt or its system libraries are missing these tests skip."""

import os
import socket
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


@pytest.fixture(scope="module")
def make_host(application, tmp_path_factory, model_folder):
    """Hosts with settings of their own; they end with the module."""
    from tests.hosts import ROOT, Host

    made = []

    def make(**settings):
        made.append(Host(tmp_path_factory.mktemp("host"), model_folder, **settings))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("D2M_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        yield make
        for host in made:
            host.end()


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Four seconds of video."""
    from tests.media import moving_square, write_video

    return write_video(tmp_path_factory.mktemp("clip") / "dance.mp4", moving_square(100))


@pytest.fixture(scope="module")
def osc_port():
    """A free UDP port of this machine, on which the host listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def one_host(make_host, clip, osc_port):
    """Opening takes seconds: one for all tests of a module."""
    made = make_host(camera=str(clip), osc_in=osc_port)
    made.window.open_session()
    return made


@pytest.fixture
def host(one_host, wait_for):
    """Its controls stand as at the beginning."""
    wait_for(lambda: one_host.controller.is_open, 60)
    one_host.rest()
    return one_host
