"""Residual vector quantisation (Zeghidour et al., 2021) with EMA codebooks and restart of dead codes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.ranks import rows_of_ranks, total_of_ranks


class Quantized(NamedTuple):
    """latent [B, T, D] with straight-through gradient; codes int64 [B, K, T]; commitment: scalar loss."""

    latent: Tensor
    codes: Tensor
    commitment: Tensor


class ResidualVQ(nn.Module):
    """codebooks float [K, N, D]."""

    def __init__(self, books: int, entries: int, dim: int, decay: float = 0.98) -> None:
        super().__init__()
        self.decay = decay
        self.register_buffer("codebooks", torch.randn(books, entries, dim) * 0.1)
        self.register_buffer("counts", torch.ones(books, entries))
        self.register_buffer("sums", self.codebooks.clone())

    def lookup(self, codes: Tensor) -> Tensor:
        """Codes int64 [B, K, T] -> [B, T, D]."""
        return sum(self.codebooks[k][codes[:, k]] for k in range(codes.shape[1]))

    def encode(self, latent: Tensor) -> Tensor:
        """Latent [B, T, D] -> codes int64 [B, K, T], nearest entry book by book."""
        residual, codes = latent, []
        for book in self.codebooks:
            index = nearest(residual, book)
            codes.append(index)
            residual = residual - book[index]
        return torch.stack(codes, dim=1)

    @torch.no_grad()
    def assign(self, latent: Tensor, books_used: Tensor) -> Tensor:
        """Latent [B, T, D], books_used int [B] -> codes int64 [B, K, T]; in training the books learn from them.

        books_used: quantiser dropout, how many books each item uses. The books learn from the items of all ranks.
        """
        residual, codes = latent, []
        for k, book in enumerate(self.codebooks):
            index = nearest(residual, book)
            if self.training:
                self._learn(k, residual.reshape(-1, residual.shape[-1]), index.reshape(-1))
            residual = residual - _used(k, books_used, latent) * book[index]
            codes.append(index)
        return torch.stack(codes, dim=1)

    def quantised(self, codes: Tensor, books_used: Tensor) -> Tensor:
        """Codes int64 [B, K, T] -> [B, T, D], of the books that each item uses."""
        return sum(_used(k, books_used, book) * book[codes[:, k]] for k, book in enumerate(self.codebooks))

    def forward(self, latent: Tensor, books_used: Tensor, codes: Tensor | None = None) -> Quantized:
        """Latent [B, T, D], books_used int [B]; codes: what `assign` found for them, if it has been asked before."""
        if codes is None:
            codes = self.assign(latent.detach(), books_used)
        total = self.quantised(codes, books_used)
        return Quantized(latent + (total - latent).detach(), codes, (latent - total).pow(2).mean())

    @torch.no_grad()
    def _learn(self, k: int, vectors: Tensor, index: Tensor) -> None:
        entries = self.codebooks.shape[1]
        counts = total_of_ranks(torch.bincount(index, minlength=entries).to(vectors.dtype))
        sums = total_of_ranks(torch.zeros_like(self.sums[k]).index_add_(0, index, vectors))
        self.counts[k].lerp_(counts, 1 - self.decay)
        self.sums[k].lerp_(sums, 1 - self.decay)
        dead = self.counts[k] < 0.02
        if dead.any():
            candidates = rows_of_ranks(vectors)
            self.sums[k, dead] = candidates[torch.randint(len(candidates), (int(dead.sum()),))]
            self.counts[k, dead] = 1.0
        self.codebooks[k] = self.sums[k] / self.counts[k, :, None]


def _used(k: int, books_used: Tensor, like: Tensor) -> Tensor:
    return (k < books_used)[:, None, None].to(like.dtype)


def nearest(vectors: Tensor, book: Tensor) -> Tensor:
    """Index of the nearest entry: vectors [..., D], book [N, D] -> int64 [...]."""
    # |v|^2 is the same for all entries.
    return (book.pow(2).sum(1) - 2 * vectors @ book.T).argmin(dim=-1)
