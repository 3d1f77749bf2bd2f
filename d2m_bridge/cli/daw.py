"""d2m daw: takes as projects of DAWs, scripts for DAWs, and whether a DAW answers."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.cli.say import BAD_INPUT, OK, complain
from d2m_bridge.daw.formats import FORMATS
from d2m_bridge.errors import InputError

if TYPE_CHECKING:
    from d2m_bridge.daw.take import Take

DAWS = ("reaper", "ableton", "bitwig", "ardour")
OTHERS = ("generic", "supercollider")  # that can be asked whether they are there


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options."""
    daw = commands.add_parser("daw", help="bring takes into a DAW, and see that it answers")
    actions = daw.add_subparsers(required=True, metavar="ACTION")
    export = actions.add_parser("export", help="a project file of a take, with its tempo map, stems and markers")
    export.set_defaults(run=_export)
    export.add_argument("take", type=Path, metavar="TAKE", help="TAKE.wav of d2m render or d2m live --record")
    export.add_argument("--to", choices=FORMATS, required=True, help="dawproject: Bitwig, Studio One, Cubase")
    export.add_argument("-o", "--out", type=Path, metavar="FILE", help="the file (beside the take, with its name)")
    install = actions.add_parser("install", help="put our scripts into a DAW")
    install.set_defaults(run=_install)
    install.add_argument("name", choices=DAWS, metavar="NAME", help=", ".join(DAWS))
    install.add_argument("-o", "--out", type=Path, metavar="DIR", help="its folder, where it is not the usual one")
    check = actions.add_parser("check", help="ask a DAW over OSC whether it is there")
    check.set_defaults(run=_check)
    check.add_argument("name", choices=(*DAWS, *OTHERS), metavar="NAME", help=", ".join((*DAWS, *OTHERS)))
    check.add_argument("--host", default="127.0.0.1", help="where it runs (127.0.0.1)")
    check.add_argument("--port", type=int, metavar="N", help="where it listens (its usual port)")


def _export(options: argparse.Namespace) -> int:
    from d2m_bridge.daw.export import write_project
    from d2m_bridge.daw.take import load_take

    take = load_take(options.take)
    out = options.out or take.mix.path.with_suffix(FORMATS[options.to])
    if out.exists():
        raise InputError(f"{out}: is there already and may hold your work; choose another name with -o")
    write_project(take, options.to, out)
    print(_summary(take, out))
    return OK


def _summary(take: Take, out: Path) -> str:
    tempi = [point.bpm for point in take.tempo.points]
    tempo = (
        f"{tempi[0]:.2f} BPM" if len(tempi) == 1 else f"{min(tempi):.2f} to {max(tempi):.2f} BPM, {len(tempi)} steps"
    )
    return (
        f"{out}\n  {len(take.stems)} stems and the mix, {tempo}, {len(take.markers)} markers; "
        f"the sound begins {take.start_s:.4f} s after the first bar line"
    )


def _install(options: argparse.Namespace) -> int:
    from d2m_bridge.daw.kit import KITS, install, user_folder

    kit = KITS[options.name]
    if kit.files:
        folder = options.out or user_folder(kit, sys.platform, Path.home(), os.environ)
        for file in install(kit, folder):
            if file.kept is not None:
                complain(f"{file.path} was there and different; it is kept as {file.kept.name}")
            print(file.path if file.new else f"{file.path} is up to date")
    print("next:")
    for number, step in enumerate(kit.steps, 1):
        print(f"  {number}. {step}")
    return OK


def _check(options: argparse.Namespace) -> int:
    from d2m_bridge.daw.check import WAIT_S, ask
    from d2m_bridge.osc.dialects import DIALECTS

    dialect = DIALECTS[options.name]
    port = dialect.port if options.port is None else options.port
    answer = ask(dialect.check, options.host, port)
    if answer is None:
        complain(
            f"{dialect.program}: no answer from {options.host}:{port} within {WAIT_S:.0f} s; {dialect.check.remedy}"
        )
        return BAD_INPUT
    print(f"{dialect.program}: {options.host}:{port} answered {answer.address} after {answer.after_ms:.1f} ms")
    return OK
