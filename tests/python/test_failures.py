"""The package mylonite: a failure of the simulator as a value. It is shrunk, told, drawn, and written as a test.

The package's own engine is sound. The extension torn_tail has one planted bug: ./dev python builds it.
"""

import dataclasses
import html
import json
import os
import pickle
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mylonite
import pytest
from mylonite import sim

ROOT = Path(__file__).resolve().parents[2]
SIZE: dict[str, Any] = {"operations": 300, "crashes": 5}


@pytest.fixture(scope="module")
def torn_tail() -> sim.Engine:
    folder = ROOT / f"build/python-{sys.implementation.cache_tag}/notebooks/python"
    built = os.environ.get("MYLONITE_TORN_TAIL") or next(map(str, folder.glob("torn_tail.*.so")), "")
    assert built, f"no torn_tail in {folder}; ./dev python builds it"
    return sim.Engine(built)


@pytest.fixture(scope="module")
def failure(torn_tail: sim.Engine) -> sim.Outcome:
    # From a seed on whose failure is a power loss, not a damaged file.
    (first,) = sim.run_seeds(381, 5000, **SIZE, until_failure=True, engine=torn_tail).failures
    return first


@pytest.fixture(scope="module")
def small(failure: sim.Outcome) -> sim.Shrunk:
    return failure.shrink(time=120)


# Goal: both engines are in one process, and neither is the other. Method: the failing seed on each, and a replay of
# its file. Expectation: one fails as before, the other is clean.
def test_the_planted_engine_fails_and_the_own_one_does_not(failure: sim.Outcome, torn_tail: sim.Engine) -> None:
    again = sim.run(failure.seed, **SIZE, engine=torn_tail)
    assert (again.rule, again.step, again.trace_hash) == (failure.rule, failure.step, failure.trace_hash)
    assert failure.rule and failure.engine == torn_tail and not failure.ok
    assert sim.replay(failure.scenario, engine=torn_tail).verdict == "reproduced"
    sound = sim.replay(failure.scenario)
    assert sound.ok and sound.verdict in ("other rule", "stale") and sim.run(failure.seed, **SIZE).ok


# Goal: what is shrunk is small, and fails alike. Method: its figures; its file, written and replayed. Expectation: few
# operations and crashes, and the same rule; equal calls give equal files.
def test_shrunk(failure: sim.Outcome, small: sim.Shrunk, tmp_path: Path) -> None:
    assert isinstance(small, sim.Outcome) and small.rule == failure.rule and not small.ok
    assert small.before.operations > 100 and small.before.crashes == SIZE["crashes"]
    assert 1 <= small.after.operations <= 10 and 1 <= small.after.crashes <= 2 and small.after.faults == 0
    assert small.after < small.before and str(small.after).startswith(f"{small.after.operations} operation")
    assert small.why == "nothing smaller fails alike" and small.runs > 100 and 0 < small.seconds < 120
    planned = json.loads(small.scenario)["incarnations"]
    assert sum(len(client) for life in planned for client in life.get("clients", [])) == small.after.operations
    assert len(small.scenario) < 4096 < len(failure.scenario)
    path = small.save(tmp_path / "small.repro")
    again = sim.replay(path, engine=small.engine)
    assert (again.verdict, again.rule, again.trace_hash) == ("reproduced", small.rule, small.trace_hash)
    assert sim.replay(path).ok
    assert again.shrink(time=120).after == small.after and failure.shrink(time=120).scenario == small.scenario
    with pytest.raises(FileExistsError):
        small.save(path)


# Goal: time is kept. Method: none at all. Expectation: the scenario as it was, which fails.
def test_without_time(failure: sim.Outcome) -> None:
    hasty = failure.shrink(time=0)
    assert hasty.why == "the time is up" and hasty.before == hasty.after and hasty.runs < 10 and hasty.seconds < 3
    assert (hasty.rule, hasty.trace_hash) == (failure.rule, failure.trace_hash)


# Goal: the decisions name the planted mechanism. Method: those of the small failure. Expectation: a power loss that
# tore the log, each with its chance; with all of them kept every future fails.
def test_decisions(small: sim.Shrunk) -> None:
    words = [decision.words for decision in small.decisions]
    assert any("power loss" in each for each in words) and any("wal" in each and "torn" in each for each in words)
    assert small.decisions[-1].percent == 100 > small.at_first
    assert any(decision.needed for decision in small.decisions)
    for percent, each, needed in small.decisions:
        assert f"{percent:>5} %  {each}{'  (without it: no failure)' if needed else ''}\n" in small.tell()
    pytest.importorskip("pandas")
    frame = small.decisions_frame()
    assert list(frame.columns) == ["percent", "words", "needed"] and len(frame) == len(words) + 1
    assert list(frame["words"]) == ["at first", *words] and frame["percent"].iloc[0] == small.at_first


