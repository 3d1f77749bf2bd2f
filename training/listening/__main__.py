"""Let people judge.

    python -m training.listening make --out KIT NAME=FOLDER NAME=FOLDER [...] [--test mos|ab|both]
    python -m training.listening analyse KIT RESULTS.csv [...] [--json]

make: every folder holds one system's sound or video files, of the same names in all folders. KIT/page is what listeners
get: they open index.html and send back the file that it saves. KIT/key.json says which file is whose; keep it. analyse:
mean opinion scores and preferences with 95 % intervals; training/listening/results.py says which.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from d2m_bridge.errors import InputError
from training.listening.kit import TESTS, make_kit
from training.listening.results import analyse, as_text, read_results


def _system(text: str) -> tuple[str, Path]:
    name, separator, folder = text.partition("=")
    if not (name and separator and folder):
        raise argparse.ArgumentTypeError(f"expected NAME=FOLDER, got {text!r}")
    return name, Path(folder)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="a page for listeners")
    making.add_argument("systems", nargs="+", type=_system, metavar="NAME=FOLDER")
    making.add_argument("--out", type=Path, required=True, metavar="KIT")
    making.add_argument("--test", choices=TESTS, default="both")
    analysing = commands.add_parser("analyse", help="what listeners said")
    analysing.add_argument("kit", type=Path, metavar="KIT")
    analysing.add_argument("results", nargs="+", type=Path, metavar="RESULTS.csv")
    analysing.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        if options.command == "make":
            trials = make_kit(options.out, options.systems, options.test)
            print(f"{trials} trials; hand out {options.out / 'page'} and keep {options.out / 'key.json'}")
        else:
            report = analyse(*read_results(options.kit, options.results))
            print(json.dumps(report) if options.json else as_text(report))
    except InputError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
