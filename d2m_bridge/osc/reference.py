"""docs/osc.md, written from the tables: what we send, what we understand, and how each DAW hears it.

`python -m d2m_bridge.osc.reference > docs/osc.md` renews it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.osc.audio_stream import AUDIO, MAX_BLOCK_BYTES
from d2m_bridge.osc.commands import COMMANDS
from d2m_bridge.osc.dialects import DIALECTS, GENERIC, Dialect
from d2m_bridge.osc.protocol import BY_EVENT, TABLE
from d2m_bridge.osc.table import MAX_DATAGRAM_BYTES, TYPE_NAMES, Address, Argument, Constant

_HEAD = f"""# OSC messages

`--osc HOST:PORT` sends over UDP, each message at the moment it describes. `d2m render` sends one message a datagram;
`d2m live` packs those of one moment into one flat bundle. No datagram is longer than {MAX_DATAGRAM_BYTES} bytes.
Argument types are int32, float32 and ASCII strings only. Nothing leaves your machine unless you name another host.

- [What d2m sends](#what-d2m-sends)
- [What d2m understands](#what-d2m-understands)
- [Dialects of DAWs](#dialects-of-daws)
- [Audio](#audio)
"""

_SENDS = """
## What d2m sends
"""

_UNDERSTANDS = f"""
## What d2m understands

`d2m live --osc-in PORT` listens, on this machine only unless you name another address; port 0 takes a free one. Bundles
are understood, and their date is ignored: a command takes effect when it arrives. Whole floats are taken for integers,
and T and F for 1 and 0. A message without arguments is a trigger: 1 is taken too, and 0, a button that is let go, does
nothing. What cannot be used is counted, said in the log, and dropped.

{{stem}} is one of: {", ".join(STEMS)}.

| address | types | does | argument |
|---|---|---|---|
"""

_DIALECTS = """
## Dialects of DAWs

`--osc HOST:PORT --dialect NAME` speaks a program's own addresses instead. Beats go to no DAW by OSC: REAPER and
AbletonOSC look at their messages every few tens of milliseconds, and Ardour has no address for them. Use Ableton Link
or MIDI clock for the beat. What a table does not name, that program has no safe address for.

`/d2m/beat/next`, and what scsynth gets in its place, comes in a bundle dated with the time at which the beat is heard
(NTP format, by this machine's wall clock). scsynth obeys it to the sample; most others act at once and have `due_in`.
"""

_AUDIO = f"""
## Audio

`/d2m/audio` `,{AUDIO.tags}` is sent {AUDIO.when}.
A datagram has at most {MAX_BLOCK_BYTES} bytes, so that it stays one IP packet.
`d2m receive PORT -o FILE.wav` records it, and ReaStream packets too. No DAW takes blobs.
"""


def reference_markdown() -> str:
    """The whole text."""
    return "".join(
        [
            _HEAD,
            _SENDS,
            *(_section(row) for row in TABLE),
            _UNDERSTANDS,
            *(_command(row) for row in COMMANDS),
            _DIALECTS,
            *(_dialect(dialect) for dialect in DIALECTS.values() if dialect is not GENERIC),
            _AUDIO,
            _arguments(AUDIO.arguments),
        ]
    )


def _section(row: Address) -> str:
    tags = row.tags if len(row.tags) < 12 else f"{row.tags[0]} x {len(row.tags)}"
    return f"\n### {row.address} `,{tags}`\n\nSent {row.when}.\n{_arguments(row.arguments)}"


def _arguments(arguments: Iterable[Argument | Constant]) -> str:
    lines = ["", "| argument | type | meaning |", "|---|---|---|"]
    for argument in arguments:
        if isinstance(argument, Argument):
            many = f"{argument.count} x " if argument.count > 1 else ""
            lines.append(f"| {argument.field} | {many}{TYPE_NAMES[argument.type]} | {argument.meaning} |")
    return "\n".join(lines) + "\n"


def _command(row: Address) -> str:
    arguments = [argument for argument in row.arguments if isinstance(argument, Argument)]
    meaning = "; ".join(f"{argument.meaning}{_accepted(argument)}" for argument in arguments)
    types = ", ".join(TYPE_NAMES[argument.type] for argument in arguments)
    return f"| {row.address} | {types} | {row.when} | {meaning} |\n"


def _accepted(argument: Argument) -> str:
    if argument.choices:
        return f": {', '.join(argument.choices)}"
    return "" if argument.low is None else f" ({argument.low:.10g} to {argument.high:.10g})"


def _dialect(dialect: Dialect) -> str:
    lines = [f"\n### {dialect.name}: {dialect.program}, port {dialect.port}\n", "| ours | its address | does |"]
    lines += ["|---|---|---|"]
    for row in dialect.table:
        only = f" {int(bool(row.only[1]))}" if row.only else ""
        lines.append(f"| {BY_EVENT[row.event].address}{only} | {_line(row)} | {row.when} |")
    check = dialect.check
    answer = f"`{check.reply}`" if len(check.reply) > 1 else "anything"
    arguments = "".join(f" {constant.value}" for constant in check.arguments)
    port = "the port that asked" if check.reply_port is None else f"our port {check.reply_port}"
    lines += ["", f"It answers `{check.query}{arguments}` with {answer} to {port}."]
    lines += [f"If it does not: {check.remedy}."]
    return "\n".join(lines) + "\n"


def _line(row: Address) -> str:
    parts = [a.field if isinstance(a, Argument) else str(a.value) for a in row.arguments]
    return re.sub(r"\s+", " ", f"`{' '.join([row.address, *parts])}`")


if __name__ == "__main__":
    sys.stdout.write(reference_markdown())
