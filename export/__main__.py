"""Export a model folder that the runtime plays.

    python -m export --codec runs/codec --planner runs/planner --generator runs/generator --out d2m_bridge/assets
    python -m export --base d2m_bridge/assets --planner runs/mine --out models/mine --name mine

Writes the four graphs and manifest.json after comparing each graph, call by call, with its torch module. The second
takes all but the planner from a model that is exported already, whose encoder the planner must have been trained with
(training.train_planner --encoder-of).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from d2m_bridge.errors import D2MError
from export.bundle import export_models
from export.checkpoints import load_trained
from export.onto import export_onto


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("planner", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("codec", "generator"):
        parser.add_argument(f"--{name}", type=Path, metavar="RUN")
    parser.add_argument("--base", type=Path, metavar="DIR", help="an exported model, in place of --codec, --generator")
    parser.add_argument("--name", default="d2m-default")
    options = parser.parse_args(arguments)
    runs = (options.codec, options.generator)
    if any(run is None for run in runs) if options.base is None else any(runs):
        parser.error("give either --codec and --generator, or --base")
    try:
        if options.base is not None:
            manifest = export_onto(options.base, options.planner, options.out, options.name)
        else:
            trained = load_trained(options.codec, options.planner, options.generator)
            manifest = export_models(trained, options.out, options.name)
    except D2MError as error:
        parser.exit(2, f"{error}\n")
    print(f"{options.out}: {manifest.name}, styles {', '.join(style.name for style in manifest.styles)}")


if __name__ == "__main__":
    main()
