"""Export a model folder that the runtime plays.

    python -m export --codec runs/codec --planner runs/planner --generator runs/generator --out d2m_bridge/assets

Writes the four graphs and manifest.json after comparing each graph, call by call, with its torch module.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from export.bundle import export_models
from export.checkpoints import load_trained


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("codec", "planner", "generator", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--name", default="d2m-default")
    options = parser.parse_args()
    manifest = export_models(load_trained(options.codec, options.planner, options.generator), options.out, options.name)
    print(f"{options.out}: {manifest.name}, styles {', '.join(style.name for style in manifest.styles)}")


if __name__ == "__main__":
    main()
