"""Motion to raw sound, on two cores.

The composer has a thread of its own; decoder, mixer and files work where `play` was called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from d2m_bridge.audio.mixer import Mixer, StemSettings
from d2m_bridge.audio.wav import WavWriter
from d2m_bridge.engine.composer import Composed, Composer
from d2m_bridge.engine.plan import PlanStep
from d2m_bridge.engine.sound import StemDecoder
from d2m_bridge.pipeline.perception import Sight
from d2m_bridge.pipeline.prefetch import Prefetched
from d2m_bridge.pipeline.watch import Progress
from d2m_bridge.timeline import Event, sample_at

# The stereo places of the four stems: the low end in the middle, chords and melody a little apart.
STAGE = (StemSettings(), StemSettings(), StemSettings(pan=-0.25), StemSettings(pan=0.25))
_COMPOSED_AHEAD = 64  # ticks, most of them without a block


def play(
    sights: Sequence[Sight],
    seconds: float,
    composer: Composer,
    decoder: StemDecoder,
    mix: Path,
    stems: Sequence[Path],
    progress: Progress,
) -> tuple[list[Event], list[PlanStep]]:
    """Writes the mix, and each stem where `stems` names four files, as float32 stereo WAV of exactly that many seconds.

    Returns the events inside them in order of time, and the plan. Raises InputError when the disk takes no more.
    """
    events: list[Event] = []
    plan: list[PlanStep] = []
    rate = composer.sample_rate
    end = sample_at(seconds, rate)
    mixer = Mixer(STAGE, rate)
    with ExitStack() as files:
        whole = files.enter_context(WavWriter(mix, rate, 2, "FLOAT"))
        parts = [files.enter_context(WavWriter(path, rate, 2, "FLOAT")) for path in stems]
        outputs = files.enter_context(Prefetched(_composed(sights, seconds, composer), _COMPOSED_AHEAD))
        for output in outputs:
            events += output.events
            plan += output.plan
            for coded in output.blocks:
                block = decoder(coded)
                heard = block.samples[:, : max(0, end - block.start)]
                if not heard.shape[1]:
                    continue
                stereo = mixer.push_stems(heard)
                whole.write(stereo.sum(axis=0, dtype=np.float32))
                for part, samples in zip(parts, stereo, strict=False):
                    part.write(samples)
                progress("playing", min(1.0, block.start / end))
    return sorted((event for event in events if event.t < seconds), key=lambda event: event.t), plan


def _composed(sights: Sequence[Sight], seconds: float, composer: Composer) -> Iterator[Composed]:
    for sight in sights:
        yield composer.push(sight.motion, sight.visual)
    yield composer.finish(seconds)
