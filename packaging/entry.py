"""What the bundle starts: the window, or with `-m MODULE` one of our own modules, as a Python would.

The window starts processes of its own (renders, the sound device) as `PYTHON -m MODULE`; in a bundle it is PYTHON.
"""

import multiprocessing
import runpy
import sys


def main() -> int:
    """The exit code."""
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2 and sys.argv[2].partition(".")[0] in ("d2m_bridge", "plugin_host"):
        del sys.argv[:2]  # the module's name takes the place of the program's
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        return 0
    from plugin_host.app import main as run_window

    return run_window()


if __name__ == "__main__":
    sys.exit(main())
