"""The package mylonite among threads, in forked children and at the interpreter's end."""

import functools
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mylonite
import pytest

ROUNDS = int(os.environ.get("MYLONITE_ROUNDS", "10"))  # of what is drawn anew each time
PATIENCE = 60 * max(1, ROUNDS // 10)  # seconds until a test of so many rounds is taken to hang


def together(works: list[Callable[[], None]]) -> None:
    """Run each on a thread of its own; the first exception comes out."""
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]


# Goal: any thread may do anything. Method: writers of their own keys, readers, scanners, merges, flushes and batches
# on one store of small memtables. Expectation: every thread reads what it wrote; at the end all of it is there.
def test_many_threads(tmp_path: Path) -> None:
    store = mylonite.Store.open(tmp_path / "store", memtable_max_bytes=50_000, wal_flush_every_write=False)

    def write(name: int) -> None:
        for number in range(500):
            key = b"%d-%04d" % (name, number)
            store.put(key, b"x" * 100)
            assert store.get(key) == b"x" * 100
            if number % 50 == 0:
                batch = mylonite.Batch()
                batch.put(b"batch-a", key)
                batch.put(b"batch-b", key)
                store.write(batch)

    def scan() -> None:
        for _ in range(30):
            with store.snapshot() as then:
                assert then.get(b"batch-a") == then.get(b"batch-b")
                keys = [key for key, _ in then.range()]
            assert keys == sorted(set(keys))
            assert len(store.multi_get(keys)) == len(keys)

    def tend() -> None:
        for _ in range(20):
            store.flush()
            store.compact_level(0)
            store.stats()

    together([*(functools.partial(write, name) for name in range(4)), scan, scan, tend])
    assert sum(1 for key in store.keys() if key[:1] != b"b") == 2000
    store.close()
    with mylonite.Store.open(tmp_path / "store") as again:
        assert sum(1 for key in again.keys() if key[:1] != b"b") == 2000


# Goal: a call that waits lets other threads run. Method: a load whose iterable waits for an event; a put that has to
# wait for the load; the main thread sets the event. Expectation: both end; a GIL kept by either would hang.
def test_waiting_calls_release_the_gil(tmp_path: Path) -> None:
    began, go_on = threading.Event(), threading.Event()
    with mylonite.Store.open(tmp_path / "store") as store:

        def pairs() -> Iterator[tuple[bytes, bytes]]:
            began.set()
            assert go_on.wait(PATIENCE)
            yield b"a", b"1"

        def let_go() -> None:
            assert began.wait(PATIENCE)
            assert store.stats()["writes"] == 0 and store.compactions() == []
            assert store.levels() is not None and store.options and store.history_floor >= 0
            time.sleep(0.05)  # the put waits by then; if it does not yet, nothing is lost
            go_on.set()

        def put() -> None:
            assert began.wait(PATIENCE)
            store.put(b"b", b"2")

        def load() -> None:
            store.ingest(pairs())

        together([load, put, let_go])
        assert dict(store.range()) == {b"a": b"1", b"b": b"2"}


# Goal: close() ends a load that would never end. Method: an endless iterable on a thread; close. Expectation: the load
# gets ClosedError, and nothing of it is there.
def test_close_ends_an_ingest(tmp_path: Path) -> None:
    began = threading.Event()
    store = mylonite.Store.open(tmp_path / "store")

    def endless() -> Iterator[tuple[bytes, bytes]]:
        for number in range(10**9):
            began.set()
            yield b"%09d" % number, b""

    def load() -> None:
        with pytest.raises(mylonite.ClosedError):
            store.ingest(endless())

    def close() -> None:
        assert began.wait(PATIENCE)
        store.close()

    together([load, close])
    with mylonite.Store.open(tmp_path / "store") as again:
        assert list(again) == []


# Goal: one iterator and one batch in many hands do no harm. Method: threads that step one iterator; threads that write
# a large batch and change it. Expectation: each pair once; ValueError and RuntimeError are the only refusals.
def test_shared_objects(tmp_path: Path) -> None:
    with mylonite.Store.open(tmp_path / "store", wal_flush_every_write=False) as store:
        store.ingest((b"%06d" % number, b"x") for number in range(20000))
        scan, seen = store.range(), []

        def step() -> None:
            while True:
                try:
                    seen.append(next(scan))
                except ValueError:
                    continue
                except StopIteration:
                    return

        together([step] * 4)
        assert sorted(seen) == list(store.range())
        batch = mylonite.Batch()

        def change() -> None:
            for number in range(200):
                try:
                    batch.put(b"%d" % number, b"y" * 10000)
                    store.write(batch)
                    if number % 20 == 19:
                        batch.clear()
                except RuntimeError:
                    continue

        together([change] * 4)


