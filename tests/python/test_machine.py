"""The package mylonite: simulated machines and disks."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import mylonite
import pytest
from mylonite import sim

# A module with a sanitizer keeps the sanitizer's operator new.
needs_heap = pytest.mark.skipif(not mylonite._core._machine_heap(), reason="machines take no addresses of their own")


def life(seed: int) -> str:
    """Writes, merges, snapshots, a kill, a power loss in the middle of a put; the trace hash of it all."""
    machine = sim.Machine(seed, sync_seconds=0.001)
    store = machine.open(memtable_max_bytes=4096, compression="none")
    store.put_many((b"key%04d" % i, b"v" * 50) for i in range(300))
    with store.snapshot() as then:
        store.delete_range(b"key0100", b"key0200")
        assert then.get(b"key0150") == b"v" * 50
        assert [key for key, _ in then.range(b"key0100", b"key0103")] == [b"key0100", b"key0101", b"key0102"]
    store.flush()
    store.compact_level(0)
    machine.sleep(1)
    machine.kill()
    store = machine.open(compression="none")
    assert sum(1 for _ in store) == 200
    machine.crash_at(7, seed=seed)
    acknowledged = 0
    with pytest.raises(sim.CrashError):
        while True:
            store.put(b"more%d" % acknowledged, b"value")
            acknowledged += 1
    store = machine.open(compression="none")
    assert [store.get(b"more%d" % i) for i in range(acknowledged)] == [b"value"] * acknowledged
    store.close()
    return machine.trace_hash


def test_one_seed_has_one_hash() -> None:
    first = [life(seed) for seed in range(4)]
    with_company = sim.Machine(99)
    store = with_company.open()
    for seed, expected in enumerate(first):
        store.put(b"a", b"b")
        assert life(seed) == expected
    assert len(set(first)) == 4


# The hash of life(1), wherever the package is built. A change of the engine's file calls changes it: run the test, look
# at what changed, and take the new one.
def test_the_hash_is_the_same_on_every_machine() -> None:
    assert life(1) == "ed583a0f97cfce2d01a2578ae35f1394"


def test_the_collector_changes_no_hash() -> None:
    """Layers in cycles die when Python's collector likes: what they held must not run on the machine then."""

    class Layer:
        def __init__(self, store: mylonite.Store) -> None:
            self.store, self.me = store, self
            self.pairs = store.range()

    def run() -> str:
        machine = sim.Machine(7)
        for number in range(200):
            layer = Layer(machine.open())
            layer.store.put(b"k%d" % number, b"v")
            layer.store.close()
        return machine.trace_hash

    gc.collect()
    first = run()
    [[] for _ in range(5000)]
    assert run() == first


def test_a_store_is_a_store_like_any_other() -> None:
    machine = sim.Machine()
    with machine.open(compression="zstd") as store:
        assert isinstance(store, mylonite.Store)
        batch = mylonite.Batch()
        batch.put(b"a", b"1")
        batch.put(b"b", b"2")
        stamp = store.write(batch)
        store.delete(b"a")
        assert store.get(b"a") is None and store.get(b"a", as_of=stamp - 1) is None
        assert store.multi_get([b"a", b"b"]) == [None, b"2"]
        assert b"b" in store and store[b"b"] == b"2"
        with pytest.raises(KeyError):
            store[b"a"]
        store.ingest([(b"m", b"3"), (b"n", b"4")])
        assert list(store.range(reverse=True)) == [(b"n", b"4"), (b"m", b"3"), (b"b", b"2")]
        assert list(store.keys()) == [b"b", b"m", b"n"]
        with store.cursor() as cursor:
            assert cursor.seek(b"c") and cursor.key == b"m" and cursor.value == b"3"
            assert cursor.prev() and cursor.key == b"b"
            assert not cursor.prev() and not cursor.valid
        assert store.scan() == ([b"b", b"m", b"n"], [b"2", b"3", b"4"])
        store.checkpoint("copy")
        assert store.stats()["levels"] and store.levels() and store.options["compression"] == "zstd"
        assert store.approximate_size() > 0 and isinstance(store.recovery, dict)
        store.sync()
    assert store.closed
    with pytest.raises(mylonite.ClosedError):
        store.put(b"a", b"1")
    copy = machine.open("copy")
    assert copy.get(b"m") == b"3"
    with pytest.raises(mylonite.LockedError) as locked:
        machine.open("copy")
    assert locked.value.file == "copy/LOCK"


def test_a_new_machine_has_no_process_on_its_disk() -> None:
    machine = sim.Machine()
    store = machine.open()
    store.put(b"a", b"1")
    assert sim.Machine(disk=machine.disk).open().get(b"a") == b"1"
    with pytest.raises(mylonite.LockedError):
        machine.open()


