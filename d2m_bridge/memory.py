"""Keeps the memory of a program flat that runs for hours with many threads."""

from __future__ import annotations

import ctypes
import gc
import sys

# glibc, malloc.h
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_LARGE_BYTES = 256 * 1024
_ARENAS = 4


def keep_flat() -> None:
    """Once, before the threads begin. Does something with glibc only; other allocators have no such habit.

    glibc gives every thread an arena of its own, and puts ever larger blocks into them once it has seen such a block
    freed: pictures and pieces of recordings then leave holes that are never given back.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_M_ARENA_MAX, _ARENAS)


def keep_loaded() -> None:
    """What is there by now is taken to stay: the collector looks at it no more. Before time counts, and as often as
    something else has been loaded.

    A look at all objects of a session takes 40 ms and more, in which no other thread runs a line of Python.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
