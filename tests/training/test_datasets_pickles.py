"""Pickles of published data: arrays come out, and nothing in them runs."""

import collections
import pickle

import numpy as np
import pytest

from d2m_bridge.errors import InputError
from training.datasets.pickles import load_arrays

ARRAYS = {
    "doubles": np.arange(24.0).reshape(2, 3, 4),
    "columns": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
    "big_endian": np.arange(5, dtype=">i4"),
    "empty": np.zeros((0, 17, 3)),
    "flags": np.array([True, False]),
    "bytes": np.arange(3, dtype=np.uint8),
    "scalar": np.float64(2.5),
    "nothing": None,
    "nested": [{"a": (np.ones(2), 3, "text")}],
}


class Evil:
    def __init__(self, call, *arguments):
        self.call, self.arguments = call, arguments

    def __reduce__(self):
        return self.call, self.arguments


def load(tmp_path, content, protocol=4):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content, protocol))
    return load_arrays(tmp_path / "a.pkl")


@pytest.mark.parametrize("protocol", range(6))
def test_arrays_come_out_as_they_went_in(tmp_path, protocol):
    out = load(tmp_path, ARRAYS, protocol)
    for name in ("doubles", "columns", "big_endian", "empty", "flags", "bytes"):
        assert np.array_equal(out[name], ARRAYS[name]) and out[name].shape == ARRAYS[name].shape
        out[name].setflags(write=True)
    assert out["scalar"] == 2.5 and out["nothing"] is None
    assert np.array_equal(out["nested"][0]["a"][0], [1, 1]) and out["nested"][0]["a"][1:] == (3, "text")


def test_the_names_of_older_numpy_are_known(tmp_path):
    content = pickle.dumps({"a": np.arange(3.0)}, 2).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert b"numpy.core" in content and b"numpy._core" not in content
    (tmp_path / "old.pkl").write_bytes(content)
    assert np.array_equal(load_arrays(tmp_path / "old.pkl")["a"], [0, 1, 2])


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", ["call", "inside"])
def test_a_call_in_a_pickle_is_refused_and_not_made(tmp_path, protocol, name):
    made = tmp_path / "made"
    evil = Evil(made.touch)
    with pytest.raises(InputError, match=r"neither an array nor a plain container"):
        load(tmp_path, evil if name == "call" else {"a": [np.ones(2), evil]}, protocol)
    assert not made.exists()


@pytest.mark.parametrize(
    "content",
    [
        {"a": np.array([{}, None], dtype=object)},
        {"a": np.zeros(2, dtype=[("x", "f8")])},
        {"a": np.array(["text"])},
        {"a": collections.OrderedDict(b=1)},
        {"a": {1, 2}},
        {"a": np.dtype("f8")},
        [np.ones(2)],
        np.ones(2),
    ],
    ids=["objects", "fields", "text", "ordered", "set", "dtype", "list", "array"],
)
def test_other_content_is_refused(tmp_path, content):
    with pytest.raises(InputError, match=r"a\.pkl: expected a"):
        load(tmp_path, content)


def test_every_truncation_is_one_line(tmp_path):
    whole = pickle.dumps({"a": np.arange(40.0), "b": "text"}, 4)
    for length in range(len(whole)):
        (tmp_path / "cut.pkl").write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"cut\.pkl"):
            load_arrays(tmp_path / "cut.pkl")


def test_damage_never_escapes_as_another_error(tmp_path):
    whole = bytearray(pickle.dumps({"a": np.arange(8.0)}, 4))
    rng = np.random.default_rng(0)
    for _ in range(400):
        damaged = bytearray(whole)
        damaged[rng.integers(len(whole))] = rng.integers(256)
        (tmp_path / "odd.pkl").write_bytes(damaged)
        try:
            load_arrays(tmp_path / "odd.pkl")
        except InputError:
            continue


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        load_arrays(tmp_path / "none.pkl")
