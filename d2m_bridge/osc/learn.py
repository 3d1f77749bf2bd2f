"""Controls of other makers, taught to mean our commands: an OSC address of a phone, a knob of a MIDI desk.

A lesson is made into one of our own OSC messages and read by the parser, so that it is bounded as they are. No socket
and no port here.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from d2m_bridge.errors import InputError
from d2m_bridge.osc.commands import BY_ADDRESS, Command
from d2m_bridge.osc.parser import MAX_COMMAND_BYTES, NAMESPACE, Foreign, Problem, parse
from d2m_bridge.osc.table import Argument

Obey = Callable[[Command], None]
_MIDI = re.compile(r"(cc|note) (\d{1,2}) (\d{1,3})")
_SOURCES = "an OSC address such as /1/fader1, or cc CHANNEL NUMBER, or note CHANNEL NUMBER"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What comes from `source` means `command`.

    source: an OSC address that is not ours, or "cc 1 74", "note 10 36" (channel 1..16, number 0..127). command: one of
    our addresses; with its argument, as in "/d2m/section drop", it is a button. low, high: what the source sends at
    its two ends (MIDI: 0 and 1), laid onto the range of the command.
    """

    source: str
    command: str
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """Raises InputError, one line, for what cannot be learnt."""
        if not is_source(self.source):
            raise InputError(f"learn: source {self.source!r}: expected {_SOURCES}")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low != self.high):
            raise InputError(f"learn: {self.source}: low and high must differ, got {self.low} and {self.high}")
        for value in (self.low, self.high):
            self.meaning(value)

    @property
    def is_button(self) -> bool:
        """Counts when it is pressed, and not when it is let go."""
        _, fixed, arguments = _parts(self.command)
        return bool(fixed) or not arguments

    def meaning(self, value: float) -> Command | None:
        """The command for what the source sent; None when a button was let go. Raises InputError."""
        address, fixed, arguments = _parts(self.command)
        if self.is_button:
            if value == 0:
                return None
            values = [_typed(argument, text) for argument, text in zip(arguments, fixed, strict=True)]
        else:
            values = [self._moved(arguments, value)]
        (read,) = parse(_message(address, values))
        if isinstance(read, Problem | Foreign):
            raise InputError(f"learn: {self.command}: {read.text if isinstance(read, Problem) else 'not ours'}")
        return read

    def _moved(self, arguments: Sequence[Argument], value: float) -> float | int:
        part = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        if len(arguments) == 1 and arguments[0].type == "switch":
            return int(part >= 0.5)
        low, high = (arguments[0].low, arguments[0].high) if len(arguments) == 1 else (None, None)
        if low is None or high is None:
            raise InputError(f"learn: {self.command}: name its argument, too, as in {_example(arguments)!r}")
        moved = low + part * (high - low)
        return round(moved) if arguments[0].type == "i" else moved


class Learned:
    """The lessons of a session, heard from any thread. obey: gets each command; its InputErrors pass through.

    last: the latest source that was heard, and its value, whether it means anything or not; for teaching.
    """

    def __init__(self, lessons: Iterable[Lesson], obey: Obey) -> None:
        self._obey = obey
        self._meanings: dict[str, Lesson] = {}
        self.last: tuple[str, float] | None = None
        self.teach(lessons)

    def teach(self, lessons: Iterable[Lesson]) -> None:
        """These, and no others, from now on; of two for one source the later counts."""
        self._meanings = {lesson.source: lesson for lesson in lessons}

    def hear(self, source: str, arguments: Sequence[object] = ()) -> bool:
        """Whether it meant something. arguments: of an OSC message; the first counts, none is a press."""
        value = arguments[0] if arguments else 1.0
        if not isinstance(value, int | float) or not math.isfinite(value):
            return False
        self.last = source, float(value)
        lesson = self._meanings.get(source)
        if lesson is None:
            return False
        command = lesson.meaning(float(value))
        if command is not None:
            self._obey(command)
        return True


def is_source(text: str) -> bool:
    """Whether something can be learnt from it."""
    midi = _MIDI.fullmatch(text)
    if midi:
        return 1 <= int(midi[2]) <= 16 and int(midi[3]) <= 127
    plain = text.isascii() and text.isprintable() and " " not in text
    return plain and 1 < len(text) <= MAX_COMMAND_BYTES and text.startswith("/") and not text.startswith(NAMESPACE)


def midi_source(data: bytes) -> tuple[str, float] | None:
    """The source and value 0..1 of a MIDI message that is a controller or a note; None for all others."""
    if len(data) != 3 or data[1] > 127 or data[2] > 127:
        return None
    kind, channel = data[0] & 0xF0, (data[0] & 0x0F) + 1
    if kind == 0xB0:
        return f"cc {channel} {data[1]}", data[2] / 127
    if kind in (0x80, 0x90):
        return f"note {channel} {data[1]}", data[2] / 127 if kind == 0x90 else 0.0
    return None


def _parts(command: str) -> tuple[str, list[str], list[Argument]]:
    """Address, the arguments that are given, and those that it has."""
    try:
        address, *fixed = shlex.split(command)
    except ValueError as error:
        raise InputError(f"learn: command {command!r}: expected one of our addresses ({error})") from error
    if address not in BY_ADDRESS:
        raise InputError(f"learn: command {address!r}: expected one of our addresses; docs/osc.md lists them")
    arguments = [one for one in BY_ADDRESS[address][0].arguments if isinstance(one, Argument)]
    if fixed and len(fixed) != len(arguments):
        raise InputError(f"learn: {command}: expected {len(arguments)} arguments, got {len(fixed)}")
    return address, fixed, arguments


def _typed(argument: Argument, text: str) -> str | int | float:
    if argument.type == "s":
        return text
    try:
        return float(text) if argument.type == "f" else int(text)
    except ValueError as error:
        raise InputError(f"learn: {argument.field}: expected a number, got {text!r}") from error


def _example(arguments: Sequence[Argument]) -> str:
    return " ".join(argument.choices[0] if argument.choices else argument.field for argument in arguments)


def _message(address: str, values: Sequence[str | int | float]) -> bytes:
    from pythonosc.osc_message_builder import OscMessageBuilder

    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value, {str: "s", int: "i", float: "f"}[type(value)])
    datagram: bytes = builder.build().dgram
    return datagram
