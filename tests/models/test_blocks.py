import pytest
import torch

from models.blocks import CausalDepthwise, CausalStack

CHANNELS = 6
# Sums of a few hundred float32 products in another order.
EXACT = 1e-5


def run(module, x, past, size):
    """The module over x in pieces of `size`."""
    parts = []
    for piece in x.split(size, dim=1):
        y, past = module(piece, past)
        parts.append(y)
    return torch.cat(parts, dim=1), past


@pytest.fixture
def stack():
    torch.manual_seed(0)
    return CausalStack(CHANNELS, (1, 2, 4), kernel=5).eval()


@pytest.fixture
def signal():
    return torch.randn(2, 65, CHANNELS, generator=torch.Generator().manual_seed(1))


def silence(stack):
    return torch.zeros(2, stack.memory, CHANNELS)


def test_the_depthwise_convolution_is_torchs_own_causal_one():
    torch.manual_seed(0)
    module = CausalDepthwise(3, kernel=4, dilation=2)
    x = torch.randn(2, 20, 3)
    y, _ = module(x, torch.zeros(2, module.memory, 3))
    padded = torch.nn.functional.pad(x.transpose(1, 2), (module.memory, 0))
    expected = torch.nn.functional.conv1d(padded, module.weight.T[:, None], module.bias, dilation=2, groups=3)
    assert torch.allclose(y, expected.transpose(1, 2), atol=EXACT)


@torch.no_grad()
@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_chunks_equal_the_whole(stack, signal, size):
    whole, last = stack(signal, silence(stack))
    parts, last_of_parts = run(stack, signal, silence(stack), size)
    assert torch.allclose(parts, whole, atol=EXACT)
    assert torch.allclose(last_of_parts, last, atol=EXACT)


@torch.no_grad()
@pytest.mark.parametrize("at", [0, 1, 30, 64])
def test_past_output_never_changes_and_the_present_does(stack, signal, at):
    before, _ = stack(signal, silence(stack))
    changed = signal.clone()
    changed[:, at:] += 1
    after, _ = stack(changed, silence(stack))
    assert torch.equal(before[:, :at], after[:, :at])
    assert not torch.allclose(before[:, at], after[:, at])


@torch.no_grad()
def test_the_stack_looks_as_far_back_as_its_memory_says(stack, signal):
    reach = stack.memory
    assert reach == 4 * (1 + 2 + 4)
    for back, is_heard in ((reach, True), (reach + 1, False)):
        changed = signal.clone()
        changed[:, -1 - back] += 1
        same = torch.equal(stack(signal, silence(stack))[0][:, -1], stack(changed, silence(stack))[0][:, -1])
        assert same != is_heard
