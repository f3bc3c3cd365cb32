"""The guide of the package lsm_tree: its snippets with the same calls, and its list of acceptance."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mylonite
import pytest
from lsm_tree import LSMConfig, SimpleLSMStore


@pytest.fixture
def data_dir(tmp_path: Path) -> str:
    return str(tmp_path / "path" / "to" / "data")  # as in the guide, the parents are not there


# Goal: the guide's quick start runs. Method: its calls, in its order. Expectation: what its comments say.
def test_quick_start(data_dir: str) -> None:
    config = LSMConfig(
        data_dir=data_dir,
        memtable_max_bytes=64 * 1024 * 1024,
        wal_flush_every_write=True,
        bloom_false_positive_rate=0.01,
    )
    store = SimpleLSMStore(config)
    store.put(b"user:1", b'{"name": "Alice", "age": 30}')
    store.put(b"user:2", b'{"name": "Bob", "age": 25}')
    assert store.get(b"user:1") == b'{"name": "Alice", "age": 30}'
    store.put(b"user:1", b'{"name": "Alice", "age": 31}')
    store.delete(b"user:2")
    assert store.get(b"user:2") is None
    assert list(store.range(b"user:", b"user:~")) == [(b"user:1", b'{"name": "Alice", "age": 31}')]
    store.flush_memtable()
    store.compact_level(0)
    assert store.get(b"user:1") == b'{"name": "Alice", "age": 31}'
    store.close()


# Goal: a `with` block closes. Method: the guide's; then a call. Expectation: the value, then ClosedError.
def test_context_manager(data_dir: str) -> None:
    with SimpleLSMStore(LSMConfig(data_dir=data_dir)) as store:
        store.put(b"key", b"value")
        assert store.get(b"key") == b"value"
    with pytest.raises(mylonite.ClosedError):
        store.get(b"key")


# Goal: the guide's "close or crash here". Method: close in this process; kill another one that has just been answered.
# Expectation: the next open finds the value both times.
@pytest.mark.parametrize("ending", ["close", "crash"])
def test_recovery(data_dir: str, ending: str) -> None:
    config = LSMConfig(data_dir=data_dir)
    if ending == "close":
        store = SimpleLSMStore(config)
        store.put(b"key1", b"value1")
        store.close()
    else:
        script = (
            "import os, signal, sys; from lsm_tree import *; store = SimpleLSMStore(LSMConfig(sys.argv[1]));"
            "store.put(b'key1', b'value1'); os.kill(os.getpid(), signal.SIGKILL)"
        )
        done = subprocess.run([sys.executable, "-c", script, data_dir], check=False)
        assert done.returncode == -signal.SIGKILL
    store = SimpleLSMStore(config)
    assert store.get(b"key1") == b"value1"
    store.close()


# Goal: the guide's table of options. Method: the fields and defaults of the dataclass; then every one given, to a
# store that is asked. Expectation: as the guide says, and all arrive.
def test_every_keyword(data_dir: str) -> None:
    mb = 1024 * 1024
    fields = {field.name: field.default for field in dataclasses.fields(LSMConfig)}
    assert fields == {
        "data_dir": dataclasses.MISSING,
        "memtable_max_bytes": 64 * mb,
        "wal_flush_every_write": True,
        "bloom_false_positive_rate": 0.01,
        "compaction_threshold_bytes": 256 * mb,
        "tombstone_retention_seconds": 86400,
        "sstable_max_bytes": 64 * mb,
        "max_levels": 6,
        "wal_file_rotate_bytes": 64 * mb,
    }
    given: dict[str, Any] = {
        "memtable_max_bytes": 2 * mb,
        "wal_flush_every_write": False,
        "bloom_false_positive_rate": 0.05,
        "compaction_threshold_bytes": 3 * mb,
        "tombstone_retention_seconds": 7,
        "sstable_max_bytes": 4 * mb,
        "max_levels": 3,
        "wal_file_rotate_bytes": 5 * mb,
    }
    with SimpleLSMStore(LSMConfig(data_dir=Path(data_dir), **given)):
        pass
    with mylonite.Store.open(data_dir, **given) as store:
        assert given.items() <= store.options.items()
    with pytest.raises(ValueError, match="max_levels = '0': expected 1 to 32"):
        SimpleLSMStore(LSMConfig(data_dir, max_levels=0))


# Goal: range is an iterator, half-open, of live keys. Method: keys in memory and in tables, one of them deleted; every
# pair of bounds. Expectation: the pairs of a sorted dict.
def test_range(data_dir: str) -> None:
    with SimpleLSMStore(LSMConfig(data_dir=data_dir)) as store:
        expected = {}
        for number in range(0, 40, 2):
            expected[b"%02d" % number] = b"v%d" % number
            store.put(b"%02d" % number, b"v%d" % number)
            if number == 20:
                store.flush_memtable()
        store.delete(b"10")
        del expected[b"10"]
        pairs = store.range(b"", b"~")
        assert isinstance(pairs, Iterator) and next(pairs) == (b"00", b"v0")
        for lo in range(0, 41, 5):
            for hi in range(0, 41, 5):
                low, high = b"%02d" % lo, b"%02d" % hi
                found = list(store.range(low, high))
                assert found == [pair for pair in sorted(expected.items()) if low <= pair[0] < high]


WRITER = """
import sys
from lsm_tree import LSMConfig, SimpleLSMStore
store = SimpleLSMStore(LSMConfig(sys.argv[1], memtable_max_bytes=20000))
for number in range(10**9):
    store.put(b"%09d" % number, b"value %d" % number)
    print(number, flush=True)
