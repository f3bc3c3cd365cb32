"""The package mylonite: what one thread sees of a store."""

import array
import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mylonite
import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(path: Path) -> Iterator[mylonite.Store]:
    with mylonite.Store.open(path, wal_flush_every_write=False) as opened:
        yield opened


# Goal: a store is a mapping of bytes. Method: each way to write, read and delete. Expectation: as of a dict.
def test_mapping(store: mylonite.Store) -> None:
    store[b"a"] = b"1"
    store.put(b"b", b"2")
    store.put(b"", b"")
    assert store[b"a"] == b"1" and store[b""] == b"" and b"b" in store and b"c" not in store
    assert store.get(b"c") is None and store.get(b"c", 7) == 7 and store.get(b"a", None) == b"1"
    with pytest.raises(KeyError, match="b'c'"):
        store[b"c"]
    del store[b"a"]
    store.delete(b"never there")
    assert list(store) == [b"", b"b"] == list(store.keys())


# Goal: any bytes-like object is a key or value, and nothing else. Method: one of each. Expectation: the bytes; text,
# numbers and strided views raise what Python raises for them.
def test_bytes_like(store: mylonite.Store) -> None:
    kinds: list[Callable[[bytes], Any]] = [bytes, bytearray, memoryview, lambda raw: array.array("B", raw)]
    for number, make in enumerate(kinds):
        store.put(make(b"k%d" % number), make(b"\0\xff"))
        assert store.get(make(b"k%d" % number)) == b"\0\xff"
    numpy = pytest.importorskip("numpy")
    store.put(b"array", numpy.arange(3, dtype="<u2"))
    assert store[b"array"] == b"\0\0\1\0\2\0"
    wrongs: list[Any] = ["text", 3, None]
    for wrong in wrongs:
        with pytest.raises(TypeError, match="bytes-like object is required"):
            store.put(wrong, b"")
    with pytest.raises(BufferError):
        store.put(memoryview(b"abcd")[::2], b"")


# Goal: ranges in both directions, with bounds, equal those of a dict. Method: 2,000 keys in memory and tables, random
# bounds. Expectation: equal; an iterator that is closed or at its end has nothing more.
def test_range(store: mylonite.Store) -> None:
    draw = random.Random(1)
    model: dict[bytes, bytes] = {}
    for step in range(3000):
        key = b"%d" % draw.randrange(2000)
        if draw.random() < 0.2:
            store.delete(key)
            model.pop(key, None)
        else:
            store.put(key, b"v%d" % step)
            model[key] = b"v%d" % step
        if step == 1500:
            store.flush()
    pairs = sorted(model.items())
    for reverse in [False, True]:
        assert list(store.range(reverse=reverse)) == sorted(pairs, reverse=reverse)
        for _ in range(100):
            lo, hi = b"%d" % draw.randrange(2000), draw.choice([None, b"%d" % draw.randrange(2000)])
            expected = [pair for pair in pairs if lo <= pair[0] and (hi is None or pair[0] < hi)]
            assert list(store.range(lo, hi, reverse=reverse)) == sorted(expected, reverse=reverse)
            assert list(store.keys(lo, hi, reverse=reverse)) == sorted((p[0] for p in expected), reverse=reverse)
    scan = store.range()
    assert iter(scan) is scan and next(scan) == pairs[0]
    store.delete_range(b"")
    assert len(list(scan)) == len(pairs) - 1  # one moment
    assert next(scan, None) is None
    scan = store.range(as_of=None)
    scan.close()
    assert list(scan) == []


# Goal: a batch is written as a whole, in its order. Method: overlapping operations. Expectation: the last one wins,
# one stamp; an empty batch is no write.
def test_batch(store: mylonite.Store) -> None:
    store.put(b"a", b"old")
    batch = mylonite.Batch()
    batch.put(b"a", b"1")
    batch.put(b"b", b"2")
    batch.delete_range(b"b", b"c")
    batch.put(b"c", b"3")
    batch.delete(b"never there")
    assert len(batch) == 5
    stamp = store.write(batch, sync=True)
    assert dict(store.range()) == {b"a": b"1", b"c": b"3"}
    assert dict(store.range(as_of=stamp - 1)) == {b"a": b"old"}
    batch.clear()
    assert len(batch) == 0 and store.write(batch) == stamp


