"""The program itself, whose renders see a made-up dancer: run and killed by a test.

host_app.py DELAY_S ARGUMENT...: how long each look takes, and what the program is called with.
"""

import sys
from functools import partial
from pathlib import Path

import plugin_host.offline.runner as runner
from plugin_host import app

worker = (sys.executable, str(Path(__file__).parent / "render_worker.py"), sys.argv[1])
runner.Runner = partial(runner.Runner, worker=worker)
sys.exit(app.main(sys.argv[2:]))
