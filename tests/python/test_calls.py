"""How methods are called: what CPython's own calling convention asks of put, get and delete, as of Python functions."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mylonite
import pytest
from mylonite import sim


@pytest.fixture
def store(tmp_path: Path) -> Iterator[mylonite.Store]:
    with mylonite.Store.open(tmp_path / "store", wal_flush_every_write=False) as opened:
        yield opened


# Goal: arguments go by place and by name. Method: the same calls in each spelling. Expectation: the same effect.
def test_spellings(store: mylonite.Store) -> None:
    stamps = [store.put(b"a", b"1"), store.put(value=b"2", key=b"a", sync=True), store.put(b"b", value=b"3", sync=None)]
    assert store.get(key=b"a") == b"2" and store.get(b"a", as_of=stamps[0]) == b"1"
    assert store.get(default=b"?", key=b"c", as_of=None) == b"?" == store.get(b"c", b"?")
    stamps += [store.delete(key=b"a", sync=False), store.delete(b"b")]
    assert stamps == sorted(set(stamps))
    batch = mylonite.Batch()
    batch.put(b"a", b"4")
    batch.put(value=b"5", key=b"b")
    batch.delete(key=b"a")
    store.write(batch)
    assert list(store.range()) == [(b"b", b"5")]


# Goal: a wrong call is refused as a Python function refuses it. Method: too few, too many, unknown and doubled
# arguments. Expectation: TypeError with the name of the method, and nothing written.
@pytest.mark.parametrize(
    "call, text",
    [
        (lambda store: store.put(b"a"), r"put\(\) misses the argument 'value'"),
        (lambda store: store.put(value=b"a"), r"put\(\) misses the argument 'key'"),
        (lambda store: store.put(b"a", b"1", True), r"put\(\) takes at most 2 positional arguments \(3 given\)"),
        (lambda store: store.put(b"a", b"1", sinc=True), r"put\(\) got an unexpected keyword argument 'sinc'"),
        (lambda store: store.put(b"a", b"1", key=b"b"), r"put\(\) got multiple values for argument 'key'"),
        (lambda store: store.put(b"a", b"1", sync="yes"), "sync is True, False or None"),
        (lambda store: store.get(), r"get\(\) misses"),
        (lambda store: store.get(b"a", None, 1), r"get\(\) takes at most 2"),
        (lambda store: store.get(b"a", as_of="now"), "int"),
        (lambda store: store.delete(), r"delete\(\) misses"),
        (lambda store: mylonite.Batch().put(b"a"), r"put\(\) misses"),
        (lambda store: mylonite.Batch().delete(b"a", b"b"), r"delete\(\) takes at most 1"),
    ],
)
def test_wrong_arguments(store: mylonite.Store, call: Callable[[Any], object], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        call(store)
    assert store.stats()["writes"] == 0


# Goal: sync takes what is true or false, of numpy too.
def test_sync(store: mylonite.Store) -> None:
    numpy = pytest.importorskip("numpy")
    store.put(b"a", b"1", sync=numpy.bool_(True))
    assert store[b"a"] == b"1"


# Goal: an object without a store inside does no harm. Method: methods of objects that no constructor made, of others'
# objects, and of a class with two bases. Expectation: TypeError.
def test_unmade_objects(store: mylonite.Store) -> None:
    unmade = mylonite.Store.__new__(mylonite.Store)
    for call in (lambda: unmade.get(b"a"), lambda: unmade[b"a"], lambda: b"a" in unmade, lambda: unmade.put(b"a", b"")):
        with pytest.raises(TypeError, match="not made by its class"):
            call()
    with pytest.raises(TypeError):
        next(mylonite.Iterator.__new__(mylonite.Iterator))
    with pytest.raises(TypeError):
        mylonite.Store.get(mylonite.Batch(), b"a")  # type: ignore[call-overload]

    class Both(mylonite.Batch, mylonite.Snapshot):
        pass

    with pytest.raises(TypeError, match="not made by its class"):
        mylonite.Batch.put(Both.__new__(Both), b"a", b"1")


# Goal: a subclass is what it extends. Method: a batch with a method of its own. Expectation: written as a batch is.
def test_subclass(store: mylonite.Store) -> None:
    class Counted(mylonite.Batch):
        def put(self, key: Any, value: Any) -> None:
            super().put(key, b"%d" % len(self))

    batch = Counted()
    batch.put(b"a", b"")
    batch.put(b"b", b"")
    store.write(batch)
    assert list(store.range()) == [(b"a", b"0"), (b"b", b"1")]


# Goal: tools see the signature. Method: inspect. Expectation: that of the stub.
def test_signatures(store: mylonite.Store) -> None:
    assert str(inspect.signature(store.put)) == "(key, value, *, sync=None)"
    assert str(inspect.signature(store.get)) == "(key, default=None, *, as_of=None)"
    assert str(inspect.signature(store.delete)) == "(key, *, sync=None)"
    assert str(inspect.signature(mylonite.Batch().put)) == "(key, value)"


# Goal: an iterator at its end stays there, and a closed one. Method: next() again and again.
def test_end_of_iteration(store: mylonite.Store) -> None:
    store.put(b"a", b"1")
    scan = store.range()
    assert iter(scan) is scan and next(scan) == (b"a", b"1")
    assert [next(scan, None), next(scan, None)] == [None, None]
    scan = store.keys()
    scan.close()
    with pytest.raises(StopIteration):
        next(scan)


# Goal: a message names what users import. Method: arguments that no method takes.
def test_messages_name_the_package(store: mylonite.Store) -> None:
    with pytest.raises(TypeError) as error:
        store.flush(1)  # type: ignore[call-arg]
    assert "mylonite.Store" in str(error.value) and "_core" not in str(error.value)
    for each in (mylonite.Store, mylonite.Batch, mylonite.Cursor):
        assert each.__module__ == "mylonite"
    assert sim.Machine.__module__ == sim.Disk.__module__ == "mylonite.sim"
