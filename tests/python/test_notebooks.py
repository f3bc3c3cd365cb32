"""The notebooks: what notebooks/check.py compares, and the rules that hold for each file."""

import base64
import copy
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbclient", reason="needs the packages of packages.txt, group notebooks")

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
sys.path.insert(0, str(FOLDER))

import check  # noqa: E402
import nbformat  # noqa: E402
from PIL import Image  # noqa: E402

COMMITTED = sorted(FOLDER.glob("*.ipynb"))

CELLS = [
    "import sys\nsys.path.insert(0, FOLDER)\nimport look",
    "print('first')\nprint('second')\nlook.table([(1, 'quartz'), (2, 'mica')], ['number', 'mineral'])",
    "drawn, axes = look.figure()\naxes.plot([1, 2, 3])\naxes.set_xlabel('time (s)')\n"
    "look.show(drawn, 'A line.')\n{1, 2}",
]


def notebook(cells: list[str]) -> Any:
    sources = [cell.replace("FOLDER", repr(str(FOLDER))) for cell in cells]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook that was executed and written."""
    file = tmp_path_factory.mktemp("notebooks") / "one.ipynb"
    nbformat.write(notebook(CELLS), file)
    assert check.check(file, update=True) == []
    return file


@pytest.fixture(scope="module")
def executed(path: Path) -> Any:
    return check.execute(path, update=False)


# Goal: what was written is found equal, and stays as it is. Method: check and update once more. Expectation: no
# difference, the same bytes, pixels included.
def test_equal(path: Path, executed: Any) -> None:
    before = path.read_text()
    assert check.differences(nbformat.read(path, as_version=4), executed) == []
    assert check.tidied(copy.deepcopy(executed)) == before
    assert '"image/png"' in before and "figure of 1 axes, 3 points" in before


def other_image(outputs: list[Any]) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, format="png")
    shown = next(output for output in outputs if "image/png" in output.get("data", {}))
    shown.data["image/png"] = base64.b64encode(drawn.getvalue()).decode()


def no_image(outputs: list[Any]) -> None:
    del next(output for output in outputs if "image/png" in output.get("data", {})).data["image/png"]


# Goal: each sort of output counts. Method: the committed notebook with one change. Expectation: its cell is named.
@pytest.mark.parametrize(
    ("cell", "change"),
    [
        (2, lambda outputs: outputs[0].update(text="first\nsecnd\n")),
        (2, lambda outputs: outputs[1].data.update({"text/plain": "another table"})),
        (2, lambda outputs: outputs[1].data.update({"text/html": "<table></table>"})),
        (2, lambda outputs: outputs.pop()),
        (3, no_image),
        (3, other_image),
        (3, lambda outputs: outputs[-1].data.update({"text/plain": "{1, 3}"})),
    ],
)
def test_changed_output(path: Path, executed: Any, cell: int, change: Callable[[list[Any]], Any]) -> None:
    committed = nbformat.read(path, as_version=4)
    change(committed.cells[cell - 1].outputs)
    (difference,) = check.differences(committed, executed)
    assert difference.startswith(f"cell {cell} differs:\n--- committed\n+++ executed\n")


# Goal: a figure whose data change fails, and so does whatever a cell writes to standard error. Method: the same
# notebook with one point moved, and a warning. Expectation: both cells are named; nothing is written.
def test_changed_figure(path: Path) -> None:
    changed = nbformat.read(path, as_version=4)
    changed.cells[2].source = changed.cells[2].source.replace("[1, 2, 3]", "[1, 2, 3.01]")
    changed.cells[1].source += "\nimport warnings\nwarnings.warn('crumbling')"
    file = path.with_name("changed.ipynb")
    nbformat.write(changed, file)
    warned, moved = check.check(file)
    assert warned.startswith("cell 2 writes to standard error") and "crumbling" in warned
    assert moved.startswith("cell 3 differs") and "-A line. [figure of 1 axes, 3 points" in moved
    before = file.read_text()
    (text,) = check.check(file, update=True)
    assert text.startswith("cell 2 writes to standard error") and file.read_text() == before


# Goal: a cell that raises fails. Method: one that does. Expectation: its traceback, and the file as it was.
def test_failing_cell(tmp_path: Path) -> None:
    file = tmp_path / "failing.ipynb"
    nbformat.write(notebook(["1 / 0"]), file)
    before = file.read_text()
    for update in (False, True):
        (text,) = check.check(file, update=update)
        assert "ZeroDivisionError" in text and file.read_text() == before


# Goal: what an editor adds is refused. Method: a time of execution in a cell's metadata. Expectation: the way to mend
# it.
def test_untidy_file(path: Path) -> None:
    untidy = nbformat.read(path, as_version=4)
    untidy.cells[0].metadata["execution"] = {"iopub.execute_input": "2024-01-01T00:00:00Z"}
    file = path.with_name("untidy.ipynb")
    nbformat.write(untidy, file)
    assert check.check(file) == ["is not in the form that --update writes; run check.py --update"]


# Goal: the index is whole. Method: every notebook's name in it, and every name's notebook. Expectation: one row each.
def test_index() -> None:
    rows = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("| [")]
    names = [row.split("](")[1].split(")")[0] for row in rows]
    assert names == [file.name for file in COMMITTED]


# Goal: cells are as readable as other sources, and free of one machine's paths. Method: every line of every notebook.
@pytest.mark.parametrize("file", COMMITTED, ids=lambda file: file.name)
def test_form(file: Path) -> None:
    for cell in nbformat.read(file, as_version=4).cells:
        lines = cell.source.splitlines() + (check.compared(cell) if cell.cell_type == "code" else [])
        for line in lines:
            assert not any(place in line for place in ("/home" + "/", "/root" + "/", "/tmp" + "/")), line
        wide = [line for line in cell.source.splitlines() if len(line) > 120 and not line.startswith("|")]
        assert wide == []
