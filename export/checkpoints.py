"""Trained modules from training's checkpoints: sizes from the weights, the rest from the facts written beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from models.codec import Codec, CodecConfig
from models.generator import Generator
from models.motion_encoder import MotionEncoder
from models.planner import Planner

_AVERAGE = "average/module."


@dataclass(frozen=True, slots=True)
class Sound:
    """What makes a plan heard. facts: of the generator's checkpoint."""

    codec: Codec
    generator: Generator
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trained:
    """What is exported."""

    encoder: MotionEncoder
    planner: Planner
    sound: Sound


def _read(run: Path, prefix: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors under a prefix, without it, and the facts of RUN/last.safetensors."""
    with safe_open(run / "last.safetensors", "pt") as file:
        mine = {key.removeprefix(prefix): file.get_tensor(key) for key in file.keys() if key.startswith(prefix)}  # noqa: SIM118
        return mine, json.loads(file.metadata()["facts"])


def load_codec(run: Path) -> Codec:
    """The averaged codec of a run, in evaluation mode. Strict, as load_trained."""
    weights, facts = _read(run, _AVERAGE)
    config = CodecConfig(**{key: tuple(v) if isinstance(v, list) else v for key, v in facts["config"].items()})
    codec = untrained_codec(config)
    codec.load_state_dict(weights)
    return codec


def untrained_codec(config: CodecConfig) -> Codec:
    """In evaluation mode. Its encoder hears nothing: mel bases serve that alone, and it is never a graph."""
    return Codec(config, torch.zeros(128, 1025), torch.zeros(12, 129)).eval()


def load_trained(codec_run: Path, planner_run: Path, generator_run: Path) -> Trained:
    """Strict: a checkpoint with too many or too few tensors is refused."""
    sound = load_sound(codec_run, generator_run)
    encoder, planner = load_planner(planner_run, sound.facts["embedding"], len(sound.facts["styles"]))
    return Trained(encoder, planner, sound)


def load_sound(codec_run: Path, generator_run: Path) -> Sound:
    """The averaged nets of both runs. Strict, as load_trained."""
    return Sound(load_codec(codec_run), *load_generator(generator_run))


def load_generator(run: Path) -> tuple[Generator, dict[str, Any]]:
    """The averaged generator of a run, and its facts. Strict, as load_trained."""
    weights, facts = _read(run, _AVERAGE)
    styles, noise, embedding = len(facts["styles"]), facts["noise"], facts["embedding"]
    inputs, latent = weights["enter.weight"].shape[1], weights["leave.weight"].shape[0]
    generator = Generator(inputs - embedding - styles - noise, embedding, styles, noise, latent)
    generator.load_state_dict(weights)
    return generator.eval(), facts


def load_planner(run: Path, embedding: int, styles: int) -> tuple[MotionEncoder, Planner]:
    """Encoder and planner of a run. Strict, as load_trained."""
    weights, _ = _read(run, "trainee/encoder.")
    encoder = MotionEncoder(weights["enter.weight"].shape[1], embedding=embedding)
    encoder.load_state_dict(weights)
    weights, _ = _read(run, "trainee/planner.")
    classes = weights["leave.3.weight"].shape[0]
    planner = Planner(embedding, styles, weights["enter.weight"].shape[1] - embedding - styles, classes)
    planner.load_state_dict(weights)
    return encoder.eval(), planner.eval()