# Goal: a moment can be read again. Method: by snapshot, by stamp, after deletes, flushes and merges. Expectation: what
# was there; a released snapshot is refused, a stamp of the future or between snapshots too.
def test_snapshots(store: mylonite.Store) -> None:
    for number in range(100):
        store.put(b"%03d" % number, b"old")
    with store.snapshot() as then:
        stamp = store.delete_range(b"050")
        store.put(b"000", b"new")
        store.flush()
        store.compact_level(0)
        assert then.get(b"000") == b"old" == then[b"000"] and b"099" in then
        assert then.multi_get([b"099", b"100"]) == [b"old", None]
        assert [key for key, _ in then.range(b"098", reverse=True)] == [b"099", b"098"]
        assert store.get(b"099", as_of=then.stamp) == b"old"
        with pytest.raises(mylonite.OutOfRangeError, match="no longer kept"):
            store.get(b"000", as_of=stamp)  # no snapshot holds it, and nothing retains it
        assert store.stats()["live_snapshots"] == 1
    assert store.stats()["live_snapshots"] == 0
    with pytest.raises(ValueError, match="released"):
        then.get(b"000")
    with pytest.raises(mylonite.OutOfRangeError):
        store.get(b"000", as_of=2**55)


# Goal: multi_get answers in the order of its keys. Method: repeated, absent and unordered keys from a generator.
def test_multi_get(store: mylonite.Store) -> None:
    store.put(b"a", b"1")
    store.put(b"b", b"2")
    assert store.multi_get(bytearray(key) for key in [b"b", b"x", b"a", b"b"]) == [b"2", None, b"1", b"2"]
    assert store.multi_get([]) == []
    with pytest.raises(TypeError):
        store.multi_get([b"a", "b"])  # type: ignore[list-item]


# Goal: a bulk load is one write. Method: 5,000 pairs from a generator that reads the store meanwhile. Expectation: not
# visible until it returns, all of one stamp.
def test_ingest(store: mylonite.Store) -> None:
    def pairs() -> Iterator[tuple[bytes, bytes]]:
        for number in range(5000):
            assert store.get(b"%05d" % number) is None
            yield b"%05d" % number, b"v%d" % number

    stamp = store.ingest(pairs())
    assert dict(store.range()) == {b"%05d" % number: b"v%d" % number for number in range(5000)}
    assert store.get(b"04999", as_of=stamp - 1) is None
    assert store.get(b"04999", as_of=stamp) == b"v4999"


# Goal: a load that fails had not begun. Method: an iterable that raises, at once and after many pairs; keys out of
# order; what is no pair; a write from inside. Expectation: the very exception, or the store's; nothing loaded; the
# store goes on.
def test_ingest_fails(store: mylonite.Store) -> None:
    mine = LookupError("mine")

    def raises(after: int) -> Iterator[tuple[bytes, bytes]]:
        for number in range(after):
            yield b"%05d" % number, b""
        raise mine

    def writes() -> Iterator[tuple[bytes, bytes]]:
        store.put(b"a", b"")
        yield b"b", b""

    store.put(b"there", b"1")
    for after in [0, 1, 3000]:
        with pytest.raises(LookupError) as raised:
            store.ingest(raises(after))
        assert raised.value is mine
    bad: list[tuple[Any, type[Exception]]] = [
        ([(b"b", b""), (b"a", b"")], mylonite.InvalidArgumentError),
        ([(b"b",)], TypeError),
        ([(b"b", 3)], TypeError),
        (writes(), mylonite.InvalidArgumentError),
    ]
    for pairs, error in bad:
        with pytest.raises(error):
            store.ingest(pairs)
    assert dict(store.range()) == {b"there": b"1"}
    store.put(b"more", b"2")
    assert len(list(store)) == 2


