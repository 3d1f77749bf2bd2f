import pytest
import torch

from models.quantizer import ResidualVQ, nearest

BOOKS, ENTRIES, DIM = 3, 16, 4


@pytest.fixture
def quantizer():
    torch.manual_seed(0)
    return ResidualVQ(BOOKS, ENTRIES, DIM).eval()


@pytest.fixture
def latent():
    return torch.randn(2, 7, DIM, generator=torch.Generator().manual_seed(1)) * 0.2


def test_nearest_is_the_entry_at_the_least_distance():
    book, vectors = torch.randn(9, 5), torch.randn(3, 4, 5)
    expected = torch.cdist(vectors.reshape(-1, 5), book).argmin(dim=1).reshape(3, 4)
    assert torch.equal(nearest(vectors, book), expected)


def test_an_entry_is_nearest_to_itself(quantizer):
    for book in quantizer.codebooks:
        assert torch.equal(nearest(book, book), torch.arange(ENTRIES))


def test_lookup_adds_the_entries_of_all_books(quantizer):
    codes = torch.randint(ENTRIES, (2, BOOKS, 5), generator=torch.Generator().manual_seed(2))
    latent = quantizer.lookup(codes)
    assert latent.shape == (2, 5, DIM)
    expected = sum(quantizer.codebooks[k][codes[1, k, 3]] for k in range(BOOKS))
    assert torch.allclose(latent[1, 3], expected)


def test_the_codes_of_a_looked_up_single_book_are_found_again(quantizer):
    codes = torch.arange(ENTRIES)[None, None]
    assert torch.equal(ResidualVQ.encode(quantizer, quantizer.codebooks[0][None])[:, :1], codes)


def test_each_book_takes_what_the_one_before_left(quantizer, latent):
    codes = quantizer.encode(latent)
    assert codes.shape == (2, BOOKS, 7) and codes.dtype == torch.int64
    residual = latent
    for k in range(BOOKS):
        assert torch.equal(codes[:, k], nearest(residual, quantizer.codebooks[k]))
        residual = residual - quantizer.codebooks[k][codes[:, k]]


def test_training_and_playing_give_the_same_codes(quantizer, latent):
    result = quantizer(latent, torch.full((2,), BOOKS))
    assert torch.equal(result.codes, quantizer.encode(latent))
    assert torch.allclose(result.latent, quantizer.lookup(result.codes), atol=1e-6)


def test_dropped_books_add_nothing(quantizer, latent):
    result = quantizer(latent, torch.tensor([1, 3]))
    assert torch.allclose(result.latent[0], quantizer.codebooks[0][result.codes[0, 0]], atol=1e-6)
    assert torch.allclose(result.latent[1], quantizer.lookup(result.codes)[1], atol=1e-6)


def test_the_gradient_passes_straight_through(quantizer, latent):
    latent.requires_grad_()
    quantizer(latent, torch.full((2,), BOOKS)).latent.sum().backward()
    assert torch.equal(latent.grad, torch.ones_like(latent))


def test_the_commitment_is_the_squared_distance(quantizer, latent):
    result = quantizer(latent, torch.full((2,), BOOKS))
    assert result.commitment.item() == pytest.approx((latent - result.latent).pow(2).mean().item())


def test_books_learn_only_in_training(quantizer, latent):
    before = quantizer.codebooks.clone()
    quantizer(latent, torch.full((2,), BOOKS))
    assert torch.equal(quantizer.codebooks, before)
    quantizer.train()(latent, torch.full((2,), BOOKS))
    assert not torch.equal(quantizer.codebooks, before)


def test_the_books_move_to_the_data(quantizer):
    torch.manual_seed(3)
    centres = torch.randn(ENTRIES, DIM) * 2
    quantizer.train()
    for _ in range(200):
        latent = centres[torch.randint(ENTRIES, (1, 64))] + 0.01 * torch.randn(1, 64, DIM)
        quantizer(latent, torch.tensor([BOOKS]))
    assert quantizer(latent, torch.tensor([BOOKS])).commitment < 0.02 * latent.pow(2).mean()
