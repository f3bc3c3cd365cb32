"""One look for the figures and tables of all notebooks.

figure() gives axes, show() displays a figure with a line that says what is drawn, table() displays rows. The line holds
a hash of the drawn data: a figure whose data change differs in text, which a check can compare on every machine. Pixels
cannot be compared so. Nothing here reads a clock.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy
import pandas
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mylonite import _core

# Okabe and Ito, "Color Universal Design", 2008: eight colours that people with colour blindness tell apart.
BLACK = "#000000"
ORANGE = "#e69f00"
SKY = "#56b4e9"
GREEN = "#009e73"
YELLOW = "#f0e442"
BLUE = "#0072b2"
RED = "#d55e00"
PURPLE = "#cc79a7"
GREY = "#8a8a8a"
CYCLE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK)

matplotlib.rcdefaults()  # whatever a user's matplotlibrc says
matplotlib.rcParams.update(
    {
        "font.family": "DejaVu Sans",  # comes with matplotlib
        "font.size": 10,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": matplotlib.cycler(color=CYCLE),
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#e0e0e0",
        "grid.linewidth": 0.8,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "errorbar.capsize": 3,
    }
)


def figure(rows: int = 1, columns: int = 1, *, width: float = 8.0, height: float = 3.6, **options: Any) -> Any:
    """A figure and its axes; the options are those of Figure.subplots."""
    drawn = Figure(figsize=(width, height), dpi=110, layout="constrained")
    return drawn, drawn.subplots(rows, columns, **options)


def show(drawn: Figure, what: str, keep: str = "") -> None:
    """Display the figure. `what` says in a sentence what it shows, for those who do not see it.

    keep: a file that `check.py --update` writes, for pages that show the picture.
    """
    said = f"{what} [{summary(drawn)}]"
    png = io.BytesIO()
    drawn.savefig(png, format="png", metadata={"Software": None, "Description": said})
    if keep and "MYLONITE_UPDATE" in os.environ:
        Path(keep).write_bytes(png.getvalue())
    display({"image/png": png.getvalue(), "text/plain": said}, raw=True)


def table(rows: Iterable[Sequence[Any]], columns: Sequence[str]) -> None:
    """Display rows with headings; numbers come as the text that they should have."""
    frame = pandas.DataFrame([[str(cell) for cell in row] for row in rows], columns=list(columns))
    display({"text/plain": frame.to_string(index=False), "text/html": frame.to_html(index=False, border=0)}, raw=True)


def wilson(hits: int, trials: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The 95 % interval of a proportion (E. B. Wilson, JASA 22, 1927)."""
    share = hits / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def interval(values: Iterable[float]) -> tuple[float, float]:
    """The mean, and half of its 95 % interval by Student's distribution: what the laboratory shows."""
    return _core._lab_interval([float(value) for value in values])


def tree(levels: Sequence[Any], position: Callable[[bytes], float], unit: str, title: str, what: str) -> None:
    """Draw Store.levels(): a box for each table over its range of keys, a row for each run, newest above."""
    rows = [(level, age, run) for level, runs in enumerate(levels) for age, run in enumerate(runs)]
    boxes = [
        (row, level, position(at["low"]), position(at["high"]), at["entries"])
        for row, (level, _, run) in enumerate(rows)
        for at in run["tables"]
    ]
    whole = max(high for *_, high, _ in boxes) - min(low for _, _, low, _, _ in boxes)
    drawn, axes = figure(height=1.0 + 0.32 * len(rows))
    for row, level, low, high, entries in boxes:
        axes.barh(row, high - low, left=low, height=0.72, color=CYCLE[level], edgecolor="white", linewidth=1.2)
        if high - low > whole / 32:  # room for the number
            axes.text((low + high) / 2, row, entries, ha="center", va="center", fontsize=8, color="white")
    names = [f"level {level}" + (f", run {age + 1}" if level == 0 else "") for level, age, _ in rows]
    axes.set_yticks(range(len(rows)), names)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(unit)
    axes.set_title(title)
    show(drawn, what)


def summary(drawn: Figure) -> str:
    """Counts and a hash of what the axes hold: texts, scales, and data to six digits."""
    hashed = hashlib.sha256()
    points = 0
    for axes in drawn.axes:
        hashed.update(repr(_words(axes)).encode())
        for data in _data(axes):
            points += len(data)
            hashed.update("".join(f"{number:.6g};" for number in data.ravel()).encode())
    return f"figure of {len(drawn.axes)} axes, {points} points, data {hashed.hexdigest()[:12]}"


def _words(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    entries = [] if legend is None else [text.get_text() for text in legend.get_texts()]
    texts = [text.get_text() for text in axes.texts]
    ticks = [text.get_text() for axis in (axes.xaxis, axes.yaxis) for text in axis.get_ticklabels()]
    titles = [axes.get_title(loc) for loc in ("left", "center", "right")]
    labels = [axes.get_xlabel(), axes.get_ylabel(), axes.get_xscale(), axes.get_yscale()]
    return [*titles, *labels, *entries, *texts, *ticks]


def _data(axes: Axes) -> Iterable[Any]:
    for line in axes.lines:
        yield numpy.asarray(line.get_xydata(), dtype=float)
    for patch in axes.patches:
        yield patch.get_patch_transform().transform(patch.get_path().vertices)
    for collection in axes.collections:
        yield numpy.ma.filled(collection.get_offsets().astype(float), math.nan)
        for path in collection.get_paths():
            yield path.vertices
        if collection.get_array() is not None:
            yield numpy.ma.filled(numpy.ma.asarray(collection.get_array(), dtype=float), math.nan).reshape(-1, 1)
    for image in axes.images:
        yield numpy.ma.filled(numpy.ma.asarray(image.get_array(), dtype=float), math.nan)
