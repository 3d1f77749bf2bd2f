from pathlib import Path

from d2m_bridge import paths


def test_the_environment_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    assert paths.models_dir() == tmp_path / "models"


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv(paths.HOME_VARIABLE, "~/d2m")
    assert paths.models_dir() == Path.home() / "d2m" / "models"


def test_without_it_the_folder_is_the_users_own_and_is_not_made(monkeypatch, tmp_path):
    monkeypatch.delenv(paths.HOME_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert "d2m" in paths.models_dir().parts
    assert list(tmp_path.iterdir()) == []
