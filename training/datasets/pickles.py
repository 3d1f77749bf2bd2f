"""Pickles of published data, without running anything in them.

A pickle may name any function and have it called. Here it can name stand-ins for NumPy's arrays and nothing else: what
comes out are arrays of numbers in dicts, lists and tuples (the format: numpy.ndarray.__reduce_ex__, protocols 0 to 5).
"""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np

from d2m_bridge.errors import InputError

_NUMBERS = re.compile(r"[biuf]\d{1,2}")
_LARGEST_BYTES = 1 << 30  # fifty times the largest file of AIST++


class _Number:
    """Stands for numpy.dtype."""

    def __init__(self, code: str, align: bool = False, copy: bool = False) -> None:
        if not _NUMBERS.fullmatch(code):
            raise pickle.UnpicklingError(f"arrays of {code!r}")
        self._code, self._order = code, "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order = state[1]
        if order not in ("<", ">", "=", "|"):
            raise pickle.UnpicklingError(f"byte order {order!r}")
        self._order = order

    def dtype(self) -> np.dtype:
        return np.dtype(self._order + self._code)


class _Array:
    """Stands for numpy.ndarray."""

    value = np.zeros(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, number, in_columns, content = state
        self.value = np.ndarray(shape, number.dtype(), buffer=content, order="F" if in_columns else "C").copy()


def _new_array(kind: type, shape: tuple[int, ...], code: bytes) -> _Array:
    return _Array()


def _array_of(content: bytes, number: _Number, shape: tuple[int, ...], order: str) -> _Array:
    array = _Array()
    array.value = np.ndarray(shape, number.dtype(), buffer=content, order=order).copy()
    return array


def _scalar_of(number: _Number, content: bytes) -> float:
    return np.frombuffer(content, number.dtype())[0].item()


def _bytes_of(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"text in {encoding!r}")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    return b""


_KNOWN = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Number,
    # How protocols 0 to 2 say bytes.
    ("_codecs", "encode"): _bytes_of,
    ("__builtin__", "bytes"): _no_bytes,
}
for _core in ("numpy.core", "numpy._core"):
    _KNOWN |= {
        (f"{_core}.multiarray", "_reconstruct"): _new_array,
        (f"{_core}.multiarray", "scalar"): _scalar_of,
        (f"{_core}.numeric", "_frombuffer"): _array_of,
    }


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"{module}.{name}, which is neither an array nor a plain container")
        return _KNOWN[module, name]


def load_arrays(path: Path) -> dict[str, Any]:
    """The dict that a file of a data set holds. InputError if it cannot be read or holds anything but arrays of
    numbers, numbers, text, dicts, lists and tuples.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(f"{path}: expected a pickle of at most {_LARGEST_BYTES >> 20} MiB")
        with path.open("rb") as file:
            content = _plain(_Unpickler(file).load())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    # A damaged pickle may fail in any of the machine's steps.
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, LookupError, MemoryError) as error:
        raise InputError(f"{path}: expected a pickle of NumPy arrays, got {error or 'damaged data'}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a dict of arrays, got {type(content).__name__}")
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, _Array):
        return value.value
    if isinstance(value, dict):
        return {_plain(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_plain(entry) for entry in value)
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    raise pickle.UnpicklingError(f"a {type(value).__name__}")