# Goal: a failure is told as the program does. Method: the same run with stories of two lengths. Expectation: rule, its
# meaning, what was found, the story in so many lines, how to go on; of a clean run one line.
def test_told(failure: sim.Outcome, small: sim.Shrunk) -> None:
    text = failure.tell(lines=20)
    assert text.startswith(f"FAILED  seed {failure.seed}  ") and f"rule {failure.rule}\n" in text
    assert "\n  but: " in text
    assert f"in incarnation {failure.incarnation} at step {failure.step}" in text and "what decides" not in text
    story = sim.replay(failure.scenario, story_lines=20, engine=failure.engine).story
    assert len(story) == 20 and "\n".join(("", *story, "")) in text
    assert text.endswith("replay:    mylonite.sim.replay(outcome.scenario)")
    assert len(failure.tell().splitlines()) == len(text.splitlines()) + 20
    said = small.tell()
    assert "\nwhat decides (" in said
    assert f" shrunk: {small.after}; before {small.before}; {small.why}: " in " ".join(said.split())  # lines are broken
    assert said.splitlines().count(f"== violation: {small.rule}") == 1 and len(said.splitlines()) <= 60
    clean = sim.run(42, **SIZE)
    assert clean.tell().startswith("seed 42 is clean: ") and clean.trace_hash in clean.tell()


# Goal: the page is the program's, and a notebook draws it. Method: its data as JSON; the frame around it.
def test_page(small: sim.Shrunk, tmp_path: Path) -> None:
    page = small.page()
    assert page.startswith("<!doctype html>") and f"A run that fails: rule <em>{small.rule}</em>" in page
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, flags=re.DOTALL)
    assert data is not None and json.loads(data[1])
    assert len(page.encode()) < 150_000 and repr(page) == f"<mylonite.sim.Page, {len(page.encode())} bytes>"
    framed = re.fullmatch(r'<iframe srcdoc="([^"]*)" style="[^"]*"></iframe>', page._repr_html_())
    assert framed is not None and html.unescape(framed[1]) == page
    assert page.save(tmp_path / "page.html").read_text(encoding="utf-8") == page
    with pytest.raises(FileExistsError):
        page.save(tmp_path / "page.html")
    assert "A clean run" in sim.run(42, **SIZE).page()


# Goal: the C++ test is of this failure. Method: its text. Expectation: a test with every operation and every loss.
def test_as_test(small: sim.Shrunk) -> None:
    text = small.as_test()
    assert "\nTEST(Found, " in text and f"Seed{small.seed})" in text and "EXPECT_FALSE(outcome.failure)" in text
    assert text.count("op::") == small.after.operations and text.count("fate_from_string") == small.after.lost_units


# Goal: what cannot be is refused in the program's words. Method: each call on a clean run, bad times, a damaged text.
def test_refused(failure: sim.Outcome) -> None:
    clean = sim.run(42, **SIZE)
    with pytest.raises(ValueError, match="^the run does not fail; there is nothing to shrink$"):
        clean.shrink()
    with pytest.raises(ValueError, match="^the run does not fail; there is no test to write$"):
        clean.as_test()
    for seconds in (-1, float("nan")):
        with pytest.raises(ValueError, match="time is a number of seconds"):
            failure.shrink(time=seconds)
    with pytest.raises(ValueError, match="lines"):
        failure.tell(lines=-1)
    damaged = dataclasses.replace(failure, scenario=failure.scenario[:-200])
    calls: list[Callable[[], object]] = [damaged.shrink, damaged.tell, damaged.page, damaged.as_test]
    for call in calls:
        with pytest.raises(mylonite.CorruptionError):
            call()
    with pytest.raises(ImportError):
        sim.run(1, engine=sim.Engine(ROOT / "absent.so"))


# Goal: Ctrl-C ends a shrink, and others work meanwhile. Method: a large failure, a signal a moment later, a thread that
# counts. Expectation: KeyboardInterrupt soon after the signal, and the count grew.
def test_ctrl_c_ends_a_shrink(torn_tail: sim.Engine, ctrl_c: None) -> None:
    large: dict[str, Any] = {"operations": 6000, "crashes": 20}
    (failing,) = sim.run_seeds(0, 5000, **large, until_failure=True, engine=torn_tail).failures
    counted: list[float] = []
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(0.01):
            counted.append(time.monotonic())
            if len(counted) == 15:
                os.kill(os.getpid(), signal.SIGINT)

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            failing.shrink(time=300)
        assert len(counted) >= 15 and time.monotonic() - counted[14] < 10
    finally:
        ended.set()
        ticking.join()
    assert sim.run(1, **SIZE).ok


# Goal: they are values. Method: through pickle. Expectation: the same answers.
def test_pickled(small: sim.Shrunk) -> None:
    again = pickle.loads(pickle.dumps(small))
    assert type(again) is sim.Shrunk and again.decisions == small.decisions and again.tell() == small.tell()
