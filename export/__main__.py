"""Export a model folder that the runtime plays.

    python -m export --codec runs/codec --planner runs/planner --generator runs/generator --out d2m_bridge/assets
    python -m export --base d2m_bridge/assets --planner runs/mine --out models/mine --name mine
    python -m export --base d2m_bridge/assets --codec runs/codec --generator runs/generator --out models/other
    python -m export --base d2m_bridge/assets --generator runs/generator --out models/other

Writes the four graphs, manifest.json and the codec's encoder for sound after comparing each graph, call by call, with
its torch module. The second takes all but the planner from a model that is exported already, whose encoder the planner
must have been trained with (training.train_planner --encoder-of). The third gives such a model another sound; its
generator must have been trained with the model's encoder (training.train_generator --planner MODEL). The fourth keeps
the model's codec as well, which the generator must have been trained for (--codec MODEL).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from d2m_bridge.errors import D2MError
from export.bundle import export_models
from export.checkpoints import load_trained
from export.onto import export_generator_onto, export_onto, export_sound_onto

_WAYS = (
    {"codec", "planner", "generator"},
    {"base", "planner"},
    {"base", "codec", "generator"},
    {"base", "generator"},
)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    for name in ("codec", "planner", "generator"):
        parser.add_argument(f"--{name}", type=Path, metavar="RUN")
    parser.add_argument(
        "--base", type=Path, metavar="DIR", help="an exported model, in place of the runs that are left out"
    )
    parser.add_argument("--name", default="d2m-default")
    options = parser.parse_args(arguments)
    given = {name for name in ("base", "codec", "planner", "generator") if getattr(options, name) is not None}
    if given not in _WAYS:
        parser.error("give --codec, --planner and --generator; or --base with --planner, or with --generator")
    try:
        if options.base is None:
            trained = load_trained(options.codec, options.planner, options.generator)
            manifest = export_models(trained, options.out, options.name)
        elif options.planner is not None:
            manifest = export_onto(options.base, options.planner, options.out, options.name)
        elif options.codec is None:
            manifest = export_generator_onto(options.base, options.generator, options.out, options.name)
        else:
            manifest = export_sound_onto(options.base, options.codec, options.generator, options.out, options.name)
    except D2MError as error:
        parser.exit(2, f"{error}\n")
    print(f"{options.out}: {manifest.name}, styles {', '.join(style.name for style in manifest.styles)}")


if __name__ == "__main__":
    main()