"""


# Goal: "all acknowledged writes survive crashes", "WAL replay reconstructs memtable correctly". Method: a process that
# says each number once its write has returned is killed amid writes and flushes. Expectation: every number it said is
# there, with its value; nothing else but the one write on its way.
def test_durability_of_acknowledged_writes(data_dir: str) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, data_dir], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.3)
        writer.kill()
        acknowledged = 1 + len(writer.stdout.read().split(b"\n")[:-1])
    with SimpleLSMStore(LSMConfig(data_dir)) as store:
        found = list(store.range(b"", b"~"))
    assert acknowledged <= len(found) <= acknowledged + 1
    assert found == [(b"%09d" % number, b"value %d" % number) for number in range(len(found))]


# Goal: "latest timestamp wins", "tombstones respected", "duplicates removed, tombstones purged". Method: three
# versions of each key in three runs, every third key deleted, no retention; all merged. Expectation: the newest, and
# as many entries in tables as keys that live.
def test_consistency_and_compaction(data_dir: str) -> None:
    with SimpleLSMStore(LSMConfig(data_dir, tombstone_retention_seconds=0)) as store:
        for version in range(3):
            for number in range(300):
                store.put(b"%04d" % number, b"%d" % version)
            store.flush_memtable()
        for number in range(0, 300, 3):
            store.delete(b"%04d" % number)
        store.flush_memtable()
        expected = [(b"%04d" % number, b"2") for number in range(300) if number % 3 != 0]
        assert list(store.range(b"", b"~")) == expected
        for level in range(5):
            store.compact_level(level)
        assert list(store.range(b"", b"~")) == expected
        assert store.get(b"0000") is None and store.get(b"0001") == b"2"
    with mylonite.Store.open_read_only(data_dir) as again:
        levels = again.stats()["levels"]
        assert sum(level["tombstones"] for level in levels) == 0
        assert sum(level["entries"] for level in levels) == len(expected)


# Goal: "false positive rate <= configured threshold". Method: 10,000 absent keys amid 20,000 present ones, asked one
# by one of tables alone. Expectation: tables are read for at most the configured share of them, with a margin of 4
# sigma.
@pytest.mark.parametrize("rate", [0.01, 0.1])
def test_bloom_filter_accuracy(data_dir: str, rate: float) -> None:
    with mylonite.Store.open(data_dir_of(data_dir), bloom_false_positive_rate=rate) as store:
        store.ingest((b"%08d" % number, b"v") for number in range(0, 40000, 2))
        before = store.stats()
        for number in range(1, 20000, 2):
            assert store.get(b"%08d" % number) is None
        after = store.stats()
        asked = after["tables_probed"] - before["tables_probed"]
        excluded = after["filter_negatives"] - before["filter_negatives"]
        assert asked - excluded <= 10000 * rate + 4 * (10000 * rate) ** 0.5
        assert excluded > 0


def data_dir_of(path: str) -> str:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path