# Goal: buffers that change meanwhile do no harm. Method: one thread puts a bytearray, others change it and resize it.
# Expectation: each stored value is one that the bytearray had whole, as far as the GIL makes changes whole.
def test_changing_buffers(tmp_path: Path) -> None:
    with mylonite.Store.open(tmp_path / "store", wal_flush_every_write=False) as store:
        value, ended = bytearray(b"a" * 5000), threading.Event()

        def put() -> None:
            for number in range(2000):
                store.put(b"%d" % number, value)
            ended.set()

        def change() -> None:
            while not ended.is_set():
                value[:] = b"b" * 5000
                value[:] = b"a" * 100

        together([put, change])
        assert {bytes(each) for _, each in store.range()} <= {b"a" * 5000, b"b" * 5000, b"a" * 100}


def in_child(work: Callable[[], object]) -> int:
    """The exit code of a forked child that does the work: 0 when it returned."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(f"in the child: {error!r}", file=sys.stderr)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# Goal: a store that was opened before a fork is refused in the child, and no harm comes to it. Method: each kind of
# call on each kind of object in the child, their ends of life, and a store of its own. Expectation: ForkedError each
# time; the parent goes on.
def test_fork(tmp_path: Path) -> None:
    store = mylonite.Store.open(tmp_path / "store")
    store.ingest((b"%04d" % number, b"v") for number in range(2000))
    held: dict[str, Any] = {"scan": store.range(), "then": store.snapshot()}
    next(held["scan"])

    def child() -> None:
        nonlocal store
        calls: list[Callable[[], object]] = [
            lambda: store.get(b"0001"),
            lambda: store.put(b"a", b""),
            lambda: list(held["scan"]),
            lambda: held["then"].get(b"0001"),
            lambda: store.ingest([]),
            store.flush,
            store.stats,
            store.levels,
            store.range,
            store.snapshot,
            store.abandon,
        ]
        for call in calls:
            with pytest.raises(mylonite.ForkedError, match="before os.fork"):
                call()
        with pytest.raises(mylonite.LockedError):
            mylonite.Store.open(tmp_path / "store")
        store.close()  # the parent's: no effect
        calls.clear()
        held.clear()
        del store, call
        with mylonite.Store.open(tmp_path / "other") as own:
            own.put(b"a", b"1")
            assert own.get(b"a") == b"1"
            assert in_child(lambda: own.get(b"a")) == 1

    assert in_child(child) == 0
    store.put(b"a", b"1")
    assert len(list(held["scan"])) == 1999
    store.close()


# Goal: forks amid work do no harm. Method: threads that write and scan while the main thread forks children that touch
# the store, let go of it and end as a script does. Expectation: every child gets ForkedError and ends; the store is
# whole.
def test_forks_amid_work(tmp_path: Path) -> None:
    store = mylonite.Store.open(tmp_path / "store", memtable_max_bytes=20_000, wal_flush_every_write=False)
    ended = threading.Event()

    def work() -> None:
        number = 0
        while not ended.is_set():
            store.put(b"%d" % (number % 1000), b"x" * 100)
            number += 1
            if number % 100 == 0:
                sum(1 for _ in store.range())

    def child() -> None:
        nonlocal store
        with pytest.raises(mylonite.ForkedError):
            store.get(b"1")
        del store

    def fork() -> None:
        try:
            for _ in range(ROUNDS):
                assert in_child(child) == 0
        finally:
            ended.set()

    together([work, work, fork])
    store.close()


# Goal: the lock is the parent's alone. Method: a child that lives on while the parent closes and opens again.
# Expectation: not refused.
def test_lock_does_not_outlive_the_parent(tmp_path: Path) -> None:
    store = mylonite.Store.open(tmp_path / "store")
    from_parent, to_child = os.pipe()
    from_child, to_parent = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(to_parent, b"x")  # it runs Python now, so what is done after a fork is done
        os.close(to_child)
        os.read(from_parent, 1)
        os._exit(0)
    os.read(from_child, 1)
    store.close()
    mylonite.Store.open(tmp_path / "store").close()
    for descriptor in [from_parent, to_child, from_child, to_parent]:
        os.close(descriptor)
    assert os.waitpid(child, 0)[1] == 0


AT_EXIT = """
import os, sys, threading, time
import mylonite
store = mylonite.Store.open(sys.argv[1], memtable_max_bytes=20000, wal_flush_every_write=False)
kept = store.range(), store.snapshot()          # left open

