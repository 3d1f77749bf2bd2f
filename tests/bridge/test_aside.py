import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from d2m_bridge.aside import ask

ROOT = Path(__file__).parents[2]


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module that can be asked; returns its name."""

    def write(code):
        (tmp_path / "asked.py").write_text(textwrap.dedent(code))
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
        return "asked"

    return write


def test_another_process_answers_and_has_less_claim_to_the_processor(module):
    name = module("""
        import os
        from d2m_bridge.aside import answer
        before = os.nice(0)
        def find():
            print("what a library says does not count")
            return {"process": os.getpid(), "nicer_by": os.nice(0) - before}
        answer(find)
    """)
    said = ask(name, "no")
    assert said["nicer_by"] > 0 and said["process"] != os.getpid()


def test_what_cannot_be_found_is_one_line(module):
    name = module("""
        from d2m_bridge.aside import answer
        from d2m_bridge.errors import InputError
        def find():
            raise InputError("there is nothing; plug it in")
        answer(find)
    """)
    assert ask(name, "no") == {"error": "there is nothing; plug it in"}


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "print('no JSON')", "import os; os.abort()"])
def test_an_answer_that_does_not_come_is_one_line_too(module, code):
    assert ask(module(code), "it cannot be listed; restart it")["error"].startswith("it cannot be listed; restart it (")


def test_midi_ports_are_not_looked_for_in_this_process():
    """Python-rtmidi keeps Python's lock for as long as it looks: the window would stand still."""
    code = textwrap.dedent("""
        import sys
        from d2m_bridge.errors import InputError
        from d2m_bridge.sync.midi_ports import list_ports
        try:
            list_ports()
        except InputError:
            pass  # a machine without a MIDI system
        assert "rtmidi" not in sys.modules
    """)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)
