"""d2m live: a camera in; sound, beats and recordings out, until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.cli.arguments import add_feel_options, add_model_options, check_seed, feel_of
from d2m_bridge.cli.connections import add_connection_options, connect, osc_targets
from d2m_bridge.cli.interrupt import interrupt
from d2m_bridge.cli.models import pose_estimator
from d2m_bridge.cli.say import OK, complain
from d2m_bridge.errors import InputError
from d2m_bridge.memory import keep_flat
from d2m_bridge.osc.commands import SYNC_SOURCES

if TYPE_CHECKING:
    from d2m_bridge.pipeline.live import LiveSession, LiveStatus

SLOWEST_BPM, FASTEST_BPM, DEFAULT_BPM = 40.0, 240.0, 100.0
_SHOW_EVERY_S = 0.25


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options."""
    live = commands.add_parser("live", help="play along with a dancer in front of a camera")
    live.set_defaults(run=run, takes=Path("takes"))
    live.add_argument(
        "--camera", default="0", metavar="N|NAME|FILE", help="number, part of a name, or a video file (0)"
    )
    live.add_argument("--audio", default="default", metavar="DEVICE", help="sound device by number or name, or null")
    live.add_argument("--buffer-ms", type=float, default=550.0, metavar="N", help="from a move to its sound (550)")
    live.add_argument(
        "--sync", choices=SYNC_SOURCES, default="follow", help="whose beat the music takes (follow: the dancer's)"
    )
    live.add_argument(
        "--bpm", type=float, metavar="N", help="the tempo to begin with, 40 to 240; with --sync fixed all along"
    )
    live.add_argument("--record", type=Path, metavar="DIR", help="record mix, stems, events and MIDI into this folder")
    live.add_argument("--duration", type=float, metavar="S", help="stop after this many seconds")
    live.add_argument("--json", action="store_true", help="end with one JSON object of what was measured")
    add_connection_options(live)
    add_feel_options(live)
    add_model_options(live)


def run(options: argparse.Namespace) -> int:
    """Opens everything, plays, closes everything."""
    from d2m_bridge.audio.output import open_output
    from d2m_bridge.capture.camera import open_camera
    from d2m_bridge.engine.blend import style_weights
    from d2m_bridge.engine.composer import Wishes
    from d2m_bridge.engine.graphs import load_models
    from d2m_bridge.pipeline.control import Control
    from d2m_bridge.pipeline.live import LiveSession
    from d2m_bridge.pipeline.masters import Masters
    from d2m_bridge.sync.session_clock import SessionClock

    keep_flat()
    check_seed(options.seed)
    feel = feel_of(options)
    osc_targets(options)  # what is wrong with the call is said before anything is opened
    bpm = DEFAULT_BPM if options.bpm is None else options.bpm
    if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
        raise InputError(f"the tempo must be {SLOWEST_BPM:g} to {FASTEST_BPM:g} BPM, got {bpm:g}: choose another --bpm")
    if not 300 <= options.buffer_ms <= 2000:
        raise InputError(f"--buffer-ms {options.buffer_ms:g}: expected 300 to 2000; 550 suits most machines")
    with interrupt.waiting():
        models = load_models(options.model, options.device)
    style = style_weights(models.manifest, options.style or models.manifest.styles[0].name)
    open_pose = pose_estimator(options, live=True)
    clock = SessionClock()
    with ExitStack() as opened:
        camera = open_camera(options.camera, clock.now)
        opened.callback(camera.close)
        output = open_output(options.audio, models.manifest.sample_rate, clock)
        opened.callback(output.close)
        session = LiveSession(
            camera, output, open_pose, models, clock,
            style=int(style.argmax()), seed=options.seed, bpm=bpm, buffer_s=options.buffer_ms / 1000,
            first=Wishes(style=style, key=options.key), feel=feel,
        )  # fmt: skip
        opened.callback(session.close)
        masters = Masters(clock, bpm, session.fixed_master, options.midi_in)
        control = Control(session, masters.open, options.record or options.takes, options.sync)
        with interrupt.waiting():
            session.start(lambda: masters.open(options.sync))
        connect(options, session, control, masters, clock, opened)
        if options.record:
            session.record(options.record)
        complain(
            f"READY: camera {camera.name}, sound {output.name}, {1000 * session.delay_s:.0f} ms from move to sound"
        )
        try:
            _play(session, options.duration)
        except KeyboardInterrupt:
            complain("stopped")
        figures = session.figures()
        session.record(None)  # while there is somebody to tell of its last clips
    if options.json:
        print(json.dumps(figures), flush=True)
    return OK


def _play(session: LiveSession, duration: float | None) -> None:
    """Until the time is over; shows how it goes where there is a terminal."""
    error: str | None = None
    while duration is None or session.now() < duration:
        left = _SHOW_EVERY_S if duration is None else min(_SHOW_EVERY_S, duration - session.now())
        time.sleep(max(0.0, left))
        status = session.status
        if status.error != error:
            error = status.error
            if error:
                complain(error)
        if sys.stderr.isatty():
            print(f"\r\x1b[K{_line(status)}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _line(status: LiveStatus) -> str:
    bar, beat = divmod(max(0, int(status.position)), 4)
    dancer = "no picture" if status.watch.stalled else f"{status.watch.fps:4.1f} looks/s"
    sound = "sound device lost" if status.output_lost else f"{status.underruns} under-runs"
    return f"{status.bpm:6.1f} BPM  bar {bar + 1:3d}.{beat + 1}  {dancer}  {sound}  CPU {100 * status.cpu_share:3.0f} %"
