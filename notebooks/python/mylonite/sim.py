"""The simulator: machines in your hands, and seeds run as values.

A machine you drive call by call. Its disk loses power when you say so:

    from mylonite import sim

    machine = sim.Machine(seed=1)
    store = machine.open()                      # a mylonite.Store like any other
    store.put(b"key", b"value")
    machine.crash_at(3, calls="syncing")        # the power fails in the third sync from now
    ...                                         # CrashError comes out of the call that it met
    store = machine.open()                      # recovered

Your own code over a store, under power cuts, by Hypothesis: mylonite.sim_testing.

Seeds, as the program mylonite-sim runs them:

    campaign = sim.run_seeds(0, 1000)
    campaign.frame()                            # pandas: a row for each seed
    outcome = sim.run(42); outcome.ok, outcome.trace_hash, outcome.coverage
"""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mylonite import _core, _frames
from mylonite._core import Disk, Machine
from mylonite._errors import CrashError, HangError

if TYPE_CHECKING:
    import pandas

__all__ = [
    "FAULTS",
    "MARKS",
    "Campaign",
    "CrashError",
    "Disk",
    "HangError",
    "Machine",
    "Outcome",
    "replay",
    "run",
    "run_seeds",
]

FAULTS: tuple[str, ...] = _core._FAULTS  # the names that Machine.inject() takes
MARKS: tuple[str, ...] = _core._MARKS  # the rare events that coverage counts

_NO_FIGURES = ("ev", "seeds", "failures", "marks", "wall_ns", "interrupted", "nothing_ran", "run_again")
_NO_ROW = ("ev", "wall_ms", "options_hash")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a seed or a scenario file came to.

    rule         the rule that broke; '' where none did
    what         expected and found
    incarnation  the life of the store in which it broke, from 1
    step         of that life's schedule
    trace_hash   of all that happened: equal on every machine
    figures      counts of the run: steps, file_calls, crashes, ...
    coverage     rare events by name, and how often they came
    story        the last of what clients and machine did, line by line
    scenario     the text of a .repro file with every decision of the run
    verdict      of a replay: 'reproduced', 'other rule', 'other trace' or 'stale'; of a run: ''
    """

    seed: int
    rule: str
    what: str
    incarnation: int
    step: int
    trace_hash: str
    figures: Mapping[str, Any] = field(repr=False)
    coverage: Mapping[str, int] = field(repr=False)
    story: tuple[str, ...] = field(repr=False)
    scenario: str = field(repr=False)
    verdict: str = ""

    @property
    def ok(self) -> bool:
        """Whether no rule broke."""
        return not self.rule

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the scenario file, which replay() and `mylonite-sim replay` take; it must not exist."""
        with open(path, "x", encoding="utf-8") as file:
            file.write(self.scenario)
        return Path(path)


