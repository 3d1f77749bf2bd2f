from pathlib import Path

import pytest


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
