"""The learnt judges, on lessons small enough to learn in seconds."""

import numpy as np
import pytest
import torch

from d2m_bridge.errors import InputError
from tests.training.made_up_pairs import RATE, clicks, dance_of, grid_of, music_of
from training.checkpoint import save_checkpoint
from training.scores import judges as judges_module
from training.scores.genre import WINDOW, train_style_judge
from training.scores.hearing import MEL_BANDS, log_mel
from training.scores.judges import Lessons, load_judges
from training.scores.match_model import PairSampler, train_match_model
from training.styles import STYLE_NAMES

SECONDS = 12.0


def features(seed):
    return np.stack([frame.features for frame in dance_of(seed, SECONDS)])


def heard(seed):
    return log_mel(music_of(seed, SECONDS), RATE)


def timbre(style, seed):
    """float32 [T, 64]: a spectrum per style, otherwise noise."""
    rng = np.random.default_rng(seed)
    shape = np.sin(np.arange(MEL_BANDS) * (0.15 + 0.2 * style))
    return (shape - 2 + rng.normal(0, 0.5, (WINDOW + 40, MEL_BANDS))).astype(np.float32)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_style_is_known_by_its_sound_whatever_its_level():
    songs, styles = [timbre(seed % 3, seed) for seed in range(12)], [seed % 3 for seed in range(12)]
    judge, _ = train_style_judge(songs, styles, 3, steps=30, seed=1)
    for style in range(3):
        assert judge.judge(timbre(style, 100 + style)) == style
        assert judge.judge(timbre(style, 100 + style) - 1.0) == style


def test_the_match_model_tells_new_pairs_and_is_not_had_by_what_knows_no_dance():
    model, _ = train_match_model([features(s) for s in range(10)], [heard(s) for s in range(10)], steps=30, seed=1)
    new = range(50, 58)
    dances, grids = [features(seed) for seed in new], [grid_of(seed) for seed in new]
    assert model.win_share(dances, grids, [heard(seed) for seed in new]) > 0.8
    for trivial in (clicks(0.5, SECONDS), np.zeros(int(SECONDS * RATE), np.float32)):
        assert model.win_share(dances, grids, [log_mel(trivial, RATE)] * len(dances)) == pytest.approx(0.5, abs=0.2)
    # A sound that ends before its dance is judged over what there is of it.
    assert model.win_share(dances, grids, [heard(seed)[: 200 + 7 * seed] for seed in new]) > 0.6
    assert model.win_share(dances, grids, [heard(seed + 100) for seed in new]) == pytest.approx(0.5, abs=0.2)


def test_windows_of_one_clip_lie_at_other_times():
    ramp = np.repeat(np.arange(400, dtype=np.float32)[:, None], MEL_BANDS, axis=1)
    sampler = PairSampler([np.zeros((400, 92), np.float32)], [ramp], seed=0)
    for _ in range(50):
        starts = sampler._starts(400 - WINDOW)
        assert (np.diff(starts) >= 7).all() and starts[0] >= 0 and starts[-1] + WINDOW <= 400
    with pytest.raises(ValueError, match="no pair is long enough"):
        PairSampler([np.zeros((100, 92), np.float32)], [ramp[:100]], seed=0)


def test_judges_are_trained_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(judges_module, "STYLE_STEPS", 2)
    monkeypatch.setattr(judges_module, "MATCH_STEPS", 2)
    count = len(STYLE_NAMES)
    asked = []

    def lessons():
        asked.append(1)
        return Lessons([features(s) for s in range(count)], [heard(s) for s in range(count)], list(range(count)))

    first = load_judges(tmp_path / "kept", lessons)
    again = load_judges(tmp_path / "kept", lessons)
    assert len(asked) == 1
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"style.safetensors", "match.safetensors"}
    for before, after in zip(first.match.state_dict().values(), again.match.state_dict().values(), strict=True):
        assert torch.equal(before, after)
    assert not again.style.training and not again.match.training


@pytest.mark.parametrize("content", [b"no tensors", None])
def test_judges_that_do_not_fit_are_refused_in_one_line(tmp_path, content):
    for name in ("style", "match"):
        file = tmp_path / f"{name}.safetensors"
        if content is None:
            save_checkpoint(file, {"judge": torch.nn.Linear(2, 2), "model": torch.nn.Linear(2, 2)}, {}, {})
        else:
            file.write_bytes(content)
    with pytest.raises(InputError, match="delete the folder") as caught:
        load_judges(tmp_path, lambda: pytest.fail("what is there must not be trained anew"))
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)
