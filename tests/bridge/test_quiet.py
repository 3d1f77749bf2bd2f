import os
import sys

import pytest

from d2m_bridge.pose.quiet import quiet_native_log

CHATTER = [
    b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n",
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    b"W0000 00:00:1795355998.379770   17720 inference_feedback_manager.cc:114] Feedback manager requires a model.\n",
]


@pytest.mark.parametrize("line", CHATTER)
def test_chatter_is_dropped(capfd, line):
    with quiet_native_log():
        os.write(2, line)
    assert capfd.readouterr().err == ""


def test_errors_and_what_others_write_come_through(capfd):
    with quiet_native_log():
        os.write(2, b"E0000 00:00:1795355998.379770   17720 graph.cc:1] it broke\n")
        print("a warning of ours", file=sys.stderr)
    assert sorted(capfd.readouterr().err.splitlines()) == [
        "E0000 00:00:1795355998.379770   17720 graph.cc:1] it broke",
        "a warning of ours",
    ]


def test_an_exception_leaves_stderr_as_it_was(capfd):
    with pytest.raises(KeyError), quiet_native_log():
        raise KeyError
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"
