"""Runs of the simulator as values, and what can be asked of one that failed. Users import them from mylonite.sim."""

from __future__ import annotations

import functools
import html
import importlib.machinery
import importlib.util
import json
import operator
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mylonite import _core, _frames

if TYPE_CHECKING:
    import pandas

_NO_FIGURES = ("ev", "seeds", "failures", "marks", "wall_ns", "interrupted", "nothing_ran", "run_again")


@dataclass(frozen=True)
class Engine:
    """The engine that the simulator runs.

    path  of an extension module that has another one, such as one with a planted bug; '': this package's own

    The sources of such a module are in notebooks/python/src/planted. It has nothing but the simulator's runs.
    """

    path: str | os.PathLike[str] = ""

    @property
    def core(self) -> Any:
        """The extension module."""
        return _loaded(os.fspath(self.path)) if self.path else _core


OWN_ENGINE = Engine()


class Page(str):
    """A run as one HTML page that needs nothing else. Notebooks draw it."""

    __slots__ = ()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, which must not exist."""
        return _saved(self, path)

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{html.escape(self)}" style="width: 100%; height: 640px; border: 0"></iframe>'

    def __repr__(self) -> str:
        return f"<mylonite.sim.Page, {len(self.encode())} bytes>"


class Size(NamedTuple):
    """How much a scenario consists of.

    crashes     ends of a life of the store without a close
    faults      of single file calls
    lost_units  what did not survive a power loss whole
    switches    of threads, beside the plain schedule
    options     that differ from their defaults, of all lives
    text        the same in words
    """

    operations: int
    crashes: int
    faults: int
    lost_units: int
    switches: int
    options: int
    text: str

    def __str__(self) -> str:
        return self.text


class Decision(NamedTuple):
    """One decision that a small scenario has left.

    percent  of the futures that fail alike, where this decision and all before it are kept
    words    what was decided
    needed   without it alone, the failure is gone
    """

    percent: int
    words: str
    needed: bool


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
    engine       the engine that ran
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
    engine: Engine = field(default=OWN_ENGINE, repr=False)

    @property
    def ok(self) -> bool:
        """Whether no rule broke."""
        return not self.rule

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the scenario file, which replay() and `mylonite-sim replay` take; it must not exist."""
        return _saved(self.scenario, path)

    def shrink(self, time: float = 10.0, *, story_lines: int = 60) -> Shrunk:
        """Look for the smallest scenario that fails alike, for so many seconds at most, and for what decides in it.

        Ctrl-C ends it. ValueError: the run does not fail.
        """
        done = self.engine.core._sim_shrink(self.scenario, float(time), count(story_lines, "story_lines"))
        return _shrunk(done, self.engine)

    def tell(self, lines: int = 40) -> str:
        """Say what the simulator's program prints: the rule, what was found, and the story in so many lines."""
        return self._told(lines, "", "")

    def page(self) -> Page:
        """Draw the run as an HTML page: lanes of what happened, and at each step disk, tree and model."""
        return Page(self.engine.core._sim_page(self.scenario))

    def as_test(self) -> str:
        """Write the failing run as a C++ test of the simulator's source tree. ValueError: it does not fail."""
        return str(self.engine.core._sim_as_test(self.scenario))

    def _told(self, lines: int, decisions: str, effort: str) -> str:
        words = {"decisions": decisions, "effort": effort}
        return str(self.engine.core._sim_tell(self.scenario, count(lines, "lines"), words)).strip("\n")


@dataclass(frozen=True, eq=False, kw_only=True)
class Shrunk(Outcome):
    """A failure that was made smaller: the outcome of the small scenario, which is as good as any other.

    before      the size of the scenario that was shrunk
    after       the size of this one
    runs        how many runs it took
    seconds     how long it took
    why         it stopped: 'nothing smaller fails alike' or 'the time is up'
    decisions   that are left, in the order of the run; empty where there are none, or more than 16
    at_first    percent of the futures that fail alike where no decision is kept
    """

    before: Size
    after: Size
    runs: int
    seconds: float
    why: str
    decisions: tuple[Decision, ...] = field(repr=False)
    at_first: int = field(repr=False)
    _table: str = field(repr=False)
    _effort: str = field(repr=False)

    def tell(self, lines: int = 40) -> str:
        """Say what the simulator's program prints, with what decides and how far shrinking came."""
        return self._told(lines, self._table, self._effort)

    def decisions_frame(self) -> pandas.DataFrame:
        """A row for each decision, with the columns percent, words and needed; the first row keeps none."""
        rows = [Decision(self.at_first, "at first", False), *self.decisions] if self.decisions else []
        return _frames.pandas().DataFrame(rows, columns=list(Decision._fields))


for _each in (Engine, Page, Size, Decision, Outcome, Shrunk):
    _each.__module__ = "mylonite.sim"  # what users import, in messages and pickles


def outcome_of(done: dict[str, Any], engine: Engine) -> Outcome:
    """The value of what the extension answers."""
    return Outcome(**_members(done, engine))


def figures_of(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures without what is told elsewhere."""
    return {name: value for name, value in figures.items() if name not in _NO_FIGURES}


def count(number: int, name: str) -> int:
    """The number, if it is one that counts; name is that of the argument."""
    whole = operator.index(number)
    if not 0 <= whole < 2**64:
        raise ValueError(f"{name} is between 0 and 2**64 - 1, not {whole}")
    return whole


def _members(done: dict[str, Any], engine: Engine) -> dict[str, Any]:
    row = json.loads(done["row"])
    figures = json.loads(done["figures"])
    failure = json.loads(done["failure"]) if done["failure"] else {}
    return {
        "seed": row["seed"],
        "rule": failure.get("rule", ""),
        "what": failure.get("what", ""),
        "incarnation": failure.get("incarnation", 0),
        "step": failure.get("step", 0),
        "trace_hash": row["trace_hash"],
        "figures": figures_of(figures),
        "coverage": row["marks"],
        "story": tuple(done["story"]),
        "scenario": done["scenario"],
        "verdict": done.get("verdict", ""),
        "engine": engine,
    }


def _shrunk(done: dict[str, Any], engine: Engine) -> Shrunk:
    decisions = done["decisions"]
    return Shrunk(
        **_members(done, engine),
        before=Size(**done["before"]),
        after=Size(**done["after"]),
        runs=done["runs"],
        seconds=done["seconds"],
        why=done["why"],
        decisions=tuple(Decision(*row) for row in decisions["rows"]),
        at_first=decisions["at_first"],
        _table=decisions["text"],
        _effort=done["effort"],
    )


def _saved(text: str, path: str | os.PathLike[str]) -> Path:
    with open(path, "x", encoding="utf-8") as file:
        file.write(text)
    return Path(path)


@functools.cache
def _loaded(path: str) -> Any:
    name = Path(path).name.partition(".")[0]
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:
        raise ImportError(f"{path} is no extension module")
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
