"""One table of figures, system by system, as text, Markdown, LaTeX or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

Table = Mapping[str, Mapping[str, float | None]]

_LATEX_SPECIAL = {"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#"}


def _figures(table: Table) -> list[str]:
    """In the order in which they first come."""
    return list(dict.fromkeys(figure for row in table.values() for figure in row))


def _cell(value: float | None, nothing: str) -> str:
    return nothing if value is None else f"{value:.3f}"


def as_text(table: Table) -> str:
    """A line a figure, a column a system; '-' where there is none."""
    figures = _figures(table)
    first = max([20, *(len(figure) for figure in figures)])
    widths = [max(12, len(system)) for system in table]
    lines = [" ".join([" " * first, *(system.rjust(width) for system, width in zip(table, widths, strict=True))])]
    for figure in figures:
        cells = [_cell(row.get(figure), "-").rjust(width) for row, width in zip(table.values(), widths, strict=True)]
        lines.append(" ".join([figure.ljust(first), *cells]))
    return "\n".join(lines)


def as_markdown(table: Table) -> str:
    """The same as a table of Markdown."""
    rows = [f"| | {' | '.join(table)} |", "|---" * (len(table) + 1) + "|"]
    for figure in _figures(table):
        rows.append(f"| {figure} | {' | '.join(_cell(row.get(figure), '') for row in table.values())} |")
    return "\n".join(rows)


def as_latex(table: Table) -> str:
    """The same as a tabular of booktabs."""

    def plain(text: str) -> str:
        return "".join(_LATEX_SPECIAL.get(letter, letter) for letter in text)

    lines = [rf"\begin{{tabular}}{{l{'r' * len(table)}}}", r"\toprule"]
    lines += [f"& {' & '.join(plain(system) for system in table)} \\\\", r"\midrule"]
    for figure in _figures(table):
        lines.append(f"{plain(figure)} & {' & '.join(_cell(row.get(figure), '--') for row in table.values())} \\\\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def as_json(table: Table) -> str:
    """One object; null where there is no figure."""
    return json.dumps(table)


FORMATS: Mapping[str, Callable[[Table], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "latex": as_latex,
    "json": as_json,
}
