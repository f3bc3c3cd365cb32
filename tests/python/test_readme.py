"""The Python of README.md runs as it stands, and does what its comments say."""

import re
from pathlib import Path
from typing import Any

import mylonite
import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)


def test_every_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    assert len(BLOCKS) == 2
    for block in BLOCKS:
        exec(compile(block, "README.md", "exec"), {})


def lines(block: str, start: str) -> str:
    """The lines up to the one that starts so."""
    return block[: block.index(start)]


def test_what_the_store_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(BLOCKS[0], names)
    with mylonite.Store.open("my-data") as store:
        assert list(store.range()) == [(b"key", b"value"), (b"p", b"1"), (b"q", b"2"), (b"y", b"1")]
    assert names["at"].valid is False and names["keys"] == []


def test_what_the_machine_says() -> None:
    said = re.search(r"machine\.power_loss\(.*whole: (\{.*\})", BLOCKS[1])
    assert said is not None
    names: dict[str, Any] = {}
    exec(lines(BLOCKS[1], "store = machine.open()  "), names)
    assert names["machine"].fates == eval(said[1])
