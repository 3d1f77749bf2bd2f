"""The teacher's plan through the model's generator and decoder: what the sound alone costs, the plan being right."""

from __future__ import annotations

import numpy as np

from d2m_bridge.engine.dynamics import FULL_ENERGY
from d2m_bridge.engine.graphs import EncoderStream, Models
from d2m_bridge.engine.sound import CodeStream, StemDecoder
from d2m_bridge.timeline import STEPS_PER_BEAT, Float32, sample_at
from training.scores.baselines import Teacher
from training.scores.scenes import Scene, Take


class TeacherThroughGenerator:
    """As the engine sounds a plan, at one level throughout, as the teacher plays."""

    name, has_seed = "teacher_generated", True

    def __init__(self, teacher: Teacher, models: Models) -> None:
        self._teacher, self._models = teacher, models

    def play(self, scene: Scene, seed: int) -> Take:
        plan = self._teacher.play(scene, seed).plan
        facts = self._models.manifest
        style = np.eye(len(facts.styles), dtype=np.float32)[facts.style_index(scene.style)]
        codes, decoder = CodeStream(self._models, style, seed), StemDecoder(self._models)
        starts = [sample_at(scene.grid.time_at(step.step / STEPS_PER_BEAT), facts.sample_rate) for step in plan]
        for step, start in zip(plan, starts, strict=True):
            codes.push(step, start, FULL_ENERGY)
        embeddings = self._embeddings(scene, [step.step for step in plan])
        length = sample_at(scene.seconds, facts.sample_rate)
        blocks, made = [], 0
        while made < length:
            step = int(np.searchsorted(starts, codes.frames_taken * facts.hop, side="right")) - 1
            block = codes.advance(embeddings[max(0, step)])
            if block is not None:
                blocks.append(decoder(block).samples)
                made += blocks[-1].shape[1]
        stems = np.concatenate(blocks, axis=1)[:, :length]
        return Take(stems.sum(axis=0), stems, plan)

    def _embeddings(self, scene: Scene, steps: list[int]) -> list[Float32]:
        """For each step what the encoder had seen when the engine would have planned it."""
        encoder = EncoderStream(self._models)
        picture = np.zeros(len(self._models.manifest.visual_features), np.float32)
        nothing = np.zeros(self._models.manifest.embedding, np.float32)
        seen = [nothing, *(encoder(frame.features, picture) for frame in scene.motion)]
        times = [frame.t for frame in scene.motion]
        before = [scene.grid.time_at((step - 1) / STEPS_PER_BEAT) for step in steps]
        return [seen[index] for index in np.searchsorted(times, before, side="right")]