# Goal: facts are plain values. Method: some work, then each of them. Expectation: the figures of that work.
def test_facts(store: mylonite.Store, path: Path) -> None:
    for number in range(100):
        store.put(b"%03d" % number, b"x" * 100)
    store.flush()
    store.put(b"000", b"y")
    store.compact_range()
    store.sync()
    stats = store.stats()
    assert stats["writes"] == 101 and stats["flushes"] == 2 and stats["writes_stopped"] == ""
    tables = [table for level in store.levels() for run in level for table in run["tables"]]
    assert [(table["low"], table["high"], table["high_included"]) for table in tables] == [(b"000", b"099", True)]
    assert store.compactions()[-1]["policy"] == "manual"
    assert store.approximate_size() == store.approximate_size(b"", b"050") + store.approximate_size(b"050") > 0
    assert store.recovery["created"] and store.history_floor <= stats["newest_stamp"]
    store.set_compaction_policy("tier")
    assert store.options["compaction_policy"] == "tier" and store.options["wal_flush_every_write"] is False
    assert store.path == str(path) and not store.closed and not store.read_only


# Goal: options are keywords of Python's own types. Method: each type, right and wrong. Expectation: they arrive; else
# the option's own message, before anything is made.
def test_options(tmp_path: Path) -> None:
    given: dict[str, Any] = {"max_levels": 4, "create_if_missing": True}
    given |= {"bloom_false_positive_rate": 0.1, "compression": "none"}
    with mylonite.Store.open(tmp_path / "right", **given) as store:
        assert given.items() <= store.options.items()
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"nope": 1}, mylonite.InvalidArgumentError, "no option is named 'nope'"),
        ({"max_levels": 0}, ValueError, "max_levels = '0': expected 1 to 32"),
        ({"max_levels": 2.5}, ValueError, "expected a whole number"),
        ({"create_if_missing": 1}, ValueError, "expected true or false"),
        ({"compression": "zip"}, ValueError, "none, lz4 or zstd"),
        ({"max_levels": None}, TypeError, "bool, int, float or str"),
        ({"data_dir": "elsewhere"}, TypeError, "not a keyword"),
    ]
    for keywords, error, text in wrong:
        with pytest.raises(error, match=text):
            mylonite.Store.open(tmp_path / "wrong", **keywords)
    assert not (tmp_path / "wrong").exists()


