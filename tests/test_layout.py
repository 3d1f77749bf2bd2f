"""What an install puts into somebody's environment, and what an import loads."""

import importlib.util
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from models.audio_encoder_file import AUDIO_ENCODER

ROOT = Path(__file__).parent.parent
INSTALLED = {"d2m_bridge", "plugin_host"}
CHECKOUT_ONLY = {"models", "export", "training"}
HELP_LIMIT_S = 0.5
IMPORT_ALL = """
import importlib, pkgutil, sys
import d2m_bridge
for module in pkgutil.walk_packages(d2m_bridge.__path__, "d2m_bridge."):
    importlib.import_module(module.name)
print(*sys.modules)
"""


def run(*arguments, cwd=ROOT):
    return subprocess.run(arguments, cwd=cwd, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with the wheel and the source distribution, built from a copy of this checkout."""
    copy = tmp_path_factory.mktemp("copy") / "d2m"
    copy.mkdir()
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, copy)
    for name in [*INSTALLED, *CHECKOUT_ONLY, "tests", "docs", "examples"]:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = "import setuptools.build_meta as b; b.build_sdist('dist'); b.build_wheel('dist')"
    run(sys.executable, "-c", build, cwd=copy)
    return copy / "dist"


def test_the_wheel_holds_the_runtime_and_the_host_only(built):
    (wheel,) = built.glob("*.whl")
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == INSTALLED
    assert len(tops) == len(INSTALLED) + 1


def test_the_wheel_holds_every_asset_that_plays_and_the_licence(built):
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for asset in (ROOT / "d2m_bridge" / "assets").iterdir():
        assert (f"d2m_bridge/assets/{asset.name}" in names) == (asset.name != AUDIO_ENCODER)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_distribution_is_the_whole_work(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    for folder in [*INSTALLED, *CHECKOUT_ONLY]:
        for path in (ROOT / folder).rglob("*.py"):
            assert path.relative_to(ROOT).as_posix() in names
    assert f"d2m_bridge/assets/{AUDIO_ENCODER}" in names
    assert {"tests/test_layout.py", "Makefile", "constraints.txt", "CHANGELOG.md"} <= names


@pytest.mark.parametrize("name", sorted(CHECKOUT_ONLY))
def test_the_torch_side_is_the_one_of_this_checkout(name):
    assert Path(importlib.util.find_spec(name).origin).parent == ROOT / name


@pytest.mark.parametrize("code", ["import sys, d2m_bridge; print(*sys.modules)", IMPORT_ALL], ids=["root", "all"])
def test_importing_the_runtime_loads_neither_torch_nor_qt(code):
    loaded = set(run(sys.executable, "-c", code).split())
    assert "d2m_bridge" in loaded
    assert not loaded & {"torch", "PyQt6"}


def test_help_answers_at_once():
    durations = []
    for _ in range(3):
        start = time.monotonic()
        assert "render" in run(sys.executable, "-m", "d2m_bridge", "--help")
        durations.append(time.monotonic() - start)
    assert min(durations) < HELP_LIMIT_S
