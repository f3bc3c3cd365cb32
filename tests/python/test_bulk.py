"""The package mylonite: many pairs in one call."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mylonite
import pytest


@pytest.fixture
def store(tmp_path: Path) -> Iterator[mylonite.Store]:
    with mylonite.Store.open(tmp_path / "store", memtable_max_bytes=50_000, wal_flush_every_write=False) as opened:
        yield opened


PAIRS = [(b"%05d" % number, b"v" * (number % 40)) for number in range(5000)]


# Goal: many pairs are written in one call. Method: a list, a generator of other bytes-like objects, a dict's items, in
# small batches and in one; duplicates. Expectation: all of it there, the last of a key wins, the stamp is the newest.
def test_put_many(store: mylonite.Store) -> None:
    before = store.put(b"x", b"")
    assert store.put_many([]) == before
    stamp = store.put_many(PAIRS, batch_bytes=1000)
    assert stamp > before and store.put_many([]) == stamp
    assert store.scan(hi=b"x") == ([key for key, _ in PAIRS], [value for _, value in PAIRS])
    one = store.put_many([(b"a", b"1"), (b"b", b"2"), (b"a", b"3")], sync=True)
    assert one > stamp and store[b"a"] == b"3"
    generated = store.put_many(((bytearray(key), memoryview(b"new")) for key, _ in PAIRS), batch_bytes=0)
    assert generated > one and store[b"04999"] == b"new"
    store.put_many({b"d": b"1"}.items())
    assert store[b"d"] == b"1"


# Goal: it is not atomic as a whole, and says so. Method: an iterable that raises in its midst, items that are no pairs,
# a key over the limit. Expectation: the exception as it is; the batches before it stay, the one at work does not.
def test_put_many_that_fails(store: mylonite.Store) -> None:
    def stops() -> Iterator[tuple[bytes, bytes]]:
        yield b"a", b"x" * 100
        yield b"b", b""
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        store.put_many(stops(), batch_bytes=100)
    assert list(store) == [b"a"]
    wrongs: list[Any] = [[(b"a",)], [3], [(b"a", "text")], 3]
    for wrong in wrongs:
        with pytest.raises(TypeError):
            store.put_many(wrong)
    with pytest.raises(mylonite.InvalidArgumentError):
        store.put_many([(b"k" * 70_000, b"")])
    assert list(store) == [b"a"] and "not atomic" in (mylonite.Store.put_many.__doc__ or "")
    with pytest.raises(mylonite.InvalidArgumentError, match="ingest"):
        store.ingest(iter(lambda: store.put_many([(b"z", b"")]), None))  # type: ignore[arg-type,return-value]
    store.close()
    with pytest.raises(mylonite.ClosedError):
        store.put_many([(b"a", b"")])


# Goal: a scan equals the range. Method: bounds, limits, a moment in the past. Expectation: the same pairs.
def test_scan(store: mylonite.Store) -> None:
    store.put_many(PAIRS)
    then = store.snapshot()
    stamp = then.stamp
    store.delete_range(b"01000", b"02000")
    for lo, hi, limit, as_of in [
        (b"", None, None, None),
        (b"00500", b"03000", None, None),
        (b"00500", b"03000", 700, stamp),
        (b"", None, 0, None),
        (b"9", b"1", 3, None),
    ]:
        pairs = list(store.range(lo, hi, as_of=as_of))[:limit]
        keys, values = store.scan(lo, hi, limit=limit, as_of=as_of)
        assert list(zip(keys, values, strict=True)) == pairs
    with pytest.raises(mylonite.OutOfRangeError):
        store.scan(as_of=stamp + (1 << 60))
    with pytest.raises(TypeError):
        store.scan(limit=-1)


# Goal: a scan fills numpy arrays without a copy. Method: their bytes, types, owners; the store closed and every other
# name gone before they are read. Expectation: what scan() gives; nothing of the store is needed.
def test_scan_arrays(store: mylonite.Store) -> None:
    numpy = pytest.importorskip("numpy")
    store.put_many(PAIRS)
    lists = store.scan(b"00100", limit=900)
    arrays: Any = store.scan_arrays(b"00100", limit=900)
    empty: Any = store.scan_arrays(b"9")
    store.close()
    assert [array.dtype for array in arrays] == [numpy.uint8, numpy.uint64] * 2
    assert all(array.base is not None and not array.flags.owndata for array in arrays)
    for column, expected in [(arrays[:2], lists[0]), (arrays[2:], lists[1])]:
        joined, offsets = column
        ends = [int(offset) for offset in offsets]
        assert [joined[a:b].tobytes() for a, b in zip(ends, ends[1:])] == expected
    assert [array.tolist() for array in empty] == [[], [0], [], [0]]


# Goal: without numpy the reason is said. Method: an import of numpy that fails. Expectation: ImportError that names it.
def test_scan_arrays_without_numpy(store: mylonite.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)  # type: ignore[misc]
    with pytest.raises(ImportError, match="scan_arrays.* needs numpy"):
        store.scan_arrays()