# Goal: errors are exceptions that say where. Method: one of each kind that is easily made. Expectation: its class,
# code, file and offset.
def test_errors(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with mylonite.Store.open(path) as store:
        store.put(b"key", b"value" * 1000)
        store.flush()
        with pytest.raises(mylonite.LockedError) as locked:
            mylonite.Store.open(path)
        assert locked.value.code == "locked" and str(locked.value.file).endswith("LOCK")
        with pytest.raises(mylonite.LockedError):
            mylonite.destroy(path)
        with pytest.raises(mylonite.InvalidArgumentError):
            store.put(b"k" * 70000, b"")
    with pytest.raises(mylonite.AlreadyExistsError):
        mylonite.Store.open(path, error_if_exists=True)
    with pytest.raises(mylonite.NotFoundError):
        mylonite.Store.open(tmp_path / "no" / "parent")
    with pytest.raises(mylonite.NotAStoreError):
        mylonite.Store.open(tmp_path)
    with mylonite.Store.open_read_only(path) as reader:
        assert reader.read_only and len(reader[b"key"]) == 5000
        with pytest.raises(mylonite.ReadOnlyError):
            reader.put(b"a", b"b")
    (table,) = path.glob("*.sst")
    content = bytearray(table.read_bytes())
    content[10] ^= 1
    table.write_bytes(content)
    with mylonite.Store.open(path) as store, pytest.raises(mylonite.CorruptionError) as damage:
        store.get(b"key")
    assert damage.value.code == "corruption" and str(damage.value.file).endswith(table.name)
    assert damage.value.offset == 0 and not damage.value.can_retry
    assert issubclass(mylonite.StorageError, OSError) and issubclass(mylonite.NoSpaceError, mylonite.StorageError)
    assert str(mylonite.StorageError("text", "file", 3)) == "text"
    mylonite.destroy(path)
    assert not path.exists()


# Goal: a checkpoint is a second store. Method: make one, go on, open both. Expectation: the moment of its making.
def test_checkpoint(store: mylonite.Store, tmp_path: Path) -> None:
    store.put(b"a", b"1")
    store.checkpoint("copy")
    store.put(b"a", b"2")
    with mylonite.Store.open(tmp_path / "copy") as copy:
        assert dict(copy.range()) == {b"a": b"1"}


# Goal: after close() everything is refused, and nothing is lost. Method: close twice, each call, reopen. Expectation:
# ClosedError; the data.
def test_close(path: Path) -> None:
    store = mylonite.Store.open(path)
    store.put(b"a", b"1")
    scan, then = store.range(), store.snapshot()
    store.close()
    store.close()
    assert store.closed and "closed" in repr(store)
    calls: list[Callable[[], Any]] = [lambda: store.get(b"a"), lambda: store.put(b"a", b""), lambda: next(scan)]
    calls += [lambda: then.get(b"a"), store.flush, store.sync, store.snapshot, store.range]
    for call in calls:
        with pytest.raises(mylonite.ClosedError):
            call()
    with mylonite.Store.open(path) as again:
        assert again[b"a"] == b"1"


# Goal: objects go in any order. Method: a store, an iterator in mid-range and a snapshot, dropped in each order, with
# and without close() first. Expectation: no crash; the store is closed once the last is gone, so it opens again.
@pytest.mark.parametrize("order", itertools.permutations(["store", "scan", "then"]))
@pytest.mark.parametrize("close", [False, True])
def test_lifetimes(path: Path, order: tuple[str, ...], close: bool) -> None:
    store = mylonite.Store.open(path)
    for number in range(50):
        store.put(b"%d" % number, b"")
    held: dict[str, Any] = {"store": store, "scan": store.range(), "then": store.snapshot()}
    next(held["scan"])
    if close:
        store.close()
    del store
    for name in order:
        if name == "store" and not close:
            assert len(list(held["store"])) == 50
        del held[name]
        if not close and "scan" in held:
            next(held["scan"])
        if not close and "then" in held:
            assert held["then"].get(b"1") == b""
    mylonite.Store.open(path).close()


# Goal: abandon() is a crash. Method: writes, abandon, reopen. Expectation: calls are refused, the next open recovers.
def test_abandon(path: Path) -> None:
    store = mylonite.Store.open(path)
    store.put(b"a", b"1")
    store.abandon()
    with pytest.raises(mylonite.ClosedError):
        store.get(b"a")
    with mylonite.Store.open(path) as again:
        assert not again.recovery["clean_close"] and again.recovery["records"] == 1 and again[b"a"] == b"1"


# Goal: help() reads well. Method: the signature and docstring of every public name. Expectation: a signature in
# Python's spelling, and a sentence.
def test_help() -> None:
    for name in mylonite.__all__:
        if name == "__version__":
            continue
        thing = getattr(mylonite, name)
        assert thing.__doc__ and thing.__module__ in ("mylonite", "mylonite._core"), name
        if not isinstance(thing, type) or issubclass(thing, Exception):
            continue
        for method, value in vars(thing).items():
            if not method.startswith("_"):
                assert value.__doc__ and value.__doc__.strip().endswith((".", ")", "`")), (name, method)
                assert "self:" not in value.__doc__ and "arg0" not in value.__doc__, (name, method)
