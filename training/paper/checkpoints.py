"""OpenAI's and the authors' checkpoints, as weights alone: no code of a file is run.

JukeBox's weights, and D2M-GAN's vqvae_*.pt, which were tuned from them, are under OpenAI's Noncommercial Use License
(openai/jukebox, LICENSE): neither they nor anything made with them may be used commercially. D2M-GAN's repository names
no licence for its own.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch
from torch import Tensor, nn

from d2m_bridge.errors import ModelError
from models.paper.discriminators import MultiScaleDiscriminator
from models.paper.generator import Generator
from models.paper.motion import MotionEncoder
from models.paper.vqvae import VQVAE

JUKEBOX_LICENCE = "LicenseRef-OpenAI-Jukebox-Noncommercial"
JUKEBOX_TERMS = (
    "JukeBox's weights are under OpenAI's Noncommercial Use License: "
    "neither they nor any music made with them may be used commercially"
)
State = dict[str, Tensor]

logger = logging.getLogger(__name__)

# Beside tensors, JukeBox's file holds its hyperparameters, and some of them may be numbers of NumPy's: plain values.
_PLAIN = [
    (np._core.multiarray.scalar, "numpy.core.multiarray.scalar"),
    np._core.multiarray.scalar,
    np.dtype,
    np.dtypes.Float64DType,
    np.dtypes.Float32DType,
    np.dtypes.Int64DType,
]
_NORM = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
_BLOCK = {"block.2": "dilated", "block.4": "mix", "shortcut": "shortcut"}
_BLOCKS_A_STACK = 4
_MOTION = {"lin1": "enter", "lin2": "leave"}
_GENERATOR = {"lin": "enter", "fc": "leave", "genre_embed": "genre"}
# JukeBox: a residual block is (ReLU, wide convolution, ReLU, narrow convolution).
_PLAIN_BLOCK = {"1": "dilated", "3": "mix"}


def load_vqvae(path: Path, vqvae: VQVAE) -> None:
    """Fills it from JukeBox's vqvae.pth.tar or D2M-GAN's vqvae_high.pt, vqvae_low.pt; logs JUKEBOX_TERMS as a warning.

    Raises ModelError when the file cannot be read as weights alone, or holds another network.
    """
    state = rename_vqvae(read_state(path))
    books = {key: value for key, value in state.items() if key.endswith(".codebooks")}
    for key, book in books.items():
        # Training may go on from here: every code counts as used once.
        state[key.replace("codebooks", "sums")] = book.clone()
        state[key.replace("codebooks", "counts")] = torch.ones(book.shape[:2])
    fill(vqvae, state, path)
    logger.warning("%s: %s", path, JUKEBOX_TERMS)


def load_motion_encoder(path: Path, encoder: MotionEncoder) -> None:
    """Fills it from D2M-GAN's mencoder.pt; ModelError as for load_vqvae."""
    fill(encoder, rename_sequence(read_state(path), _MOTION), path)


def load_generator(path: Path, generator: Generator) -> None:
    """Fills it from D2M-GAN's netG.pt; ModelError as for load_vqvae."""
    fill(generator, rename_sequence(read_state(path), _GENERATOR), path)


def load_discriminator(path: Path, judges: MultiScaleDiscriminator) -> None:
    """Fills it from D2M-GAN's netD.pt; ModelError as for load_vqvae."""
    fill(judges, rename_discriminator(read_state(path)), path)


