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

A failure, whether from a seed or from a file, made smaller and explained:

    failure = sim.replay("seed-144.repro")      # or campaign.failures[0]
    small = failure.shrink(time=10.0)           # a failure, too
    print(small.tell())                         # the rule, the story, what decides
    small.decisions_frame()                     # pandas: a row for each decision that is left
    small.page()                                # drawn in a notebook; page().save("seed-144.html")
    small.save("small.repro"); small.as_test()  # for C++
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mylonite import _core, _frames
from mylonite._core import Disk, Machine
from mylonite._errors import CrashError, HangError
from mylonite._failures import (
    OWN_ENGINE,
    Decision,
    Engine,
    Outcome,
    Page,
    Shrunk,
    Size,
    count,
    figures_of,
    outcome_of,
)

if TYPE_CHECKING:
    import pandas

__all__ = [
    "FAULTS",
    "MARKS",
    "Campaign",
    "CrashError",
    "Decision",
    "Disk",
    "Engine",
    "HangError",
    "Machine",
    "Outcome",
    "Page",
    "Shrunk",
    "Size",
    "replay",
    "run",
    "run_seeds",
]

FAULTS: tuple[str, ...] = _core._FAULTS  # the names that Machine.inject() takes
MARKS: tuple[str, ...] = _core._MARKS  # the rare events that coverage counts

_NO_ROW = ("ev", "wall_ms", "options_hash")


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
    engine: Engine = OWN_ENGINE,
) -> Outcome:
    """Run one seed.

    operations, crashes  how much happens in it
    profile              'smoke', 'default' or 'harsh'
    names                which names a power loss may take: 'ordered', 'reordering', 'posix'; None: drawn
    liar                 whether syncs may lie; None: in one seed of ten
    engine               another one than this package's
    """
    words = _words(operations, crashes, profile, names, liar)
    return outcome_of(engine.core._sim_run(count(seed, "seed"), words, count(story_lines, "story_lines")), engine)


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
    engine: Engine = OWN_ENGINE,
) -> Campaign:
    """Run the seeds of [first, end). Ctrl-C ends it between two seeds.

    jobs               threads, each with a simulated machine of its own
    check_determinism  percent of the seeds that are run again, from the seed and from its record, to compare hashes
    The rest as in run().
    """
    first, end, jobs = count(first, "first"), count(end, "end"), count(jobs, "jobs")
    if not first < end:
        raise ValueError(f"no seeds in [{first}, {end})")
    if jobs < 1:
        raise ValueError(f"jobs is at least 1, not {jobs}")
    percent = count(check_determinism, "check_determinism")
    words = _words(operations, crashes, profile, names, liar)
    done = engine.core._sim_run_seeds(first, end, words, jobs, bool(until_failure), percent)
    figures = json.loads(done["figures"])
    return Campaign(
        failures=tuple(outcome_of(each, engine) for each in done["failures"]),
        nondeterministic=done["nondeterministic"],
        figures=figures_of(figures),
        coverage=figures["marks"],
        _rows=tuple(done["rows"]),
    )


def replay(scenario: str | os.PathLike[str], *, story_lines: int = 60, engine: Engine = OWN_ENGINE) -> Outcome:
    """Run a scenario again: a .repro file, or the text of one. See Outcome.verdict."""
    if isinstance(scenario, str) and ("{" in scenario or not scenario):
        text = scenario
    else:
        text = Path(scenario).read_text(encoding="utf-8", errors="surrogateescape")
    text = text.encode("utf-8", "replace").decode()
    return outcome_of(engine.core._sim_replay(text, count(story_lines, "story_lines")), engine)


def _words(operations: int, crashes: int, profile: str, names: str | None, liar: bool | None) -> dict[str, Any]:
    if not isinstance(profile, str) or not isinstance(names, str | None) or not isinstance(liar, bool | None):
        raise TypeError("profile is a str, names a str or None, liar a bool or None")
    return {
        "operations": count(operations, "operations"),
        "crashes": count(crashes, "crashes"),
        "profile": profile,
        "names": names,
        "liar": liar,
    }
