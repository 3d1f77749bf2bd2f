"""D2M-GAN as published.

    python -m training.paper --check [--json]
        parameters and shapes of every part beside the authors'
    python -m training.paper train --preset aist --data LISTS --vqvae vqvae_high.pt --run RUN --variant as-described
    python -m training.paper import --vqvae vqvae_high.pt --motion-encoder mencoder.pt --generator netG.pt --run RUN

The last two make RUN/last.safetensors, which `python -m export.paper --run RUN --out DIR` turns into a model for
d2m render. docs/paper.md has the rest.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from d2m_bridge.errors import D2MError, InputError
from models.paper.config import LEVELS, PaperConfig
from models.paper.vqvae import VQVAE
from training.datasets.real_pairs import has_pairs
from training.paper.check import check
from training.paper.checkpoints import (
    JUKEBOX_LICENCE,
    JUKEBOX_TERMS,
    load_discriminator,
    load_generator,
    load_motion_encoder,
    load_vqvae,
)
from training.paper.clips import PreparedClips, SegmentClips
from training.paper.objective import VARIANTS
from training.paper.presets import PRESETS, make_config
from training.paper.train import LAST, PaperTask, check_run, save_untrained
from training.runner import RunOptions, add_run_options, launch, train

PUBLISHED_STEPS = 1_240_000  # 3,000 epochs of AIST++


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        if options.command:
            return options.run_command(options)
        if not options.check:
            raise InputError("nothing to do; give --check, train or import")
        return _check(as_json=options.json)
    except D2MError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit code 1 if anything differs")
    parser.add_argument("--json", action="store_true", help="with --check: as JSON")
    commands = parser.add_subparsers(dest="command")
    training = commands.add_parser("train", help="train motion encoder, generator and discriminators")
    training.set_defaults(run_command=_train)
    training.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of the segment lists; --preset features: a folder of training.prepare",
    )
    training.add_argument("--variant", choices=VARIANTS, default="as-described")
    add_run_options(training, steps=PUBLISHED_STEPS, batch=16)
    bringing = commands.add_parser("import", help="make a run of the authors' checkpoints")
    bringing.set_defaults(run_command=_import)
    bringing.add_argument("--run", type=Path, required=True, help="folder of the run")
    bringing.add_argument("--motion-encoder", type=Path, required=True, metavar="FILE", help="mencoder.pt")
    bringing.add_argument("--generator", type=Path, required=True, metavar="FILE", help="netG.pt")
    bringing.add_argument("--discriminator", type=Path, metavar="FILE", help="netD.pt, to train on")
    for command in (training, bringing):
        command.add_argument("--preset", choices=PRESETS, default="aist")
        command.add_argument("--level", choices=tuple(LEVELS), default="high")
        command.add_argument("--small", action="store_true", help="a few channels, to try things out")
        command.add_argument("--vqvae", type=Path, required=True, metavar="FILE", help="vqvae.pth.tar or vqvae_*.pt")
    return parser


def _check(*, as_json: bool) -> int:
    rows = check()
    if as_json:
        print(json.dumps([asdict(row) | {"is_equal": row.is_equal} for row in rows], indent=1))
    else:
        for row in rows:
            verdict = "equal" if row.is_equal else "DIFFERENT"
            theirs = row.official
            print(
                f"{row.part:24} {row.parameters:>11,} of {theirs.parameters:>11,}   "
                f"{row.shape!s:16} of {theirs.shape!s:16} {verdict}"
            )
    return 0 if all(row.is_equal for row in rows) else 1


def _vqvae(config: PaperConfig, path: Path) -> VQVAE:
    vqvae = VQVAE(config.vqvae)
    load_vqvae(path, vqvae)
    return vqvae


def _train(options: argparse.Namespace) -> int:
    run = RunOptions.of(options)
    fabric = launch(run)
    config = make_config(options.preset, options.level, small=options.small)
    held_out: PreparedClips | None = None
    if options.preset == "features":
        clips: PreparedClips | SegmentClips = PreparedClips(options.data, config, "train")
        config = clips.config
        if has_pairs(options.data, "val"):
            held_out = PreparedClips(options.data, config, "val")
            if held_out.config != config:
                raise InputError(f"{options.data}: the genres of the clips in train are known, those in val are not")
    else:
        clips = SegmentClips(options.data, options.preset, config, "train")
    task = PaperTask(
        config, _vqvae(config, options.vqvae), clips, options.variant, run.seed, JUKEBOX_LICENCE, JUKEBOX_TERMS,
        held_out,
    )  # fmt: skip
    check_run(run.run, task.facts)
    told = {name: value for name, value in vars(options).items() if name != "run_command"}
    train(task, fabric, run, told, [options.data, options.vqvae])
    return 0


def _import(options: argparse.Namespace) -> int:
    if (options.run / LAST).exists():
        raise InputError(f"{options.run}: there is a run already; choose another --run")
    config = make_config(options.preset, options.level, small=options.small)
    vqvae = _vqvae(config, options.vqvae)
    task = PaperTask(config, vqvae, None, "as-published", 1, JUKEBOX_LICENCE, JUKEBOX_TERMS)
    load_motion_encoder(options.motion_encoder, task.net.motion)
    load_generator(options.generator, task.net.generator)
    if options.discriminator:
        load_discriminator(options.discriminator, task.adversary.net)
    save_untrained(options.run, task)
    print(options.run / LAST)
    return 0


if __name__ == "__main__":
    sys.exit(main())
