"""A small untrained model, exported once a session: real graphs, real shapes, seconds instead of minutes."""

from __future__ import annotations

from pathlib import Path

import torch

from d2m_bridge.engine.conditioning import CONDITIONS
from d2m_bridge.engine.planner import PLANNER_INPUTS
from d2m_bridge.engine.tokens import TOTAL_CLASSES
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from export.bundle import export_models
from export.checkpoints import Sound, Trained
from models.codec import Codec, CodecConfig
from models.generator import Generator
from models.motion_encoder import MotionEncoder
from models.planner import Planner

STYLES = (("house", "minor"), ("lock", "mixolydian"), ("jazz", "major"))
EMBEDDING, NOISE = 16, 4
SMALL = CodecConfig(
    latent=16, books=2, entries=32, encoder_channels=32, encoder_layers=1, channels=32,
    slow_dilations=(1,), fast_dilations=(1,), tonal_dilations=(1,),
)  # fmt: skip


def untrained(seed: int = 0) -> Trained:
    """A model of every part, with random weights."""
    torch.manual_seed(seed)
    generator = Generator(CONDITIONS, EMBEDDING, len(STYLES), NOISE, SMALL.latent, channels=32)
    facts = {
        "styles": STYLES,
        "noise": NOISE,
        "embedding": EMBEDDING,
        "motion_rate_hz": 30.0,
        "motion_features": MOTION_FEATURES,
        "visual_features": VISUAL_FEATURES,
    }
    codec = Codec(SMALL, torch.zeros(128, 1025), torch.zeros(12, 129)).eval()
    return Trained(
        MotionEncoder(len(MOTION_FEATURES) + len(VISUAL_FEATURES), channels=16, embedding=EMBEDDING).eval(),
        Planner(EMBEDDING, len(STYLES), PLANNER_INPUTS, TOTAL_CLASSES, width=32).eval(),
        Sound(codec, generator.eval(), facts),
    )


def export_untrained(folder: Path) -> Path:
    """Writes the model folder; returns it."""
    export_models(untrained(), folder, "untrained")
    return folder