@dataclass(frozen=True, eq=False)
class Campaign:
    """Many seeds.

    failures          an Outcome for each seed that failed
    nondeterministic  how many seeds gave another hash when they were run again
    figures           sums over the seeds
    coverage          rare events by name, and how often they came; see missing
    """

    failures: tuple[Outcome, ...]
    nondeterministic: int
    figures: Mapping[str, Any] = field(repr=False)
    coverage: Mapping[str, int] = field(repr=False)
    _rows: tuple[str, ...] = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether no seed failed, and each gave the same hash again."""
        return not self.failures and not self.nondeterministic

    @property
    def missing(self) -> tuple[str, ...]:
        """The rare events that no seed reached."""
        return tuple(mark for mark in MARKS if mark not in self.coverage)

    @property
    def seeds(self) -> list[dict[str, Any]]:
        """A dict for each seed, in order: outcome, operations, crashes, faults, virtual_ms, trace_hash, marks."""
        rows = [{name: value for name, value in json.loads(row).items() if name not in _NO_ROW} for row in self._rows]
        return sorted(rows, key=lambda row: int(row["seed"]))

    def frame(self) -> pandas.DataFrame:
        """A row for each seed, without the marks."""
        rows = [{name: value for name, value in row.items() if name != "marks"} for row in self.seeds]
        return _frames.pandas().DataFrame(rows).set_index("seed")

    def coverage_frame(self) -> pandas.DataFrame:
        """How often each seed reached each mark: a row for each seed, a column for each mark."""
        rows = self.seeds
        table = _frames.pandas().DataFrame([row["marks"] for row in rows], index=[row["seed"] for row in rows])
        return table.reindex(columns=list(MARKS)).fillna(0).astype(int).rename_axis(index="seed", columns="mark")


def run(
    seed: int,
    *,
    operations: int = 1000,
    crashes: int = 10,
    profile: str = "default",
    names: str | None = None,
    liar: bool | None = None,
    story_lines: int = 60,
) -> Outcome:
    """Run one seed.

    operations, crashes  how much happens in it
    profile              'smoke', 'default' or 'harsh'
    names                which names a power loss may take: 'ordered', 'reordering', 'posix'; None: drawn
    liar                 whether syncs may lie; None: in one seed of ten
    """
    words = _words(operations, crashes, profile, names, liar)
    return _outcome(_core._sim_run(_count(seed, "seed"), words, _count(story_lines, "story_lines")))


def run_seeds(
    first: int,
    end: int,
    *,
    jobs: int = 1,
    until_failure: bool = False,
    check_determinism: int = 1,
    operations: int = 1000,
    crashes: int = 10,
    profile: str = "default",
    names: str | None = None,
    liar: bool | None = None,
) -> Campaign:
    """Run the seeds of [first, end). Ctrl-C ends it between two seeds.

    jobs               threads, each with a simulated machine of its own
    check_determinism  percent of the seeds that are run again, from the seed and from its record, to compare hashes
    The rest as in run().
    """
    first, end, jobs = _count(first, "first"), _count(end, "end"), _count(jobs, "jobs")
    if not first < end:
        raise ValueError(f"no seeds in [{first}, {end})")
    if jobs < 1:
        raise ValueError(f"jobs is at least 1, not {jobs}")
    percent = _count(check_determinism, "check_determinism")
    words = _words(operations, crashes, profile, names, liar)
    done = _core._sim_run_seeds(first, end, words, jobs, bool(until_failure), percent)
    figures = json.loads(done["figures"])
    return Campaign(
        failures=tuple(_outcome(each) for each in done["failures"]),
        nondeterministic=done["nondeterministic"],
        figures=_without(figures, _NO_FIGURES),
        coverage=figures["marks"],
        _rows=tuple(done["rows"]),
    )


def replay(scenario: str | os.PathLike[str], *, story_lines: int = 60) -> Outcome:
    """Run a scenario again: a .repro file, or the text of one. See Outcome.verdict."""
    if isinstance(scenario, str) and ("{" in scenario or not scenario):
        text = scenario
    else:
        text = Path(scenario).read_text(encoding="utf-8", errors="surrogateescape")
    text = text.encode("utf-8", "replace").decode()
    return _outcome(_core._sim_replay(text, _count(story_lines, "story_lines")))


def _words(operations: int, crashes: int, profile: str, names: str | None, liar: bool | None) -> dict[str, Any]:
    if not isinstance(profile, str) or not isinstance(names, str | None) or not isinstance(liar, bool | None):
        raise TypeError("profile is a str, names a str or None, liar a bool or None")
    return {
        "operations": _count(operations, "operations"),
        "crashes": _count(crashes, "crashes"),
        "profile": profile,
        "names": names,
        "liar": liar,
    }


def _count(number: int, name: str) -> int:
    whole = operator.index(number)
    if not 0 <= whole < 2**64:
        raise ValueError(f"{name} is between 0 and 2**64 - 1, not {whole}")
    return whole


def _without(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _outcome(done: dict[str, Any]) -> Outcome:
    row = json.loads(done["row"])
    figures = json.loads(done["figures"])
    failure = json.loads(done["failure"]) if done["failure"] else {}
    return Outcome(
        seed=row["seed"],
        rule=failure.get("rule", ""),
        what=failure.get("what", ""),
        incarnation=failure.get("incarnation", 0),
        step=failure.get("step", 0),
        trace_hash=row["trace_hash"],
        figures=_without(figures, _NO_FIGURES),
        coverage=row["marks"],
        story=tuple(done["story"]),
        scenario=done["scenario"],
        verdict=done.get("verdict", ""),
    )