@needs_heap
def test_memory_that_is_not_there_is_told() -> None:
    machine = sim.Machine()
    store = machine.open()
    store.put(b"a", b"1")
    with pytest.raises(MemoryError):
        store.put(b"big", bytes(1 << 30))
    assert machine.open().get(b"a") == b"1"


@pytest.mark.parametrize(
    "of", [mylonite.Store, mylonite.Batch, mylonite.Snapshot, mylonite.Iterator, mylonite.Cursor, sim.Disk, sim.Machine]
)
def test_what_no_constructor_made_is_refused(of: type) -> None:
    unmade = of.__new__(of)
    for name in ("stats", "files", "kill", "clear", "__len__", "release", "seek_to_first", "close"):
        if hasattr(of, name):
            with pytest.raises((TypeError, RuntimeError)):
                getattr(unmade, name)()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="cannot pickle"):
            pickle.dumps(unmade, protocol)


def test_disks_compare_and_copy() -> None:
    disk = sim.Machine().disk
    assert disk == copy.copy(disk) == copy.deepcopy(disk) and disk != 3 and disk not in [None]
    with pytest.raises(TypeError):
        hash(disk)


def test_errors_of_the_iterable_come_back() -> None:
    store = sim.Machine().open()

    def pairs() -> Iterator[tuple[bytes, bytes]]:
        yield b"a", b"1"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        store.ingest(pairs())
    with pytest.raises(mylonite.InvalidArgumentError):
        store.ingest([(b"b", b""), (b"a", b"")])
    assert list(store.range()) == []


@pytest.mark.parametrize("ending", ["power loss", "kill"])
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_every_file_call(ending: str, after: bool) -> None:
    outcomes = set()
    for nth in range(1, 100):
        machine = sim.Machine(nth)
        store = machine.open()
        store.put(b"before", b"1")
        machine.crash_at(nth, calls="any", after=after, ending=ending, seed=nth)
        try:
            store.put(b"during", b"2")
            store.flush()
        except sim.CrashError:
            again = machine.open()
            assert again.get(b"before") == b"1"
            outcomes.add(again.get(b"during"))
        else:
            break
    else:
        pytest.fail("the crash came in every run")
    # What a killed process had handed over is there.
    certain = after and ending == "kill"
    assert nth > 10 and outcomes == ({b"2"} if certain else {b"2", None})


def test_what_died_says_so() -> None:
    machine = sim.Machine()
    store = machine.open()
    store.put(b"a", b"1")
    snapshot, cursor, pairs = store.snapshot(), store.cursor(), store.range()
    cursor.seek(b"a")
    machine.kill()
    assert not machine.running
    calls: list[Callable[[], object]] = [
        lambda: store.put(b"b", b"2"),
        lambda: store.get(b"a"),
        lambda: snapshot.get(b"a"),
        lambda: cursor.key,
        lambda: cursor.valid,
        lambda: cursor.seek(b"a"),
        lambda: next(pairs),
        lambda: store.stats(),
    ]
    for call in calls:
        with pytest.raises(sim.CrashError):
            call()
    assert issubclass(sim.CrashError, Exception) and not issubclass(sim.CrashError, mylonite.Error)
    store.close()  # of the dead: nothing happens
    again = machine.open()
    with pytest.raises(sim.CrashError):
        store.get(b"a")
    assert again.get(b"a") == b"1"


def test_a_with_block_lets_the_crash_through() -> None:
    machine = sim.Machine()
    with pytest.raises(sim.CrashError), machine.open() as store:
        machine.crash_at(1)
        store.put(b"a", b"1")


def test_disks_are_values() -> None:
    machine = sim.Machine(1)
    store = machine.open(wal_flush_every_write=False)
    for number in range(100):
        store.put(b"key%03d" % number, b"v" * 100)
    disk = machine.disk
    assert any("wal" in unit for unit in disk.at_risk())
    names = set(disk.files())
    fates = machine.power_loss(seed=5)
    assert fates and fates == machine.fates and machine.disk != disk
    same = sim.Machine(2, disk=disk)
    assert same.power_loss(fates=fates) == fates
    assert same.disk == machine.disk
    kept = sim.Machine(3, disk=disk)
    assert kept.power_loss(fates={}) == {}
    assert kept.open().get(b"key099") == b"v" * 100
    assert set(disk.files()) == names
    lost = [sum(1 for _ in sim_after(disk, seed).open()) for seed in range(20)]
    assert len(set(lost)) > 3 and max(lost) == 100


def test_names_of_any_bytes_are_files() -> None:
    disk = sim.Disk()
    disk.write(b"caf\xe9", b"1")
    (name,) = disk.files()
    assert os.fsencode(name) == b"caf\xe9" and disk.read(name) == disk.read(b"caf\xe9") == b"1"
    disk.write(name, b"22")
    assert disk.files() == {name: 2}


