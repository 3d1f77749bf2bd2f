"""Residual vector quantisation (Zeghidour et al., 2021) with EMA codebooks and restart of dead codes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


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

    def forward(self, latent: Tensor, books_used: Tensor) -> Quantized:
        """Latent [B, T, D]; books_used int [B]: quantiser dropout, how many books each item uses."""
        residual = latent.detach()
        total = torch.zeros_like(residual)
        codes = []
        for k, book in enumerate(self.codebooks):
            index = nearest(residual, book)
            if self.training:
                self._learn(k, residual.reshape(-1, residual.shape[-1]), index.reshape(-1))
            used = (k < books_used)[:, None, None].to(latent.dtype)
            total = total + used * book[index]
            residual = residual - used * book[index]
            codes.append(index)
        commitment = (latent - total).pow(2).mean()
        return Quantized(latent + (total - latent).detach(), torch.stack(codes, dim=1), commitment)

    @torch.no_grad()
    def _learn(self, k: int, vectors: Tensor, index: Tensor) -> None:
        entries = self.codebooks.shape[1]
        counts = torch.bincount(index, minlength=entries).to(vectors.dtype)
        sums = torch.zeros_like(self.sums[k]).index_add_(0, index, vectors)
        self.counts[k].lerp_(counts, 1 - self.decay)
        self.sums[k].lerp_(sums, 1 - self.decay)
        dead = self.counts[k] < 0.02
        if dead.any():
            chosen = vectors[torch.randint(len(vectors), (int(dead.sum()),))]
            self.sums[k, dead] = chosen
            self.counts[k, dead] = 1.0
        self.codebooks[k] = self.sums[k] / self.counts[k, :, None]


def nearest(vectors: Tensor, book: Tensor) -> Tensor:
    """Index of the nearest entry: vectors [..., D], book [N, D] -> int64 [...]."""
    # |v|^2 is the same for all entries.
    return (book.pow(2).sum(1) - 2 * vectors @ book.T).argmin(dim=-1)
