"""What a foreign control can be taught: each of our commands that one knob or button can give."""

from __future__ import annotations

from collections.abc import Iterator

from d2m_bridge.osc import commands as do
from d2m_bridge.osc.table import Argument

# A knob over two thousand million seeds is of no use; questions are for programs.
_LEFT_OUT = (do.SetSeed, do.Ping, do.QueryState, do.BlendStyles)


def teachable(styles: tuple[str, ...]) -> Iterator[str]:
    """As osc.learn.Lesson.command has them. styles: of the model."""
    for address, (row, _) in do.BY_ADDRESS.items():
        if row.event in _LEFT_OUT:
            continue
        arguments = [one for one in row.arguments if isinstance(one, Argument)]
        choices = styles if row.event is do.SetStyle else arguments[0].choices if arguments else ()
        if choices:
            yield from (f"{address} {choice}" for choice in choices)
        else:
            yield address


def spoken(command: str) -> str:
    """For people: the words of the address."""
    words = command.removeprefix("/d2m/").replace("/", " ")
    return words[:1].upper() + words[1:]
