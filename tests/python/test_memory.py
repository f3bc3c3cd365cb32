"""The memory of the process stays flat however many calls it makes.

MYLONITE_CALLS is the number of calls of each kind, MYLONITE_SEEDS that of simulated seeds; ./dev soak makes a million
and 20,000.
"""

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path

import mylonite
import pytest
from mylonite import sim

SEEDS = int(os.environ.get("MYLONITE_SEEDS", "600"))
CALLS = int(os.environ.get("MYLONITE_CALLS", "10000"))
GROWTH_BYTES_MAX = 3 << 20  # of the last nine tenths of the calls; of a million calls 3 bytes each
KEYS = [b"%04d" % number for number in range(1000)]
ABSENT = [key + b"-" for key in KEYS]

Kind = Callable[[mylonite.Store, int], object]


def write_batch(store: mylonite.Store, i: int) -> None:
    batch = mylonite.Batch()
    batch.put(KEYS[i], b"x" * 50)
    batch.delete(KEYS[-i])
    store.write(batch)


def hold_snapshot(store: mylonite.Store, i: int) -> None:
    with store.snapshot() as then:
        assert then.get(KEYS[i]) and then.stamp


def step_cursor(store: mylonite.Store, i: int) -> None:
    with store.cursor() as at:
        assert at.seek(KEYS[i]) and at.key == KEYS[i] and at.value
        at.next() and at.prev()


def drop_range(store: mylonite.Store, i: int) -> None:
    assert next(store.range(KEYS[i]))[0] == KEYS[i]


def raising(error: type[Exception], call: Kind) -> Kind:
    def expect(store: mylonite.Store, i: int) -> None:
        try:
            call(store, i)
        except error:
            return
        raise AssertionError(f"no {error.__name__}")

    return expect


KINDS: dict[str, Kind] = {
    "put": lambda store, i: store.put(KEYS[i], b"x" * 50),
    "put of other buffers": lambda store, i: store.put(bytearray(KEYS[i]), memoryview(b"x" * 50)),
    "put_many": lambda store, i: store.put_many([(KEYS[i], b"x" * 50)]),
    "delete": lambda store, i: store.delete(KEYS[i]),
    "batch": write_batch,
    "get": lambda store, i: store.get(KEYS[i]),
    "get of an absent key": lambda store, i: store.get(ABSENT[i], b"?"),
    "multi_get": lambda store, i: store.multi_get((KEYS[i], ABSENT[i])),
    "in": lambda store, i: KEYS[i] in store,
    "range": lambda store, i: [*store.range(KEYS[i], KEYS[i] + b"\xff")],
    "range in reverse": lambda store, i: [*store.range(KEYS[i], KEYS[i] + b"\xff", reverse=True)],
    "range, dropped": drop_range,
    "cursor": step_cursor,
    "snapshot": hold_snapshot,
    "scan": lambda store, i: store.scan(KEYS[i], limit=3),
    "scan_arrays": lambda store, i: store.scan_arrays(KEYS[i], limit=3),
    "KeyError": raising(KeyError, lambda store, i: store[ABSENT[i]]),
    "TypeError": raising(TypeError, lambda store, i: store.get("text")),  # type: ignore[call-overload]
    "an error of the engine": raising(mylonite.OutOfRangeError, lambda store, i: store.get(KEYS[i], as_of=2**55)),
}


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# Goal: no call leaks. Method: CALLS calls of one kind on a store of 1,000 keys, with flushes and merges where it
# writes. Expectation: the resident memory at the end is that after a tenth of the calls, but for 3 MB.
@pytest.mark.parametrize("kind", KINDS)
def test_memory_is_flat(tmp_path: Path, kind: str) -> None:
    call, start = KINDS[kind], time.monotonic()
    with mylonite.Store.open(tmp_path / "store", memtable_max_bytes=100_000, wal_flush_every_write=False) as store:
        store.put_many((key, key) for key in KEYS)
        store.flush()
        for number in range(CALLS // 10):
            call(store, number % len(KEYS))
        before = resident()
        for number in range(CALLS - CALLS // 10):
            call(store, number % len(KEYS))
        after = resident()
    seconds = time.monotonic() - start
    print(f"{kind}: {CALLS} calls in {seconds:.0f} s, {before >> 10} KB before, {after >> 10} KB after")
    assert after - before < GROWTH_BYTES_MAX


def run_seeds() -> None:
    sim.run_seeds(0, 100, operations=200, crashes=4)


def kill_machines() -> None:
    """Machines that die with a store of several tables."""
    for seed in range(100):
        machine = sim.Machine(seed)
        machine.open(memtable_max_bytes=10_000).put_many((b"key%05d" % i, b"v" * 100) for i in range(300))
        machine.kill()


# Goal: what dies under simulation leaves no memory. Method: SEEDS seeds, or as many machines, by hundreds.
# Expectation: the resident memory at the end is that after the first hundred, but for 3 MB.
@pytest.mark.parametrize("hundred", [run_seeds, kill_machines])
def test_dead_machines_leave_no_memory(hundred: Callable[[], None]) -> None:
    hundred()
    gc.collect()
    before = resident()
    for _ in range(SEEDS // 100 - 1):
        hundred()
    gc.collect()
    after = resident()
    print(f"{SEEDS} in hundreds: {before >> 10} KB before, {after >> 10} KB after")
    assert after - before < GROWTH_BYTES_MAX
