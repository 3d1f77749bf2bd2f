"""How fast it is here: the engine alone, a whole render, a live session on a file camera, the desktop host.

    python -m training.bench [--live-seconds 60]

Prints a table, and the same as JSON in the last line. Each figure is what the program itself reports.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from d2m_bridge.manifest import ASSETS
from training.bench_host import measure_host
from training.evaluate import measure_speed

SAMPLE = Path(__file__).parents[1] / "examples" / "dancer.mp4"


def _d2m(*arguments: object) -> dict:
    """What a command with --json says last."""
    command = [sys.executable, "-m", "d2m_bridge", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(live_s: float) -> dict[str, dict[str, float]]:
    """Part -> figure -> value."""
    with tempfile.TemporaryDirectory() as out:
        rendered = _d2m("render", SAMPLE, "-o", out)
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    live = _d2m("live", "--camera", SAMPLE, "--audio", "null", "--duration", live_s)
    stages = {f"{stage}_s": seconds for stage, seconds in rendered["stages"].items()}
    percentiles = {
        f"{name}_{level}": value
        for name in ("pose_to_event_ms", "beat_jitter_ms")
        for level, value in live[name].items()
    }
    plain = ("underruns", "stood_in", "late_blocks", "motion_to_sound_ms", "fps", "rss_growth_mb", "cpu_share")
    return {
        **measure_speed(ASSETS),
        "render": {"times_real_time": rendered["realtime_factor"], "peak_mb": peak_mb, **stages},
        "live": {**percentiles, **{name: live[name] for name in plain}},
        "host": measure_host(SAMPLE),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--live-seconds", type=float, default=60.0)
    options = parser.parse_args()
    table = measure(options.live_seconds)
    for part, figures in table.items():
        for figure, value in figures.items():
            print(f"{part:8} {figure:24} {value:10.3f}")
    print(json.dumps(table))


if __name__ == "__main__":
    main()
