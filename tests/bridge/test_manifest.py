import dataclasses
import hashlib
import json

import pytest

from d2m_bridge.errors import InputError, ModelError
from d2m_bridge.manifest import GRAPHS, Graph, Manifest, StyleEntry, load_manifest, read_graph

MANIFEST = Manifest(
    format=1, name="small", licence="CC0-1.0", sample_rate=44100, hop=1024, block_frames=4, delay_samples=2560,
    look_ahead_frames=2, tonal_window=4096, tonal_bins=512, books=2, noise=4, embedding=16, motion_rate_hz=30.0,
    motion_features=("a.x", "a.y"), visual_features=("brightness",),
    styles=(StyleEntry("house", "minor"), StyleEntry("lock", "mixolydian")),
    graphs={name: Graph(f"{name}.onnx", hashlib.sha256(name.encode()).hexdigest(), 8) for name in GRAPHS},
)  # fmt: skip


def written(folder, **changes):
    facts = json.loads(MANIFEST.to_json()) | changes
    facts = {key: value for key, value in facts.items() if value is not ...}
    (folder / "manifest.json").write_text(json.dumps(facts))
    return folder


def test_what_is_written_is_read_back(tmp_path):
    (tmp_path / "manifest.json").write_text(MANIFEST.to_json())
    assert load_manifest(tmp_path) == MANIFEST


def test_every_field_survives(tmp_path):
    read = load_manifest(written(tmp_path))
    for field in dataclasses.fields(Manifest):
        assert type(getattr(read, field.name)) is type(getattr(MANIFEST, field.name))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 2}, "expected manifest format 1, got 2"),
        ({"format": ...}, "expected manifest format 1, got None"),
        ({"hop": ...}, "keys missing or unknown: hop"),
        ({"colour": "red"}, "keys missing or unknown: colour"),
        ({"styles": [{"name": "house"}]}, "mode"),
        ({"graphs": {}}, "expected the graphs encoder"),
        ({"graphs": {name: {"file": "x"} for name in GRAPHS}}, "sha256"),
    ],
)
def test_a_manifest_of_another_kind_is_refused_in_one_line(tmp_path, changes, words):
    with pytest.raises(ModelError, match=words) as caught:
        load_manifest(written(tmp_path, **changes))
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "manifest.json") in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', "null"])
def test_text_that_is_no_manifest_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ModelError, match=r"manifest\.json"):
        load_manifest(tmp_path)


def test_a_folder_without_a_manifest_is_named(tmp_path):
    with pytest.raises(ModelError, match="no model there"):
        load_manifest(tmp_path / "nowhere")


def test_a_style_stands_where_the_manifest_has_it():
    assert [MANIFEST.style_index(name) for name in ("house", "lock")] == [0, 1]


@pytest.mark.parametrize("name", ["", "House", "polka"])
def test_an_unknown_style_names_the_known(name):
    with pytest.raises(InputError, match="house, lock"):
        MANIFEST.style_index(name)


def test_a_graph_is_read_only_if_it_is_the_one_that_is_meant(tmp_path):
    (tmp_path / "encoder.onnx").write_bytes(b"encoder")
    assert read_graph(tmp_path, MANIFEST.graphs["encoder"]) == b"encoder"
    (tmp_path / "encoder.onnx").write_bytes(b"encoder.")
    with pytest.raises(ModelError, match=r"encoder\.onnx: wrong file: expected sha256 [0-9a-f]{12}…, got"):
        read_graph(tmp_path, MANIFEST.graphs["encoder"])


def test_a_missing_graph_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"decoder\.onnx: No such file"):
        read_graph(tmp_path, MANIFEST.graphs["decoder"])
