"""The package mylonite.lab: runs of the laboratory as values."""

import json
import os
import subprocess
from pathlib import Path

import mylonite
import pytest
from mylonite import lab

SMALL = {"entries": 8000, "buffer_entries": 64, "size_ratio": 4, "base_buffers": 4}


def test_a_run_is_reproducible() -> None:
    first, again = (lab.run(policy="tier", **SMALL) for _ in range(2))
    assert first.result_hash == again.result_hash and first.figures == again.figures
    assert first.failure is None
    assert first.figures["operations"] == 8000 and first.figures["user_bytes"] == 8000 * 128
    written = first.figures["flush_bytes"] + first.figures["merge_bytes_out"]
    assert first.latencies["update"]["operations"] == 8000
    assert first.latencies["update"]["max_ns"] == first.figures["latency_max_ns"]
    assert sum(written for _, written in first.levels) == first.figures["merge_bytes_out"]
    assert first.metrics["write amplification"] == written / first.figures["user_bytes"]
    assert set(first.metrics) == set(lab.METRICS)
    assert lab.run(policy="tier", seed=2, **SMALL).result_hash != first.result_hash


def program() -> Path | None:
    root = Path(__file__).resolve().parents[2] / "build"
    return next((path for name in ("release", "dev") if (path := root / name / "mylonite-lab").exists()), None)


@pytest.mark.skipif(program() is None, reason="no mylonite-lab under build/release or build/dev")
def test_the_program_gives_the_same_results(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    options = [word for name, value in SMALL.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    command = [str(program()), "compare", "full", "tier", "--seeds", "2", "--jsonl", "runs.jsonl", *options]
    subprocess.run(command, check=True, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    theirs = lab.read(tmp_path / "runs.jsonl")
    ours = lab.compare(["full", "tier"], seeds=2, **SMALL)
    assert [run.result_hash for run in theirs.runs] == [run.result_hash for run in ours.runs]
    assert theirs.policies == ["full", "tier"]


def test_several_jobs_give_the_same_results() -> None:
    one, two = (lab.compare(["full", "lazy:T=4"], seeds=3, jobs=jobs, **SMALL) for jobs in (1, 2))
    assert [run.result_hash for run in one.runs] == [run.result_hash for run in two.runs]
    assert one.policies == ["full", "lazy:T=4"]
    assert sorted(one.values("runs", "full")) == [1, 2, 3]


def test_frames() -> None:
    pandas = pytest.importorskip("pandas")
    found = lab.compare(["full", "tier"], seeds=3, seed=7, **SMALL)
    frame = found.frame()
    assert isinstance(frame, pandas.DataFrame) and len(frame) == 6 and set(frame["seed"]) == {7, 8, 9}
    assert frame["operations"].eq(8000).all()
    table = found.summary("write amplification")
    full, tier = (table.loc[("write amplification", policy)] for policy in ("full", "tier"))
    assert tier["mean"] < full["mean"] and tier["percent above the first"] < 0
    assert 0 < tier["half of it"] < 20 and pandas.isna(full["percent above the first"])
    assert set(found.summary().index.get_level_values("metric")) == set(lab.METRICS)
    assert "tier" in lab.policies().index and "upd_u" in lab.workloads().index


def test_mistakes_are_told() -> None:
    with pytest.raises(mylonite.InvalidArgumentError, match="did you mean 'seed'"):
        lab.run(seeed=1)
    with pytest.raises(mylonite.InvalidArgumentError, match="did you mean 'upd_u'"):
        lab.run(workload="upd_v")
    with pytest.raises(mylonite.InvalidArgumentError, match="one of none, one_lvl"):
        lab.compare(["full", "tear"], **SMALL)
    for call in (lambda: lab.compare("full"), lambda: lab.compare([]), lambda: lab.compare(["full"], seeds=0)):
        with pytest.raises(ValueError, match="1 or more|one or more"):
            call()
    with pytest.raises(KeyError, match="write amplification"):
        lab.compare(["full"], seeds=1, **SMALL).values("writes", "full")


def test_a_changed_result_is_refused(tmp_path: Path) -> None:
    line, _ = mylonite._core._lab_run(json.dumps({"policy": "tier", **SMALL}))
    file = tmp_path / "runs.jsonl"
    file.write_text(line + line.replace('"merges":', '"merges":1'), encoding="utf-8")
    with pytest.raises(mylonite.InvalidArgumentError, match=r"runs.jsonl, line 2.*hash"):
        lab.read(file)
    file.write_text("{}\n", encoding="utf-8")
    with pytest.raises(mylonite.InvalidArgumentError, match="runs.jsonl, line 1"):
        lab.read(file)
