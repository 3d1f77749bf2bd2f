"""d2m receive: record the sound that another d2m sends over the network."""

from __future__ import annotations

import argparse
from pathlib import Path

from d2m_bridge.cli.say import OK


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options."""
    receive = commands.add_parser("receive", help="record what `d2m live --send-audio` sends")
    receive.set_defaults(run=run)
    receive.add_argument("port", type=int, metavar="PORT", help="UDP port to listen on, on this machine")
    receive.add_argument("-o", "--out", type=Path, default=Path("received.wav"), metavar="FILE", help="(received.wav)")
    receive.add_argument("--seconds", type=float, metavar="S", help="stop after so much sound; else with Ctrl-C")
    receive.add_argument("--host", default="127.0.0.1", help="address to listen on; another than this lets others in")


def run(options: argparse.Namespace) -> int:
    """Records until the time is over, nothing comes any more, or Ctrl-C."""
    from d2m_bridge.pipeline.receive import receive

    got = receive(options.port, options.out, options.seconds, host=options.host)
    lost = f", {got.lost} blocks lost" if got.lost else ""
    print(f"{got.path}: {got.frames / got.rate:.1f} s, {got.rate} Hz, {got.channels} channels{lost}")
    return OK
