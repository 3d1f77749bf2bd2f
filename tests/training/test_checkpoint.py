import pytest
import torch
from torch import nn

from training.checkpoint import load_checkpoint, save_checkpoint


class Toy:
    """A little net that is trained on random numbers drawn by the number of the step."""

    def __init__(self):
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=0.1)
        self.step = 0

    def train(self, until):
        while self.step < until:
            batch = torch.randn(8, 3, generator=torch.Generator().manual_seed(self.step))
            loss = (self.net(batch) - batch.sum(1, keepdim=True)).square().mean()
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            self.step += 1
        return self

    def save(self, path):
        save_checkpoint(path, {"net": self.net}, {"optimiser": self.optimiser}, {"step": self.step})

    def load(self, path):
        self.step = load_checkpoint(path, {"net": self.net}, {"optimiser": self.optimiser})["step"]
        return self


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_resuming_equals_never_stopping(tmp_path, stop):
    straight = Toy().train(4)
    Toy().train(stop).save(tmp_path / "last.safetensors")
    resumed = Toy().load(tmp_path / "last.safetensors").train(4)
    for ours, theirs in zip(resumed.net.parameters(), straight.net.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_a_fresh_optimiser_would_not_do(tmp_path):
    straight = Toy().train(4)
    Toy().train(2).save(tmp_path / "last.safetensors")
    forgetful = Toy()
    forgetful.step = load_checkpoint(tmp_path / "last.safetensors", {"net": forgetful.net})["step"]
    forgetful.train(4)
    assert not torch.equal(next(forgetful.net.parameters()), next(straight.net.parameters()))


def test_facts_come_back(tmp_path):
    facts = {"step": 7, "config": {"hop": 1024, "dilations": [1, 2]}}
    save_checkpoint(tmp_path / "last.safetensors", {"net": nn.Linear(1, 1)}, {}, facts)
    assert load_checkpoint(tmp_path / "last.safetensors", {"net": nn.Linear(1, 1)}) == facts


def test_a_checkpoint_of_another_net_is_refused(tmp_path):
    save_checkpoint(tmp_path / "last.safetensors", {"net": nn.Linear(1, 2)}, {}, {})
    with pytest.raises(RuntimeError, match="size mismatch"):
        load_checkpoint(tmp_path / "last.safetensors", {"net": nn.Linear(1, 1)})


def test_a_save_that_fails_leaves_the_last_whole_checkpoint(tmp_path):
    path = tmp_path / "last.safetensors"
    save_checkpoint(path, {"net": nn.Linear(1, 1)}, {}, {"step": 1})
    before = path.read_bytes()
    with pytest.raises(TypeError):
        save_checkpoint(path, {"net": nn.Linear(1, 1)}, {}, {"step": object()})
    assert path.read_bytes() == before
