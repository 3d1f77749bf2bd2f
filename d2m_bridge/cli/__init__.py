"""The command line. What is in this package prints; the rest of the program does not.

Exit codes: 0 all went well; 2 something was wrong with an input (what could be done was); 130 interrupted.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from d2m_bridge import __version__
from d2m_bridge.cli import daw, devices, doctor, live, models, receive, render
from d2m_bridge.cli.defaults import use_settings
from d2m_bridge.cli.interrupt import interrupt
from d2m_bridge.cli.say import BAD_INPUT, INTERRUPTED, complain
from d2m_bridge.errors import D2MError
from d2m_bridge.plugins import model_folder
from d2m_bridge.settings import load_settings, settings_path


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    said = logging.StreamHandler()
    said.addFilter(_NotTwice())
    logging.basicConfig(
        format="%(message)s", level=logging.INFO if options.verbose else logging.WARNING, handlers=[said]
    )
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # on its first day it reports on its font cache
    with interrupt.listening():
        try:
            for problem in getattr(options, "problems", ()):
                complain(problem)
            if hasattr(options, "model"):
                options.model = model_folder(options.model)
            code: int = options.run(options)
        except BaseException as error:
            if interrupt.came:
                complain("interrupted; files that were finished are whole")
                sys.stdout.flush()
                # All is tidied up; on the usual way out a library's thread cut off in its work aborts the process.
                os._exit(INTERRUPTED)
            if not isinstance(error, D2MError):
                raise
            complain(str(error))
            return BAD_INPUT
    return code


class _NotTwice(logging.Filter):
    """Every clip opens what the clip before it opened; where it runs is said once."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this is new."""
        new = record.getMessage() not in self._said
        self._said.add(record.getMessage())
        return new


class _Parser(argparse.ArgumentParser):
    """One line on a wrong command line, like on everything else."""

    def error(self, message: str) -> NoReturn:
        """Ends the program."""
        self.exit(BAD_INPUT, f"d2m: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="d2m", description="Music that follows a dancer.")
    parser.add_argument("--version", action="version", version=f"d2m {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what runs where")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (render, live, daw, receive, devices, doctor, models):
        command.add_parser(commands)
    use_settings(commands.choices, load_settings(settings_path()))
    return parser
