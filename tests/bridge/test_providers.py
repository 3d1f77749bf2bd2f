import logging
import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from d2m_bridge import providers
from d2m_bridge.errors import DeviceError, ModelError


@pytest.fixture
def model():
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "twice", value[:1], value[1:])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made.SerializeToString()


@pytest.fixture
def fresh():
    """What is decided or said once per process is decided and said anew."""
    for once in (providers.cuda_problem, providers._log_once):
        once.cache_clear()
    yield
    for once in (providers.cuda_problem, providers._log_once):
        once.cache_clear()


def test_bytes_and_path_run_alike(model, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(model)
    x = np.arange(7, dtype=np.float32)
    for source in (model, path, str(path)):
        np.testing.assert_array_equal(providers.open_session(source, "cpu").run(None, {"x": x})[0], 2 * x)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_cpu_session_is_deterministic(model, threads):
    session = providers.open_session(model, "cpu", threads)
    options = session.get_session_options()
    assert session.get_providers() == ["CPUExecutionProvider"]
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (threads, 1)
    assert options.use_deterministic_compute
    assert options.execution_mode.name == "ORT_SEQUENTIAL"


def test_auto_takes_what_the_probe_says(model):
    expected = "CPUExecutionProvider" if providers.cuda_problem() else "CUDAExecutionProvider"
    assert providers.open_session(model, "auto").get_providers()[0] == expected


def test_the_place_is_logged_once(model, fresh, caplog):
    caplog.set_level(logging.INFO, logger=providers.__name__)
    for _ in range(3):
        providers.open_session(model, "auto")
    said = [r.getMessage() for r in caplog.records if r.levelno == logging.INFO]
    assert len(said) == 1
    assert said[0].startswith("models run on ")


@pytest.mark.skipif(providers.cuda_problem() is None, reason="CUDA works on this machine")
def test_cuda_is_refused_where_it_does_not_work(model):
    with pytest.raises(DeviceError, match="--device cpu") as caught:
        providers.open_session(model, "cuda")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(providers.cuda_problem() is None, reason="CUDA works on this machine")
def test_a_driver_alone_is_not_believed(model, fresh, monkeypatch, capfd):
    monkeypatch.setattr(providers.ctypes, "CDLL", lambda name: None)
    assert providers.open_session(model, "auto").get_providers() == ["CPUExecutionProvider"]
    with pytest.raises(DeviceError, match="no CUDA and cuDNN"):
        providers.open_session(model, "cuda")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("damaged", [b"", b"words", b"\x08\x08:6"])
def test_a_damaged_model_is_one_clear_line(damaged, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(damaged)
    for source in (damaged, path, tmp_path / "missing.onnx"):
        with pytest.raises(ModelError) as caught:
            providers.open_session(source, "cpu")
        assert "\n" not in str(caught.value)


def test_nothing_is_said_on_the_streams_of_a_process(model, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(model)
    code = f"from d2m_bridge.providers import open_session; open_session({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
