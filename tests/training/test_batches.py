from typing import NamedTuple

import numpy as np
import pytest
import torch

from training.batches import Share, load_batches


class Drawn(NamedTuple):
    value: np.ndarray
    count: np.ndarray


def draw(rng):
    return Drawn(rng.random(3, np.float32), rng.integers(1000))


def whole(share, steps=range(3), seed=5):
    """float32 [steps, rows, 3]: the batches of all ranks and parts, one after the other."""
    ranks = [
        torch.stack([batch.value for batch in load_batches(draw, seed, rank, steps, on_gpu=False)])
        for rank in (Share(share.size, share.parts, number, share.ranks) for number in range(share.ranks))
    ]
    return torch.cat([rank.unflatten(0, (len(steps), share.parts)).flatten(1, 2) for rank in ranks], dim=1)


@pytest.mark.parametrize("share", [Share(3, ranks=2), Share(2, parts=3), Share(1, parts=3, ranks=2), Share(1, ranks=6)])
def test_it_does_not_matter_who_takes_which_part_of_a_batch(share):
    assert torch.equal(whole(share), whole(Share(6)))


def test_rows_steps_and_seeds_differ():
    rows = torch.cat([whole(Share(6)), whole(Share(6), seed=6)]).flatten(0, 1)
    assert len(rows.unique(dim=0)) == 36


def test_a_run_that_goes_on_draws_what_it_would_have_drawn():
    assert torch.equal(whole(Share(2), range(2, 5)), whole(Share(2), range(5))[2:])


def test_every_field_becomes_a_tensor_of_its_own_type():
    (batch,) = load_batches(draw, 1, Share(4), range(1), on_gpu=False)
    assert isinstance(batch, Drawn)
    assert batch.value.shape == (4, 3) and batch.value.dtype == torch.float32
    assert batch.count.shape == (4,) and batch.count.dtype == torch.int64


@pytest.mark.filterwarnings("ignore:.*pin_memory.*")
def test_processes_that_draw_ahead_draw_the_same(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    ahead = torch.stack([batch.value for batch in load_batches(draw, 5, Share(6), range(3), on_gpu=True)])
    assert torch.equal(ahead, whole(Share(6)))
