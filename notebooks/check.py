"""Executes the notebooks and compares their outputs with the committed ones.

    check.py [--update] [NOTEBOOK...]      all notebooks beside this file, unless some are named

Each runs in a new kernel of this interpreter, in its own folder. Texts and tables must be equal, so they hold no wall
time and no name of a temporary file; an image must be there, and the text beside it is compared (look.show()). A cell
that writes to standard error fails. The files stay in the form that --update writes: without the times, counts and
versions that editors add, so that running again changes nothing.

Exit codes: 0 equal · 1 different, or a cell failed · 2 usage.
"""

from __future__ import annotations

import argparse
import base64
import difflib
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import matplotlib.font_manager  # noqa: F401  builds its cache here; a cell would report that on standard error
import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image

HERE = Path(__file__).resolve().parent
PATIENCE_S = 600  # until a cell is taken to hang
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FORMS = ("text/plain", "text/html", "image/png")  # of an output; the others are left out


def notebooks(names: Iterable[str]) -> list[Path]:
    return [Path(name).resolve() for name in names] or sorted(HERE.glob("*.ipynb"))


class ThisInterpreter(AsyncKernelManager):
    """Starts the kernel of this interpreter, whatever kernels are installed under its name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **options)


def execute(path: Path, update: bool) -> Any:
    """The notebook with new outputs, and with `update` the pictures that it keeps. Raises what nbclient raises."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        kernel_manager_class=ThisInterpreter,
        timeout=PATIENCE_S,
        startup_timeout=PATIENCE_S,
        iopub_timeout=PATIENCE_S,  # outputs may come late on a busy machine; the default loses them after 4 seconds
        raise_on_iopub_timeout=True,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--HistoryManager.enabled=False", "--InteractiveShell.colors=NoColor"],
    )
    told = {"MYLONITE_UPDATE": "1"} if update else {}
    with tempfile.TemporaryDirectory() as profile:  # nobody's start-up files
        client.execute(env={**os.environ, **told, "IPYTHONDIR": profile})
    return notebook


def tidied(notebook: Any) -> str:
    """The text of its file: fixed metadata, cells and executions counted from 1, outputs as one form each time."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    executed = 0
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"
        cell.metadata = nbformat.from_dict({})
        cell.source = cell.source.rstrip()
        if cell.cell_type != "code":
            continue
        executed += 1
        cell.execution_count = executed
        cell.outputs = merged(cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = executed
            if "data" in output:
                output.metadata = nbformat.from_dict({})
                output.data = nbformat.from_dict({form: output.data[form] for form in FORMS if form in output.data})
    return nbformat.writes(notebook) + "\n"


def merged(outputs: list[Any]) -> list[Any]:
    """Without the accident of how a stream was cut into messages."""
    kept: list[Any] = []
    for output in outputs:
        if kept and output.output_type == kept[-1].output_type == "stream" and output.name == kept[-1].name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def compared(cell: Any) -> list[str]:
    """What must be equal of a cell's outputs, as lines."""
    lines: list[str] = []
    for output in merged(cell.outputs):
        if output.output_type == "stream":
            lines += [f"<{output.name}>", *output.text.splitlines()]
            continue
        for form in FORMS:
            if form in output.get("data", {}):
                content = output.data[form]
                lines += [f"<{form}>", *(description(content) if form == "image/png" else content.splitlines())]
    return lines


def description(png: str) -> list[str]:
    """What look.show() wrote into the image: its pixels differ from machine to machine."""
    image = Image.open(io.BytesIO(base64.b64decode(png)))
    return [image.info.get("Description", "")]


def differences(committed: Any, executed: Any) -> list[str]:
    """One text for each code cell whose outputs differ, or that writes to standard error."""
    found: list[str] = []
    for number, (before, after) in enumerate(zip(committed.cells, executed.cells, strict=True), 1):
        if after.cell_type != "code":
            continue
        errors = [output.text for output in after.outputs if output.get("name") == "stderr"]
        if errors:
            found.append(f"cell {number} writes to standard error: " + "".join(errors))
        elif compared(before) != compared(after):
            lines = difflib.unified_diff(compared(before), compared(after), "committed", "executed", lineterm="")
            found.append(f"cell {number} differs:\n" + "\n".join(lines))
    return found


def check(path: Path, update: bool = False) -> list[str]:
    """What is wrong with a notebook; with `update`, it is written instead of compared."""
    committed_text = path.read_text(encoding="utf-8")
    committed = nbformat.reads(committed_text, as_version=4)
    try:
        executed = execute(path, update)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return [str(error)]
    if update:
        found = differences(executed, executed)  # standard error
        if not found:
            path.write_text(tidied(executed), encoding="utf-8")
        return found
    found = differences(committed, executed)
    if not found and tidied(committed) != committed_text:
        found.append("is not in the form that --update writes; run check.py --update")
    return found


def main() -> int:
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a warning of the debugger, which nobody uses here
    parser = argparse.ArgumentParser(description="Executes the notebooks and compares their outputs.")
    parser.add_argument("--update", action="store_true", help="write the new outputs")
    parser.add_argument("notebook", nargs="*", help="files; default: all beside this program")
    arguments = parser.parse_args()
    wrong = 0
    paths = notebooks(arguments.notebook)
    for path in paths:
        start = time.monotonic()
        found = check(path, arguments.update)
        verdict = "FAILED" if found else "written" if arguments.update else "equal"
        print(f"{verdict:8}{path.name} ({time.monotonic() - start:.0f} s)", flush=True)
        for text in found:
            print(text, file=sys.stderr)
            if "differs" in text:
                print("if the change is meant: ./dev notebooks --update", file=sys.stderr)
        wrong += bool(found)
    if not paths:
        parser.error(f"no notebooks in {HERE}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