def sim_after(disk: sim.Disk, seed: int) -> sim.Machine:
    machine = sim.Machine(disk=disk)
    machine.power_loss(seed)
    return machine


def test_damage_is_told() -> None:
    machine = sim.Machine()
    store = machine.open(block_cache_bytes=0)
    store.put_many((b"key%04d" % i, b"v" * 50) for i in range(1000))
    store.flush()
    store.close()
    disk = machine.disk
    (table,) = [path for path in disk.files() if path.endswith(".sst")]
    damaged = bytearray(disk.read(table))
    damaged[100] ^= 1
    disk.write(table, damaged)
    assert disk != machine.disk and disk.read(table) == damaged
    with pytest.raises(mylonite.CorruptionError) as error:
        list(sim.Machine(disk=disk).open().range())
    assert error.value.file is not None and table.endswith(error.value.file) and error.value.offset is not None


def test_faults_strike_and_are_told() -> None:
    machine = sim.Machine(list_calls=True)
    store = machine.open()
    assert machine.inject("undone", nth=2, calls="append", role="wal") == "EIO on the 2nd append of a wal"
    store.put(b"a", b"1")
    with pytest.raises(mylonite.StorageError):
        store.put(b"b", b"2")
    assert store.get(b"b") is None
    assert len(machine.struck) == 1 and machine.struck[0].startswith("EIO on the ")
    assert [call["kind"] for call in machine.calls if call["result"] == "EIO"] == ["append"]
    assert machine.file_calls == len(machine.calls)
    machine.stop_faults()
    machine.kill()
    store = machine.open()
    store.put(b"d", store.get(b"a"))
    machine.inject("no-space", one_in=1, role="sst")
    with pytest.raises(mylonite.NoSpaceError, match="tried again"):
        store.flush()
    machine.stop_faults()
    machine.sleep(1)
    store.flush()


def test_time_passes_when_told() -> None:
    machine = sim.Machine()
    machine.open()
    before = machine.now
    machine.sleep(3600)
    assert 3600 <= machine.now - before < 3601


def test_bad_arguments_name_what_is_possible() -> None:
    machine = sim.Machine()
    for call, words in [
        (lambda: machine.inject("bad-luck"), "lie, undone, done"),
        (lambda: machine.inject("undone", calls="write"), "changing, syncing"),
        (lambda: machine.inject("undone", role="log"), "wal, sst"),
        (lambda: machine.inject("undone", nth=1, one_in=2), "nth, or one_in"),
        (lambda: machine.crash_at(0), "counts from 1"),
        (lambda: machine.crash_at(ending="bang"), "'power loss' or 'kill'"),
        (lambda: machine.power_loss(fates={"a": "burnt"}), "'burnt'"),
        (lambda: machine.power_loss(fates={"a": "lost"}), "not at risk"),
        (lambda: machine.inject("lie", calls="read"), "never strikes a read"),
        (lambda: sim.Machine(sync_seconds=1e9), "sync_seconds"),
        (lambda: sim.Machine(names="any"), "'ordered'"),
        (lambda: machine.sleep(-1), "seconds"),
    ]:
        with pytest.raises(ValueError, match=words):
            call()
    with pytest.raises(mylonite.InvalidArgumentError):
        machine.open(max_levels=0)
    with pytest.raises(mylonite.NotFoundError):
        machine.disk.read("absent")
    assert set(sim.FAULTS) >= {"lie", "undone", "flipped-bits"}


def test_a_machine_belongs_to_its_thread() -> None:
    machine = sim.Machine()
    store = machine.open()
    errors: list[BaseException] = []

    def use() -> None:
        for call in (machine.kill, lambda: store.put(b"a", b"1"), store.close):
            try:
                call()
            except BaseException as error:
                errors.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert [type(error) for error in errors] == [RuntimeError] * 3
    store.put(b"a", b"1")


@needs_heap
def test_many_machines_live_and_one_too_many_is_refused() -> None:
    machines = [sim.Machine(seed) for seed in range(257)]
    for machine in machines[:256]:
        machine.open()
    with pytest.raises(mylonite.ExhaustedError, match="256 simulated machines"):
        machines[256].open()
    machines[0].kill()
    machines[256].open()


def test_machines_that_wait_for_the_collector_do_not_count() -> None:
    gc.disable()
    try:
        for _ in range(300):
            machine = sim.Machine()
            machine.open()
            cycle: list[object] = [machine]
            cycle.append(cycle)
    finally:
        gc.enable()


@needs_heap
def test_a_process_without_addresses_is_told() -> None:
    program = """
import resource
import mylonite.sim
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
for call in (mylonite.sim.Machine().open, lambda: mylonite.sim.run(1), lambda: mylonite.sim.run_seeds(0, 9, jobs=2)):
    try:
        call()
    except mylonite.NoSpaceError as error:
        print(error)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.count("ulimit -v") == 3, told.stderr
