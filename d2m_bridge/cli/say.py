"""How the command line talks to people: one line on stderr, and a progress bar where there is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2m_bridge.pipeline.watch import Progress

OK, BAD_INPUT, INTERRUPTED = 0, 2, 130


def complain(text: str) -> None:
    """One line to the person at the terminal."""
    print(f"d2m: {text}", file=sys.stderr)


@contextmanager
def bar(title: str = "") -> Iterator[Progress]:
    """A progress bar on stderr with stage and time left; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.fields[title]} {task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0, title=title)
        stage = ""

        def show(what: str, part: float) -> None:
            nonlocal stage
            if what != stage:
                stage = what
                bar.reset(task, description=what, total=1.0)
            bar.update(task, completed=part)

        yield show
