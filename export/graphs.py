"""The four modules as the runtime calls them: fixed block, one packed state tensor in and out."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from models.codec import Codec, DecoderState
from models.generator import Generator
from models.motion_encoder import MotionEncoder
from models.planner import Planner
from models.quantizer import ResidualVQ


def _pack(parts: tuple[Tensor, ...]) -> Tensor:
    return torch.cat([part.flatten(1) for part in parts], dim=1)


def _unpack(state: Tensor, like: tuple[Tensor, ...]) -> list[Tensor]:
    pieces = state.split([math.prod(part.shape[1:]) for part in like], dim=1)
    return [piece.reshape(-1, *part.shape[1:]) for piece, part in zip(pieces, like, strict=True)]


class EncoderGraph(nn.Module):
    """features [1, 1, F+V], state -> embedding [1, 1, E], next state."""

    def __init__(self, encoder: MotionEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.state = encoder.stack.memory * encoder.stack.channels

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        stack = self.encoder.stack
        embedding, past = self.encoder(features, state.reshape(1, stack.memory, stack.channels))
        return embedding, past.flatten(1)


class PlannerGraph(nn.Module):
    """embedding [1, 1, E], style [1, S], inputs [1, 1, I], state -> logits [1, 1, C], next state."""

    def __init__(self, planner: Planner) -> None:
        super().__init__()
        self.planner = planner
        self.state = planner.width

    def forward(self, embedding: Tensor, style: Tensor, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        logits, hidden = self.planner(embedding, style, inputs, state[None])
        return logits, hidden[0]


class GeneratorGraph(nn.Module):
    """conditions [4, B, C], embedding, style, noise, state -> codes int64 [4, K, B], next state."""

    def __init__(self, generator: Generator, quantizer: ResidualVQ) -> None:
        super().__init__()
        self.generator, self.quantizer = generator, quantizer
        self.state = generator.stack.memory * generator.stack.channels

    def forward(
        self, conditions: Tensor, embedding: Tensor, style: Tensor, noise: Tensor, state: Tensor
    ) -> tuple[Tensor, Tensor]:
        stack = self.generator.stack
        past = state.reshape(-1, stack.memory, stack.channels)
        latent, past = self.generator(conditions, embedding, style, noise, past)
        return self.quantizer.encode(latent), past.flatten(1)


class DecoderGraph(nn.Module):
    """codes int64 [4, K, B], excitation [4, B, 2*bins], state -> audio [4, B*hop], next state."""

    def __init__(self, codec: Codec) -> None:
        super().__init__()
        self.quantizer, self.decoder = codec.quantizer, codec.decoder
        self.like = tuple(codec.decoder.initial_state(1))
        self.state = sum(math.prod(part.shape[1:]) for part in self.like)

    def forward(self, codes: Tensor, excitation: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        latent = self.quantizer.lookup(codes)
        audio, after = self.decoder(latent, excitation, DecoderState(*_unpack(state, self.like)))
        return audio, _pack(tuple(after))
