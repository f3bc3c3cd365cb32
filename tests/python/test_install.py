"""The packages as they are installed: a wheel elsewhere, what it exports, what is said when something is missing."""

import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import mylonite
import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


# Goal: a wheel builds without network, installs in another environment and runs there. Method: pip wheel; a new venv;
# a script in another directory, with the guide's names. Expectation: it runs on the wheel's files, which hold the
# stubs.
def test_wheel_elsewhere(tmp_path: Path) -> None:
    pip = ["-m", "pip", "--disable-pip-version-check"]
    run(sys.executable, *pip, "wheel", "-q", "--no-build-isolation", "--no-index", "-w", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("mylonite-*.whl")
    run("/usr/bin/python3", "-m", "venv", "--without-pip", "venv", cwd=tmp_path)
    python = tmp_path / "venv/bin/python"
    run(sys.executable, *pip, "--python", python, "install", "-q", "--no-index", wheel, cwd=tmp_path)
    script = (
        "import mylonite, lsm_tree, importlib.resources as r;"
        "store = lsm_tree.SimpleLSMStore(lsm_tree.LSMConfig('data')); store.put(b'a', b'1'); print(store.get(b'a'));"
        "print(mylonite.__file__, *sorted(f.name for f in r.files(mylonite).iterdir()))"
    )
    said = run(python, "-c", script, cwd=tmp_path)
    assert said.startswith("b'1'\n" + str(tmp_path / "venv"))
    assert "_core.pyi" in said and "py.typed" in said


# Goal: the engine inside meets no other library. Method: the dynamic symbols of the extension. Expectation: it defines
# one, its entry.
def test_one_symbol_is_exported() -> None:
    core = importlib.util.find_spec("mylonite._core")
    assert core is not None and core.origin is not None
    said = run("nm", "-D", "--defined-only", core.origin, cwd=ROOT)
    assert re.findall(r"\b[A-Z] (\S+)", said) == ["PyInit__core"]


@pytest.fixture
def setup_py() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("setup_of_mylonite", ROOT / "setup.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Goal: what is missing is named, with the package to install. Method: take each away in turn. Expectation: the
# message.
@pytest.mark.parametrize(
    "missing, text",
    [
        ("python", r"Python 3.11 or later is needed, and \S+ is .*apt-get install python3"),
        ("headers", "the headers of .* are missing.*apt-get install python3-dev, and use /usr/bin/python3"),
        ("wheel", "has no wheel.*apt-get install python3-wheel, and use /usr/bin/python3"),
        ("pybind11", "has no pybind11.*apt-get install pybind11-dev python3-pybind11"),
        ("cmake", "no cmake.*apt-get install cmake"),
        ("ninja", "no ninja.*apt-get install ninja-build"),
        ("c++", r"no C\+\+ compiler.*apt-get install g\+\+"),
        ("", ""),
    ],
)
def test_missing(setup_py: types.ModuleType, monkeypatch: pytest.MonkeyPatch, missing: str, text: str) -> None:
    monkeypatch.delenv("CXX", raising=False)
    if missing == "python":
        monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    elif missing == "headers":
        monkeypatch.setattr(setup_py.sysconfig, "get_path", lambda name: "/nowhere")
    elif missing in ("wheel", "pybind11"):
        monkeypatch.setattr(setup_py.importlib.util, "find_spec", lambda name: None if name == missing else name)
    else:
        monkeypatch.setattr(setup_py.shutil, "which", lambda name: None if name == missing else "/usr/bin/" + name)
    if not missing:
        setup_py.check_tools()
        return
    with pytest.raises(SystemExit, match=text):
        setup_py.check_tools()


# Goal: the version is the tree's. Method: what pip shows, and the C++ source. Expectation: equal.
def test_version(setup_py: types.ModuleType) -> None:
    assert importlib.metadata.version("mylonite") == setup_py.release() == mylonite.__version__
