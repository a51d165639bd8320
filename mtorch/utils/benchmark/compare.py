"""Measurements side by side in tables, and in colour where that is asked for."""
from __future__ import annotations

import math
from collections.abc import Iterable

from .measurement import Measurement, select_unit, trim_sigfig

_WORDS = {"ns": "nanosecond", "us": "microsecond", "ms": "millisecond", "s": "second"}
_BEST, _GOOD, _BAD, _VERY_BAD, _BOLD, _END = "\033[92m", "\033[34m", "\033[2m\033[91m", "\033[31m", "\033[1m", "\033[0m"


class Compare:
    """Tables of measurements, one for each label: a row for each sub_label (and env), a column for each description.

    results: what `Timer` measured; measurements of the same thing are taken together

    Raises: ValueError for a result that is no Measurement.

    >>> from mtorch.utils.benchmark import Compare, Measurement, TaskSpec
    >>> results = [Measurement(1, [2e-6 * n], TaskSpec("x + x", "", label="sums", sub_label=f"n={n}", description="float32"))
    ...            for n in (1, 10)]
    >>> print(*[line.rstrip() for line in str(Compare(results)).splitlines()], sep="\\n")
    [------- sums -------]
                |  float32
    1 threads: -----------
          n=1   |     2.0
          n=10  |    20.0
    <BLANKLINE>
    Times are in microseconds (us).
    """

    def __init__(self, results: Iterable[Measurement]) -> None:
        self._results: list[Measurement] = []
        self._trim = self._highlight = False
        self._colors: str | None = None
        self.extend_results(results)

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Take in further measurements."""
        results = list(results)
        for r in results:
            if not isinstance(r, Measurement):
                raise ValueError(f"Expected an instance of `Measurement`, got {type(r)} instead.")
        self._results += results

    def trim_significant_figures(self) -> None:
        """Show no more figures than are known."""
        self._trim = True

    def colorize(self, rowwise: bool = False) -> None:
        """Show the best of each column (of each row, if rowwise) in green, those near it in blue, the worst in red."""
        self._colors = "rows" if rowwise else "columns"

    def highlight_warnings(self) -> None:
        """Mark the measurements that spread widely."""
        self._highlight = True

    def print(self) -> None:
        """Print the tables."""
        print(str(self))

    def __str__(self) -> str:
        by_label: dict[str | None, list[Measurement]] = {}
        for m in Measurement.merge(self._results):
            by_label.setdefault(m.label, []).append(m)
        return "\n".join(self._table(label, results) for label, results in by_label.items())

    def _table(self, label: str | None, results: list[Measurement]) -> str:
        unit, scale = select_unit(min(m.median for m in results))
        cells = {(_row_of(m), m.description): m for m in results}
        rows = sorted(dict.fromkeys(_row_of(m) for m in results), key=lambda row: row[:2])      # statements stay in order
        columns = list(dict.fromkeys(m.description for m in results))
        texts = [_column_of_text([cells.get((row, c)) for row in rows], scale, self._trim, self._highlight) for c in columns]
        names = _names(rows, {m.env for m in results})

        lines = [["", *(str(c or "") for c in columns)], *([name, *(t[i] for t in texts)] for i, name in enumerate(names))]
        widths = [max(map(len, column)) for column in zip(*lines)]
        shown = ["  |  ".join(text.center(width) for text, width in zip(lines[0], widths))]
        overall = len(shown[0])
        for i, row in enumerate(rows):
            if not i or row[0] != rows[i - 1][0]:
                shown.append(f"{row[0]} threads: ".ljust(overall, "-"))
            parts = [names[i].ljust(widths[0])]
            for c, text, width in zip(columns, lines[i + 1][1:], widths[1:]):
                parts.append(self._colored(text.center(width), cells, row, c))
            shown.append("  |  ".join(parts))
        note = "(! XX%) Measurement has high variance, where XX is the IQR / median * 100.\n" \
            if self._highlight and any(m.has_warnings for m in results) else ""
        title = f" {label or ''} ".center(overall - 2, "-")
        return "\n".join([f"[{title}]", *shown, "", f"Times are in {_WORDS[unit]}s ({unit}).", note])

    def _colored(self, text: str, cells: dict, row: tuple, column: str | None) -> str:
        m = cells.get((row, column))
        if self._colors is None or m is None:
            return text
        rivals = [other.median for (r, c), other in cells.items()
                  if (r == row if self._colors == "rows" else c == column and r[0] == row[0])]
        best, t = min(rivals), m.median
        if t <= best * 1.01 or t <= best + 100e-9:
            return _BEST + _BOLD + text + _END * 2
        if t <= best * 1.1:
            return _GOOD + _BOLD + text + _END * 2
        if t >= best * 5:
            return _VERY_BAD + _BOLD + text + _END * 2
        return _BAD + text + _END * 2 if t >= best * 2 else text


def _row_of(m: Measurement) -> tuple[int, str, str]:
    return m.num_threads, m.env or "", m.as_row_name


def _names(rows: list[tuple[int, str, str]], envs: set[str | None]) -> list[str]:
    """What each row is called: its env stands at the first of each."""
    width = max(len(str(env)) for env in envs) + 4 if len(envs) > 1 else 4
    names = []
    for i, (threads, env, name) in enumerate(rows):
        new = len(envs) > 1 and (not i or rows[i - 1][:2] != (threads, env))
        names.append("  " + (f"({env or None})" if new else "").ljust(width) + name)
    return names


def _column_of_text(column: list[Measurement | None], scale: float, trim: bool, highlight: bool) -> list[str]:
    """The medians of a column, with their points one below the other."""
    found = [m for m in column if m is not None]
    highlight = highlight and any(m.has_warnings for m in found)
    digits = [math.ceil(math.log10(m.median / scale)) for m in found]
    decimals = min(max(m.significant_figures - d, 0) for m, d in zip(found, digits)) if trim else 1
    width = max(digits) + decimals + (1 if decimals else 0)

    def text(m: Measurement | None) -> str:
        value = 1.0 if m is None else m.median / scale
        value = trim_sigfig(value, m.significant_figures) if trim and m is not None else value
        spread = f" (! {m.iqr / m.median * 100:.0f}%)" if highlight and m is not None and m.has_warnings else ""
        shown = f"{value:>{width}.{decimals}f}" + (f"{spread:>7}" if highlight else "")
        return " " * len(shown) if m is None else shown
    return [text(m) for m in column]
