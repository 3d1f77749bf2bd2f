import socket
from pathlib import Path

import pytest

pytest_plugins = ["tests.real_time"]


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported model with random weights."""
    from tests.models_folder import export_untrained

    return export_untrained(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def models(model_folder: Path):
    """The same, loaded."""
    from d2m_bridge.engine.graphs import load_models

    return load_models(model_folder, "cpu")


@pytest.fixture
def d2m(model_folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The command line, seeing a made-up dancer; the settings of the person who runs the tests do not count."""
    from tests.command_line import CommandLine
    from tests.estimators import MadeUpDancer

    command_line = CommandLine(model_folder, capfd, monkeypatch)
    command_line.see(MadeUpDancer)
    monkeypatch.setattr("d2m_bridge.cli.settings_path", lambda: tmp_path / "no settings.toml")
    return command_line


@pytest.fixture
def udp_receiver():
    """A bound UDP socket on this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(30)
        yield opened
