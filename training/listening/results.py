"""What listeners said.

Mean opinion scores have 95 % percentile bootstrap intervals (10,000 draws with a fixed seed; listeners are drawn first,
then the answers of each, because one listener's answers are not independent). Preferences have exact (Clopper-Pearson)
95 % intervals and the p value of a two-sided binomial test against one half.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

from d2m_bridge.errors import InputError
from training.listening.kit import FIT, PREFERENCE, QUALITY, SCALE

COLUMNS = ["listener", "position", "question", "first", "second", "answer"]
_DRAWS, _SEED = 10_000, 1


@dataclass(frozen=True, slots=True)
class Rating:
    """One answer, 1..5, to one question about one system."""

    listener: str
    system: str
    question: str
    score: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One preference between two systems."""

    listener: str
    preferred: str
    other: str


def read_results(kit: Path, files: Sequence[Path]) -> tuple[list[Rating], list[Choice]]:
    """The answers in the page's CSV files; InputError for a line that the page cannot have written or comes twice."""
    try:
        key = json.loads((kit / "key.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{kit}: no key.json to read there ({error}); expected what `make` wrote") from error
    ratings: list[Rating] = []
    choices: list[Choice] = []
    seen: set[tuple[str, ...]] = set()
    for path in files:
        for number, row in _rows(path):
            once = row["listener"], row["question"], *sorted((row["first"], row["second"]))
            if once in seen:
                raise InputError(f"{path}, line {number}: {row['listener']} has answered this before; leave one out")
            seen.add(once)
            answer = _answer(row, key)
            if answer is None:
                raise InputError(f"{path}, line {number}: not an answer to this test: {', '.join(row.values())}")
            (ratings if isinstance(answer, Rating) else choices).append(answer)
    return ratings, choices


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(enumerate(reader, start=2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as CSV ({error})") from error
    if reader.fieldnames != COLUMNS:
        raise InputError(f"{path}: expected the columns {', '.join(COLUMNS)}, got {reader.fieldnames}")
    for number, row in rows:
        if None in row or None in row.values():
            raise InputError(f"{path}, line {number}: expected {len(COLUMNS)} cells")
    return rows


def _answer(row: dict[str, str], key: dict[str, dict[str, str]]) -> Rating | Choice | None:
    first, second, answer = row["first"], row["second"], row["answer"]
    if row["question"] in (FIT, QUALITY) and first in key and not second and answer in map(str, SCALE):
        return Rating(row["listener"], key[first]["system"], row["question"], int(answer))
    pair = [first, second]
    if row["question"] == PREFERENCE and first != second and set(pair) <= set(key) and answer in pair:
        pair.remove(answer)
        return Choice(row["listener"], key[answer]["system"], key[pair[0]]["system"])
    return None


def analyse(ratings: Sequence[Rating], choices: Sequence[Choice]) -> dict[str, Any]:
    """JSON values. opinion: system -> question -> mean, low, high, answers, listeners. preference: a list of pairs."""
    grouped: dict[str, dict[str, dict[str, list[int]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for rating in ratings:
        grouped[rating.system][rating.question][rating.listener].append(rating.score)
    opinion = {
        system: {question: mean_opinion(by_listener) for question, by_listener in questions.items()}
        for system, questions in sorted(grouped.items())
    }
    wins: dict[tuple[str, str], int] = defaultdict(int)
    for choice in choices:
        wins[choice.preferred, choice.other] += 1
    pairs = sorted({(min(pair), max(pair)) for pair in wins})
    return {"opinion": opinion, "preference": [preference(a, b, wins[a, b], wins[b, a]) for a, b in pairs]}


def mean_opinion(by_listener: dict[str, list[int]]) -> dict[str, float]:
    """The mean of all answers, and its interval. by_listener: at least one, each with at least one answer."""
    rng = np.random.default_rng(_SEED)
    answers = [np.array(scores) for scores in by_listener.values()]
    means = np.empty(_DRAWS)
    for draw in range(_DRAWS):
        drawn = [answers[index] for index in rng.integers(len(answers), size=len(answers))]
        means[draw] = np.concatenate([scores[rng.integers(len(scores), size=len(scores))] for scores in drawn]).mean()
    low, high = np.percentile(means, [2.5, 97.5])
    return {
        "mean": float(np.concatenate(answers).mean()), "low": float(low), "high": float(high),
        "answers": sum(map(len, answers)), "listeners": len(answers),
    }  # fmt: skip


def preference(a: str, b: str, for_a: int, for_b: int) -> dict[str, Any]:
    """How often `a` was preferred to `b`, the interval of that share, and p."""
    test = binomtest(for_a, for_a + for_b)
    interval = test.proportion_ci(0.95, "exact")
    return {
        "a": a, "b": b, "for_a": for_a, "for_b": for_b, "share": for_a / (for_a + for_b),
        "low": float(interval.low), "high": float(interval.high), "p": float(test.pvalue),
    }  # fmt: skip


def as_text(report: dict[str, Any]) -> str:
    """A line a mean or a pair."""
    lines = ["mean opinion, 1 to 5 (95 % bootstrap interval over listeners and answers)"]
    for system, questions in report["opinion"].items():
        for question, found in questions.items():
            counts = f"{found['answers']} answers, {found['listeners']} listeners"
            lines.append(
                f"  {system:20} {question:8} {found['mean']:.2f} [{found['low']:.2f}, {found['high']:.2f}]  {counts}"
            )
    lines.append("preference (exact 95 % interval; two-sided binomial test)")
    for pair in report["preference"]:
        interval = f"{pair['share']:.2f} [{pair['low']:.2f}, {pair['high']:.2f}]"
        total = pair["for_a"] + pair["for_b"]
        lines.append(f"  {pair['a']} over {pair['b']}: {pair['for_a']} of {total}, {interval}, p = {pair['p']:.3g}")
    return "\n".join(lines)