def read_state(path: Path) -> State:
    """The tensors of a checkpoint by name; of JukeBox's, those of its "model"."""
    try:
        with torch.serialization.safe_globals(_PLAIN):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file; give the checkpoint that you downloaded") from None
    except (OSError, RuntimeError, EOFError, UnpicklingError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(f"{path}: cannot be read as weights alone ({reason}); download it again") from error
    if isinstance(content, dict):
        content = content.get("model", content)
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise ModelError(f"{path}: expected a state dict of tensors; give a checkpoint of JukeBox or D2M-GAN")
    return {key.removeprefix("module."): value for key, value in content.items()}


def fill(module: nn.Module, state: State, path: Path) -> None:
    """Strict about missing tensors, about those left over, and about shapes; ModelError naming the first of them."""
    expected = {key: tuple(value.shape) for key, value in module.state_dict().items()}
    got = {key: tuple(value.shape) for key, value in state.items()}
    odd = sorted(key for key in expected.keys() | got.keys() if expected.get(key) != got.get(key))
    if odd:
        key = odd[0]
        raise ModelError(
            f"{path}: not this network: {len(odd)} tensors differ, first {key}: expected {expected.get(key, 'none')}, "
            f"got {got.get(key, 'none')}; check preset and level"
        )
    module.load_state_dict(state)


def rename_sequence(state: State, ends: dict[str, str]) -> State:
    """Motion encoder or generator. ends: what stands before and after their one long "model".

    There the plain convolutions are ours in order, and so are the residual blocks, four a stack.
    """
    numbers = sorted({int(key.split(".")[1]) for key in state if key.startswith("model.")})
    convs = [n for n in numbers if f"model.{n}.weight" in state]
    blocks = [n for n in numbers if n not in convs]
    names = {n: f"convs.{i}" for i, n in enumerate(convs)}
    names |= {n: "stacks.{}.{}".format(*divmod(i, _BLOCKS_A_STACK)) for i, n in enumerate(blocks)}
    renamed = {}
    for key, value in state.items():
        head, _, leaf = key.rpartition(".")
        if match := re.fullmatch(r"model\.(\d+)(?:\.(.+))?", head):
            number, part = match.groups()
            head = names[int(number)] + (f".{_BLOCK.get(part, part)}" if part else "")
        else:
            head = ends.get(head, head)
        renamed[f"{head}.{_NORM.get(leaf, leaf)}"] = value
    return renamed


def rename_discriminator(state: State) -> State:
    """model.disc_S.model.layer_L: six layers, and the scores."""
    renamed = {}
    for key, value in state.items():
        head, _, leaf = key.rpartition(".")
        if match := re.fullmatch(r"model\.disc_(\d)\.model\.layer_(\d)(\.\d)?", head):
            scale, layer, inner = match.groups()
            head = f"scales.{scale}.layers.{layer}" if inner else f"scales.{scale}.score"
        renamed[f"{head}.{_NORM.get(leaf, leaf)}"] = value
    return renamed


def rename_vqvae(state: State) -> State:
    """encoders.L.level_blocks.B.model, decoders.L.level_blocks.B.model, decoders.L.out, bottleneck.level_blocks.L.k."""
    return {_vqvae_name(key): value[None] if key.endswith(".k") else value for key, value in state.items()}


def _vqvae_name(key: str) -> str:
    if match := re.fullmatch(r"bottleneck\.level_blocks\.(\d)\.k", key):
        return f"quantizers.{match[1]}.codebooks"
    if match := re.fullmatch(r"decoders\.(\d)\.out\.(weight|bias)", key):
        return f"decoders.{match[1]}.leave.{match[2]}"
    match = re.fullmatch(r"(encoders|decoders)\.(\d)\.level_blocks\.(\d)\.model\.(\d+)\.(.+)", key)
    if not match:
        return key
    side, level, stage, index, rest = match.groups()
    base = f"{side}.{level}.stages.{stage}"
    if rest in ("weight", "bias"):  # the one convolution that stands alone
        return f"{base}.{'leave' if side == 'encoders' else 'enter'}.{rest}"
    # An encoder's step is (convolution, blocks), a decoder's, counted from 1, is (blocks, convolution).
    step = int(index) - (side == "decoders")
    if inner := re.fullmatch(r"[01]\.model\.(\d+)\.model\.([13])\.(weight|bias)", rest):
        return f"{base}.stacks.{step}.{inner[1]}.{_PLAIN_BLOCK[inner[2]]}.{inner[3]}"
    if inner := re.fullmatch(r"[01]\.(weight|bias)", rest):
        return f"{base}.{'downs' if side == 'encoders' else 'ups'}.{step}.{inner[1]}"
    return key
