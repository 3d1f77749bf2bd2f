"""Where the ONNX graphs run: on CUDA if it really works here, else on the CPU. Knows nothing of what the graphs do."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import io
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from d2m_bridge.errors import DeviceError, ModelError

if TYPE_CHECKING:
    import onnxruntime

Device = Literal["auto", "cpu", "cuda"]
Providers = Sequence[str | tuple[str, dict[str, str]]]

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
# TF32 and timed choice of kernels make results differ by more than a nearest-code decision bears.
CUDA_OPTIONS = {"use_tf32": "0", "cudnn_conv_algo_search": "DEFAULT"}
ON_CUDA: Providers = [(CUDA, CUDA_OPTIONS), CPU]
# An ONNX graph of one node, y = Abs(x), float32 [1].
PROBE = (
    b'\x08\x08:6\n\x0b\n\x01x\x12\x01y"\x03Abs\x12\x05probeZ\x0f\n\x01x\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01'
    b"b\x0f\n\x01y\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\x11"
)
# What onnxruntime logs by default: warnings and worse; and nothing but fatal errors.
SEVERITY_DEFAULT, SEVERITY_FATAL = 2, 4

logger = logging.getLogger(__name__)


def open_session(model: bytes | str | Path, device: Device = "auto", threads: int = 1) -> onnxruntime.InferenceSession:
    """An inference session on the device asked for; auto takes CUDA where a session really runs on it, else the CPU.

    model: an ONNX graph or the path of one. threads: CPU threads inside one operator; operators run one after another.
    The first session on a device is logged at INFO. Raises DeviceError if device is cuda and CUDA does not work here,
    ModelError if the model cannot be loaded.
    """
    problem = None if device == "cpu" else cuda_problem()
    if device == "cuda" and problem is not None:
        raise DeviceError(
            f"cuda: {problem}; install the NVIDIA driver and pip install 'd2m[cuda]', or use --device cpu"
        )
    session = _load(model, threads, [CPU] if device == "cpu" or problem is not None else ON_CUDA)
    _log_once("CUDA" if CUDA in session.get_providers() else "the CPU", problem)
    return session


@functools.cache
def cuda_problem() -> str | None:
    """Why CUDA cannot be used here, in one line; None if a session really runs on it. Probed once."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return "there is no NVIDIA driver on this machine"
    import onnxruntime

    # The library says on both streams what it misses; the caller hears it once, from us.
    with contextlib.redirect_stdout(io.StringIO()) as said:
        onnxruntime.preload_dlls()
    logger.debug("onnxruntime.preload_dlls: %s", said.getvalue().strip() or "nothing missing")
    onnxruntime.set_default_logger_severity(SEVERITY_FATAL)
    try:
        # The list of providers that onnxruntime offers says nothing; the list of a session is the truth.
        works = CUDA in _load(PROBE, 1, ON_CUDA).get_providers()
    except ModelError as error:
        logger.debug("the CUDA probe failed: %s", error)
        works = False
    finally:
        onnxruntime.set_default_logger_severity(SEVERITY_DEFAULT)
    if works:
        return None
    return "onnxruntime finds an NVIDIA driver but no CUDA and cuDNN that it can use"


@functools.cache
def _log_once(where: str, problem: str | None) -> None:
    logger.info("models run on %s%s", where, "" if problem is None else f" ({problem})")


def _load(model: bytes | str | Path, threads: int, providers: Providers) -> onnxruntime.InferenceSession:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    bad_file = (state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NoSuchFile)
    bad_place = (state.EPFail, state.Fail, state.NotImplemented, state.RuntimeException)
    try:
        return onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model), options, providers=providers
        )
    except (*bad_file, *bad_place) as error:
        name = "the model" if isinstance(model, bytes) else str(model)
        reason = " ".join(str(error).split())
        raise ModelError(f"{name}: not an ONNX graph that can run here ({reason}); install d2m again") from error
