"""What the host remembers."""

from dataclasses import replace

import pytest

from d2m_bridge.errors import InputError
from plugin_host.settings import Settings, load_settings, save_settings, settings_path


def test_what_is_saved_is_loaded(tmp_path):
    settings = replace(
        Settings(), camera='My "best" cam\\1 ä 🎥', bpm=128.5, mirror=False, osc_in=9001, buffer_ms=650, sync="fixed"
    )
    save_settings(settings, tmp_path / "deep" / "host.toml")
    assert load_settings(tmp_path / "deep" / "host.toml") == settings


def test_without_a_file_they_are_the_usual_ones(home):
    assert load_settings(settings_path()) == Settings()
    assert settings_path().parent == home


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("camra = '0'", "unknown setting 'camra'"),
        ("camera = 0", "camera: expected str"),
        ("mirror = 1", "mirror: expected bool"),
        ("seed = true", "seed: expected int"),
        ("buffer_ms = 20", "expected 300 to 2000, got 20"),
        ("bpm = nan", "setting bpm"),
        ("sync = 'sun'", "setting sync"),
        ("camera = ", "cannot be read"),
        ("\udcff", "cannot be read"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_name(tmp_path, text, said):
    path = tmp_path / "host.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=said) as refusal:
        load_settings(path)
    assert str(path) in str(refusal.value)


def test_a_whole_number_will_do_for_a_tempo(tmp_path):
    path = tmp_path / "host.toml"
    path.write_text("bpm = 120")
    assert load_settings(path).bpm == 120
