"""The laboratory: compaction strategies compared in virtual time, every figure reproducible.

    from mylonite import lab

    found = lab.compare(["full", "tier", "lazy:T=4"], workload="upd_u", seeds=5, jobs=2)
    found.summary("write amplification")        # pandas: mean and interval, and the difference from the first policy
    found.frame()                               # a row for each run, every figure

The same runs as the program mylonite-lab makes; read() takes its files of results.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mylonite import _core, _frames

if TYPE_CHECKING:
    import pandas

__all__ = ["METRICS", "Comparison", "Run", "compare", "policies", "read", "run", "workloads"]

METRICS: Mapping[str, str] = _core._LAB_UNITS  # the derived figures and their units
_LATENCIES = ("operations", "p50_ns", "p99_ns", "p999_ns", "p9999_ns", "max_ns")  # as a result's line has them


@dataclass(frozen=True, eq=False)
class Run:
    """One run.

    policy       with all its parameters
    spec         all that the run depends on
    figures      whole numbers: bytes, entries, nanoseconds of virtual time
    metrics      ratios of them, by name; METRICS has the units
    latencies    by kind of operation: operations, p50_ns, p99_ns, p999_ns, p9999_ns, max_ns
    levels       of each level: bytes that came from above it, bytes that merges wrote into it
    result_hash  over spec and figures
    failure      a wrong answer of the store; None: there was none
    """

    policy: str
    spec: Mapping[str, Any]
    figures: Mapping[str, int] = field(repr=False)
    metrics: Mapping[str, float] = field(repr=False)
    latencies: Mapping[str, Mapping[str, int]] = field(repr=False)
    levels: Sequence[tuple[int, int]] = field(repr=False)
    result_hash: str
    failure: str | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs of several policies on the same seeds."""

    runs: tuple[Run, ...]

    @property
    def policies(self) -> list[str]:
        """In the order in which they came; the others are compared with the first."""
        return list(dict.fromkeys(run.policy for run in self.runs))

    def frame(self) -> pandas.DataFrame:
        """A row for each run: policy, seed, what was set, metrics, figures, latencies as read_p99_ns."""
        rows = [
            {"policy": run.policy}
            | {name: value for name, value in run.spec.items() if name not in ("policy", "set")}
            | dict(run.metrics)
            | dict(run.figures)
            | {f"{kind}_{name}": value for kind, of in run.latencies.items() for name, value in of.items()}
            | {"result_hash": run.result_hash}
            for run in self.runs
        ]
        return _frames.pandas().DataFrame(rows)

    def summary(self, *metrics: str) -> pandas.DataFrame:
        """A row for each policy and metric: the mean, half of its 95 % interval, and how many percent it is above the
        first policy, seed by seed, again with half of the interval. Without names: every metric.
        """
        rows = [self._summarized(metric, policy) for metric in metrics or METRICS for policy in self.policies]
        return _frames.pandas().DataFrame(rows).set_index(["metric", "policy"])

    def values(self, metric: str, policy: str) -> dict[int, float]:
        """By seed."""
        if metric not in METRICS:
            raise KeyError(f"no metric is named {metric!r}; there are: {', '.join(METRICS)}")
        return {int(run.spec["seed"]): run.metrics[metric] for run in self.runs if run.policy == policy}

    def _summarized(self, metric: str, policy: str) -> dict[str, Any]:
        own = self.values(metric, policy)
        base = self.values(metric, self.policies[0])
        mean, half = _core._lab_interval(list(own.values()))
        row = {"metric": metric, "policy": policy, "mean": mean, "half": half}
        paired = [(own[seed] / base[seed] - 1) * 100 for seed in own if base.get(seed)]
        if policy != self.policies[0] and paired:
            row["percent above the first"], row["half of it"] = _core._lab_interval(paired)
        return row


def _run_of(line: str, metrics: dict[str, float]) -> Run:
    values = json.loads(line)
    figures = dict(values["figures"])
    latencies = {
        kind: dict(zip(_LATENCIES, numbers, strict=True)) for kind, numbers in figures.pop("latencies").items()
    }
    levels = [(entered, written) for entered, written in figures.pop("levels")]
    return Run(
        policy=values["policy"],
        spec=values["spec"],
        figures=figures,
        metrics=metrics,
        latencies=latencies,
        levels=levels,
        result_hash=values["result_hash"],
        failure=values["failure"] or None,
    )


def run(**members: Any) -> Run:
    """Run one spec: its members by name, as policy="tier", workload="upd_z", seed=3, set={"compaction_threads": 1}.

    Raises mylonite.InvalidArgumentError for a name or a value that is not known, with the nearest that is.
    """
    return _run_of(*_core._lab_run(json.dumps(members)))


def compare(policies: Sequence[str], *, seeds: int = 5, jobs: int = 1, **members: Any) -> Comparison:
    """Run each policy on the same seeds, from `seed` on (1 unless it is given).

    jobs     runs at once, each in a thread
    members  of the spec, as for run()
    """
    if isinstance(policies, str) or not policies:
        raise ValueError("policies is a list of one or more policies")
    if seeds < 1 or jobs < 1:
        raise ValueError("seeds and jobs are 1 or more")
    first = int(members.pop("seed", 1))
    specs = [members | {"policy": policy, "seed": first + i} for i in range(seeds) for policy in policies]
    with ThreadPoolExecutor(jobs) as pool:
        try:
            return Comparison(tuple(pool.map(lambda spec: run(**spec), specs)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def read(*paths: str | os.PathLike[str]) -> Comparison:
    """The runs of files that `mylonite-lab compare --jsonl FILE` wrote. A line whose hash is wrong is refused."""
    return Comparison(tuple(_lines(paths)))


def _lines(paths: Iterable[str | os.PathLike[str]]) -> Iterable[Run]:
    for path in paths:
        with Path(path).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield _run_of(*_core._lab_read(line, os.fspath(path), number))


def policies() -> pandas.DataFrame:
    """Every compaction policy: what it does, and its source."""
    return _frames.pandas().DataFrame(_core._lab_policies()).set_index("policy")


def workloads() -> pandas.DataFrame:
    """Every workload that a spec may name."""
    return _frames.pandas().DataFrame(_core._lab_workloads()).set_index("workload")
