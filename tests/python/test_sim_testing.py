"""Hypothesis and power cuts: the example finds its planted mistake, shrinks it, and does so alike every time."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

hypothesis = pytest.importorskip("hypothesis")
from hypothesis.stateful import run_state_machine_as_test  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = hypothesis.settings(
    derandomize=True, database=None, deadline=None, max_examples=100, stateful_step_count=12, print_blob=False
)


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("example", ROOT / "tests/examples/index_under_power_cuts.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find(machine: type) -> tuple[int, str]:
    """How many examples were run, and the shortest one that fails, as Hypothesis prints it."""
    examples = 0

    class Counting(machine):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            nonlocal examples
            examples += 1
            super().__init__()

    Counting.__name__ = machine.__name__
    with pytest.raises(AssertionError) as failure:
        run_state_machine_as_test(Counting, settings=SETTINGS)
    return examples, "\n".join([*failure.value.__notes__, str(failure.value)])


def test_the_mistake_is_found_and_shrunk_twice_alike() -> None:
    module = example()
    examples, shortest = find(module.MistakenPeopleUnderPowerCuts)
    print(f"{examples} examples with those of shrinking\n{shortest}")
    assert shortest.count("state.move(") == 1 and shortest.count("state.crash_soon(") == 1
    assert "the crash came during an operation" in shortest
    assert find(module.MistakenPeopleUnderPowerCuts) == (examples, shortest)


def test_the_sound_layer_passes() -> None:
    run_state_machine_as_test(example().PeopleUnderPowerCuts, settings=SETTINGS)


def test_unsynced_writes_may_be_lost_and_nothing_else() -> None:
    module = example()

    class Unsynced(module.PeopleUnderPowerCuts):  # type: ignore[misc, name-defined]
        options = {"wal_flush_every_write": False}

        @hypothesis.stateful.rule()
        def sync_now(self) -> None:
            self.sync()

    run_state_machine_as_test(Unsynced, settings=SETTINGS)