def put(name):
    for number in range(10**9):
        store.put(b'%d-%d' % (name, number % 1000), b'x' * 100)

def scan():
    while True:
        sum(1 for _ in store.range(reverse=True))

def load():
    while True:
        store.ingest((b'load-%09d' % number, b'') for number in range(10**9))

def tend():
    while True:
        store.flush()
        store.compact_range()

store.put(b'first', b'1', sync=True)
work = {'put': [lambda: put(1), lambda: put(2)], 'scan': [lambda: put(1), scan], 'load': [load, scan],
        'tend': [lambda: put(1), tend, scan], 'none': []}[sys.argv[2]]
if sys.argv[4] == 'fork' and os.fork() == 0:
    sys.exit()

class Quiet(threading.Thread):
    def run(self):
        try:
            self.work()
        except mylonite.ClosedError:
            pass

for each in work:
    thread = Quiet(daemon=True)
    thread.work = each
    thread.start()
time.sleep(float(sys.argv[3]))
"""


# Goal: the interpreter ends in mid-work without a crash, and the store is closed. Method: scripts that end, some in a
# forked child as well, while daemon threads write, scan, load or merge, after a drawn while. Expectation: exit 0,
# nothing on the error stream; the next open finds a clean close, and what was written first.
@pytest.mark.parametrize("work", ["none", "put", "scan", "load", "tend"])
@pytest.mark.parametrize("fork", ["alone", "fork"])
def test_exit_in_mid_work(tmp_path: Path, work: str, fork: str) -> None:
    draw = random.Random(f"{work} {fork}")
    for turn in range(1 + ROUNDS // 10):
        path = str(tmp_path / f"store-{turn}")
        command = [sys.executable, "-c", AT_EXIT, path, work, str(draw.uniform(0, 0.1)), fork]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        with mylonite.Store.open(path) as store:
            assert store.recovery["clean_close"] and store.get(b"first") == b"1"


# Goal: the interpreter ends though Python code that a store waits for never goes on. Method: a daemon thread in an
# ingest whose source sleeps; a callback that sleeps. Expectation: the process ends, and the store opens with what was
# acknowledged.
@pytest.mark.parametrize("waits", ["ingest", "callback"])
def test_exit_does_not_wait_for_ever(tmp_path: Path, waits: str) -> None:
    program = """
import sys, threading, time, mylonite
path, waits = sys.argv[1:]
def source():
    yield b"b", b"2"
    started.set()
    time.sleep(1000)
started = threading.Event()
def tell(name, fields):
    started.set()
    time.sleep(1000)
store = mylonite.Store.open(path, on_event=tell if waits == "callback" else None)
store.put(b"a", b"1")
if waits == "ingest":
    threading.Thread(target=lambda: store.ingest(source()), daemon=True).start()
else:
    store.flush()
started.wait()
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "store"), waits], timeout=PATIENCE)
    assert done.returncode == 0
    with mylonite.Store.open(tmp_path / "store") as store:
        assert list(store.range()) == [(b"a", b"1")]


# Goal: a source that writes to a store whose ingest waits for it is told, however deep. Method: an ingest of another
# store between the two. Expectation: InvalidArgumentError, not a deadlock.
def test_ingests_inside_ingests(tmp_path: Path) -> None:
    with mylonite.Store.open(tmp_path / "one") as one, mylonite.Store.open(tmp_path / "two") as two:

        def inner() -> Iterator[tuple[bytes, bytes]]:
            one.put(b"a", b"1")
            yield b"x", b""

        def outer() -> Iterator[tuple[bytes, bytes]]:
            two.ingest(inner())
            yield b"y", b""

        with pytest.raises(mylonite.InvalidArgumentError, match="wait for itself"):
            one.ingest(outer())
