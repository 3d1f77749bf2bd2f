"""The kinds of model that a render can play, in one table: how each is loaded, what it cannot do, how it plays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from d2m_bridge.conductor.choose import Tempo
from d2m_bridge.engine.blend import style_weights
from d2m_bridge.engine.clip_manifest import CLIP
from d2m_bridge.engine.clip_model import ClipModel, load_clip_model
from d2m_bridge.engine.composer import Composer, Wishes
from d2m_bridge.engine.feel import AS_DANCED
from d2m_bridge.engine.graphs import Models, load_models
from d2m_bridge.engine.plan import SEEDS_KEY, PlanStep
from d2m_bridge.engine.sound import StemDecoder
from d2m_bridge.errors import InputError, ModelError
from d2m_bridge.manifest import STREAM, read_facts
from d2m_bridge.pipeline.perception import Sight
from d2m_bridge.pipeline.play import play
from d2m_bridge.pipeline.play_clips import check_files, play_clip_model
from d2m_bridge.pipeline.watch import Progress
from d2m_bridge.providers import Device
from d2m_bridge.timeline import Event

if TYPE_CHECKING:
    from d2m_bridge.pipeline.render import RenderOptions

Model = Models | ClipModel
USUAL_SEED = 1  # what it is when nobody gives one


@dataclass(frozen=True, slots=True)
class Take:
    """What is to be played. mix: the raw WAV to write; stems: four more, or none."""

    video: Path
    sights: Sequence[Sight]
    seconds: float
    tempo: Tempo
    options: RenderOptions
    mix: Path
    stems: Sequence[Path]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Played:
    """Events in order of time, the plan (empty where the kind has none), and what else to say, a line each."""

    events: list[Event]
    plan: list[PlanStep]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """has_plan: it plays notes on a grid, which a MIDI file can hold. check: raises InputError before any work."""

    has_plan: bool
    load: Callable[[Path, Device], Model]
    check: Callable[[Any, RenderOptions, Path], None]
    play: Callable[[Any, Take], Played]


def _check_stream(models: Models, options: RenderOptions, video: Path) -> None:
    style_weights(models.manifest, options.style)


def _play_stream(models: Models, take: Take) -> Played:
    options = take.options
    style = style_weights(models.manifest, options.style)
    composer = Composer(models, take.tempo.grid, int(style.argmax()), options.seed, foresight=not options.as_live)
    composer.wish(Wishes(style=style, key=options.key))
    composer.feel = options.feel
    decoder = StemDecoder(models)
    return Played(*play(take.sights, take.seconds, composer, decoder, take.mix, take.stems, take.progress))


def _check_clips(model: ClipModel, options: RenderOptions, video: Path) -> None:
    style_weights(model.manifest, options.style)
    given = {
        "--stems": options.stems,
        "--bpm": options.bpm is not None,
        "--key": options.key != SEEDS_KEY,
        "--intensity, --density, --complexity or --swing": options.feel != AS_DANCED,
        "--as-live": options.as_live,
    }
    odd = ", ".join(name for name, is_given in given.items() if is_given)
    if odd:
        raise InputError(f"{model.manifest.name} makes whole clips and has no {odd}; leave that out")
    check_files(model, video)


def _play_clips(model: ClipModel, take: Take) -> Played:
    style = style_weights(model.manifest, take.options.style)
    events = play_clip_model(model, take.video, take.sights, take.seconds, style, take.mix, take.progress)
    notes = [model.manifest.terms] if model.manifest.terms else []
    if take.options.seed != USUAL_SEED:
        notes.append(f"{model.manifest.name} draws nothing by chance: every seed gives the same music")
    return Played(events, [], tuple(notes))


KINDS = {
    STREAM: Kind(True, load_models, _check_stream, _play_stream),
    CLIP: Kind(False, load_clip_model, _check_clips, _play_clips),
}


def load_model(folder: Path, device: Device = "auto") -> Model:
    """A model of any kind that can be rendered; ModelError when its files are not whole."""
    name = read_facts(folder).get("kind", STREAM)
    if name not in KINDS:
        raise ModelError(f"{folder}: a model of kind {name!r}; this version of d2m knows {', '.join(KINDS)}")
    return KINDS[name].load(folder, device)


def kind_of(model: Model) -> Kind:
    """Its row of the table."""
    return KINDS[CLIP if isinstance(model, ClipModel) else STREAM]
