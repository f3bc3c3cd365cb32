"""The package mylonite: events of a store as calls of a Python function."""

import gc
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mylonite
import pytest

PATIENCE = 60  # seconds until a test is taken to hang


class Told:
    """A callback that remembers."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.threads: set[str] = set()

    def __call__(self, name: str, fields: dict[str, Any]) -> None:
        self.threads.add(threading.current_thread().name)
        self.events.append((name, fields))

    def of(self, name: str) -> list[dict[str, Any]]:
        return [fields for each, fields in self.events if each == name]


def event_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "mylonite events"]


def threads_end() -> bool:
    for thread in event_threads():
        thread.join(PATIENCE)
    return not event_threads()


# Goal: a callback hears what the store does, in order. Method: flushes, a merge, a change of policy, a reopen.
# Expectation: recovery first, each merge begun before it is done, the dicts of compactions(); all of it at close(), by
# one daemon thread, which ends.
def test_events(tmp_path: Path) -> None:
    told = Told()
    with mylonite.Store.open(tmp_path / "store", on_event=told, compaction_policy="none") as store:
        for round_ in range(3):
            store.put_many((b"%d" % number, b"v%d" % round_) for number in range(100))
            store.flush()
        store.compact_level(0)
        store.set_compaction_policy("tier")
        jobs = store.compactions()
        assert all(thread.daemon for thread in event_threads())
    names = [name for name, _ in told.events]
    assert names[0] == "recovery" and told.of("recovery")[0]["created"]
    assert [fields["entries"] for fields in told.of("flush")] == [100] * 3
    assert names.index("compaction_begin") < names.index("compaction")
    assert [fields["id"] for fields in told.of("compaction")] == [job["id"] for job in jobs]
    assert told.of("compaction") == jobs
    (change,) = told.of("policy_changed")
    assert change["from"].startswith("none") and change["to"].startswith("tier")
    assert told.threads == {"mylonite events"} and threads_end()
    again = Told()
    mylonite.Store.open_read_only(tmp_path / "store", on_event=again).close()
    assert [name for name, _ in again.events] == ["recovery"] and not again.events[0][1]["created"]
    with pytest.raises(TypeError, match="callable"):
        mylonite.Store.open(tmp_path / "store", on_event=3)  # type: ignore[arg-type]


# Goal: stalls are told with their cause. Method: writes without syncs, forty times what a memtable takes. Expectation:
# events, each with a known cause and a reason.
def test_stall(tmp_path: Path) -> None:
    told = Told()
    options: dict[str, Any] = {"memtable_max_bytes": 50_000, "level0_slowdown_runs": 1, "wal_flush_every_write": False}
    with mylonite.Store.open(tmp_path / "store", on_event=told, compaction_policy="tier", **options) as store:
        for number in range(2000):
            store.put(b"%d" % number, b"v" * 1000)
            if number == 100:
                store.flush()  # from here on level 0 has a run, however slow the thread that flushes is
    assert told.of("write_stall")
    assert {fields["cause"] for fields in told.of("write_stall")} <= {"memtables", "level0", "slowdown"}
    assert all(fields["why"] for fields in told.of("write_stall"))


# Goal: an exception of the callback harms nothing. Method: one that raises always, with a hook in place. Expectation:
# the hook gets each; the store works; later events come.
def test_callback_that_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: seen.append((args.exc_type, args.object)))

    def fail(name: str, fields: dict[str, Any]) -> None:
        raise SystemExit(name) if name == "recovery" else LookupError(name)

    with mylonite.Store.open(tmp_path / "store", on_event=fail) as store:
        store.put(b"a", b"1")
        store.flush()
    assert seen == [(SystemExit, fail), (LookupError, fail)]


# Goal: the queue is bounded, and what it drops is counted. Method: a callback that waits while 5,000 policies are set.
# Expectation: 4,096 and at most one in hand are told; "dropped" tells of the rest, in its place; no event is lost
# without being counted.
def test_dropped(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else tmp_path) as home:  # quick syncs
        drop(Path(home))


def drop(home: Path) -> None:
    told, go_on = Told(), threading.Event()

    def wait(name: str, fields: dict[str, Any]) -> None:
        assert go_on.wait(PATIENCE)
        told(name, fields)

    store = mylonite.Store.open(home / "store", on_event=wait, compaction_policy="none")
    for number in range(5000):
        store.set_compaction_policy("tier" if number % 2 == 0 else "none")
    go_on.set()
    store.close()
    dropped = sum(fields["count"] for fields in told.of("dropped"))
    assert dropped >= 5000 - 4097
    assert len(told.of("policy_changed")) + dropped == 5000 and told.events[0][0] == "recovery"


# Goal: a callback may use the store, close it too. Method: reads and writes in it; then close() in it, while another
# thread closes as well. Expectation: no thread hangs; what comes after is told.
def test_callback_that_uses_the_store(tmp_path: Path) -> None:
    told, ready, closed = Told(), threading.Event(), threading.Event()

    def use(name: str, fields: dict[str, Any]) -> None:
        assert ready.wait(PATIENCE)
        told(name, fields)
        if name == "flush":
            store.put(b"told", store[b"a"])
            store.close()
            closed.set()

    store = mylonite.Store.open(tmp_path / "store", on_event=use)
    ready.set()
    store.put(b"a", b"1")
    store.flush()
    assert closed.wait(PATIENCE)
    store.close()
    assert told.of("flush") and threads_end()
    with mylonite.Store.open(tmp_path / "store") as again:
        assert again[b"told"] == b"1"


# Goal: the thread ends with its store, however that ends. Method: close, abandon, an object that is forgotten, an open
# that fails. Expectation: no thread is left.
def test_thread_ends(tmp_path: Path) -> None:
    ends: list[Callable[[mylonite.Store], object]] = [mylonite.Store.close, mylonite.Store.abandon, lambda store: None]
    for end in ends:
        told = Told()
        store = mylonite.Store.open(tmp_path / "store", on_event=told)
        with pytest.raises(mylonite.LockedError):
            mylonite.Store.open(tmp_path / "store", on_event=Told())
        end(store)
        del store
        gc.collect()
        assert threads_end() and told.of("recovery")


# Goal: a fork harms neither side. Method: children of a store that tells events, forked by the main thread while its
# callback runs; each uses, closes and forgets it. Expectation: exit 0; the parent's goes on.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fork(tmp_path: Path) -> None:
    told = Told()
    store: mylonite.Store | None = mylonite.Store.open(tmp_path / "store", on_event=told)
    for _ in range(20):
        assert store is not None
        store.put(b"a", b"1")
        store.flush()
        child = os.fork()
        if child == 0:
            try:
                store.flush()
            except mylonite.ForkedError:
                store.close()
                store = None
                gc.collect()
                os._exit(0)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store is not None
    store.close()
    assert len(told.of("flush")) == 20


AT_EXIT = """
import sys, mylonite
def tell(name, fields):
    print(name, flush=True)
store = mylonite.Store.open(sys.argv[1], on_event=tell)
store.put(b"a", b"1")
store.flush()
"""


# Goal: the interpreter's end delivers what is left. Method: scripts that end at once. Expectation: every event, exit 0.
def test_exit(tmp_path: Path) -> None:
    for turn in range(10):
        command = [sys.executable, "-c", AT_EXIT, str(tmp_path / f"store-{turn}")]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"recovery\nflush\n")
