"""The package mylonite: seeds of the simulator as values."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import mylonite
import pytest
from mylonite import sim

ROOT = Path(__file__).resolve().parents[2]
SMALL: dict[str, Any] = {"operations": 200, "crashes": 4}


def test_a_seed_is_the_same_every_time_and_everywhere() -> None:
    outcome = sim.run(42, **SMALL)
    assert outcome.ok and outcome.rule == "" and outcome.verdict == ""
    assert outcome.trace_hash == sim.run(42, **SMALL).trace_hash != sim.run(43, **SMALL).trace_hash
    assert outcome.figures["operations"] > 100 and outcome.coverage
    assert outcome.story and json.loads(outcome.scenario)["observed"]["trace_hash"] == outcome.trace_hash


def test_the_program_gives_the_same_hash() -> None:
    programs = [ROOT / "build" / preset / "mylonite-sim" for preset in ("dev", "release", "clang")]
    program = next((each for each in programs if each.exists()), None)
    if program is None:
        pytest.skip("mylonite-sim is not built")
    # Without the runtime of a sanitizer that this interpreter may have been given: the program is another build.
    env = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    command = [program, "replay", "7", "--ops", "200", "--crashes", "4"]
    told = subprocess.run(command, capture_output=True, text=True, env=env)
    assert told.returncode == 0 and sim.run(7, **SMALL).trace_hash in told.stdout


def test_a_replay_follows_the_scenario(tmp_path: Path) -> None:
    outcome = sim.run(42, **SMALL)
    path = outcome.save(tmp_path / "seed-42.repro")
    for again in (sim.replay(path), sim.replay(outcome.scenario)):
        assert again.verdict == "reproduced" and again.trace_hash == outcome.trace_hash
    with pytest.raises(FileExistsError):
        outcome.save(path)
    with pytest.raises(mylonite.CorruptionError):
        sim.replay(outcome.scenario[:-200])
    with pytest.raises(FileNotFoundError):
        sim.replay(tmp_path / "absent.repro")


def test_a_witness_of_a_planted_bug_is_clean_on_the_sound_engine() -> None:
    (witness,) = (ROOT / "tests/scenarios/witnesses").glob("torn-tail*.repro")
    outcome = sim.replay(witness)
    assert outcome.ok and outcome.verdict in ("other rule", "stale")


def test_seeds_as_values_and_frames() -> None:
    campaign = sim.run_seeds(10, 40, **SMALL, check_determinism=100)
    assert campaign.ok and campaign.failures == () and campaign.nondeterministic == 0
    assert [row["seed"] for row in campaign.seeds] == list(range(10, 40))
    assert campaign.seeds[3]["trace_hash"] == sim.run(13, **SMALL).trace_hash
    assert campaign.figures["crashes"] == sum(row["crashes"] for row in campaign.seeds)
    assert set(campaign.coverage).isdisjoint(campaign.missing)
    assert set(campaign.coverage) | set(campaign.missing) == set(sim.MARKS)
    pandas = pytest.importorskip("pandas")
    frame = campaign.frame()
    assert isinstance(frame, pandas.DataFrame) and list(frame.index) == list(range(10, 40))
    assert frame["operations"].sum() == campaign.figures["operations"]
    marks = campaign.coverage_frame()
    assert {name: count for name, count in marks.sum().items() if count} == campaign.coverage


def test_several_jobs_give_the_same_results() -> None:
    one, two = (sim.run_seeds(0, 30, **SMALL, jobs=jobs) for jobs in (1, 2))
    assert one.seeds == two.seeds and one.coverage == two.coverage


def test_bad_arguments() -> None:
    for call, words in [
        (lambda: sim.run_seeds(5, 5), "no seeds"),
        (lambda: sim.run_seeds(0, 5, jobs=0), "jobs"),
        (lambda: sim.run(1, profile="gentle"), "'smoke', 'default' or 'harsh'"),
        (lambda: sim.run(1, names="any"), "'ordered'"),
        (lambda: sim.run(-1), "seed"),
        (lambda: sim.run(1, operations=-1), "operations"),
    ]:
        with pytest.raises(ValueError, match=words):
            call()


def test_what_is_no_scenario_is_told() -> None:
    for text in ("", "x{", '\ufeff{"format": 4}'):
        with pytest.raises(mylonite.CorruptionError):
            sim.replay(text)
    with pytest.raises(TypeError):
        sim.run(1, profile=None)  # type: ignore[arg-type]


def test_ctrl_c_ends_a_campaign(ctrl_c: None) -> None:
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        sim.run_seeds(0, 10_000_000, **SMALL)
    timer.join()
    assert sim.run(1, **SMALL).ok
