"""The package mylonite: cursors."""

import bisect
import os
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import mylonite
import pytest


@pytest.fixture
def store(tmp_path: Path) -> Iterator[mylonite.Store]:
    with mylonite.Store.open(tmp_path / "store", memtable_max_bytes=50_000, wal_flush_every_write=False) as opened:
        yield opened


def filled(store: mylonite.Store) -> list[tuple[bytes, bytes]]:
    """Even numbers, some deleted, in memory and tables."""
    store.put_many((b"%04d" % number, b"v%d" % number) for number in range(0, 4000, 2))
    store.flush()
    store.delete_range(b"0500", b"0600")
    store.put(b"0100", b"new")
    return list(store.range())


def walk(cursor: mylonite.Cursor, pairs: list[tuple[bytes, bytes]], draw: random.Random) -> None:
    """Random moves, and the same ones in the list."""
    keys = [key for key, _ in pairs]
    at = -1  # the place in the list; -1 or its end: nowhere
    for _ in range(2000):
        stands = 0 <= at < len(pairs)
        move = draw.choice(["seek", "first", "last", "next", "prev", "next", "prev"])
        if move == "seek":
            key = b"%04d" % draw.randrange(4100)
            at, answer = bisect.bisect_left(keys, key), cursor.seek(key)
        elif move == "first":
            at, answer = 0, cursor.seek_to_first()
        elif move == "last":
            at, answer = len(pairs) - 1, cursor.seek_to_last()
        elif stands:
            at, answer = (at + 1, cursor.next()) if move == "next" else (at - 1, cursor.prev())
        else:
            with pytest.raises(ValueError, match="seek first"):
                cursor.next() if move == "next" else cursor.prev()
            continue
        assert answer == cursor.valid == (0 <= at < len(pairs))
        if answer:
            assert (cursor.key, cursor.value) == pairs[at]


# Goal: a cursor goes where it is told. Method: random moves beside a list, in the whole store, between bounds, in a
# snapshot and in the past, after all was deleted. Expectation: equal at each step.
def test_moves(store: mylonite.Store) -> None:
    pairs = filled(store)
    with store.snapshot() as then, store.cursor() as whole, store.cursor(b"0490", b"1001") as part:
        store.delete_range(b"")
        between = [pair for pair in pairs if b"0490" <= pair[0] < b"1001"]
        draw = random.Random(1)
        walk(whole, pairs, draw)
        walk(part, between, draw)
        with then.cursor(b"0490", hi=b"1001") as old, store.cursor(as_of=then.stamp) as past:
            walk(old, between, draw)
            walk(past, pairs, draw)
        with store.cursor() as now:
            walk(now, [], draw)


# Goal: what cannot work is refused by name. Method: a new cursor, a closed one, one of a closed store, a released
# snapshot's. Expectation: ValueError, or ClosedError; a cursor outlives its snapshot.
def test_refusals(store: mylonite.Store) -> None:
    pairs = filled(store)
    then = store.snapshot()
    cursor = then.cursor()
    then.release()
    with pytest.raises(ValueError, match="released"):
        then.cursor()
    assert not cursor.valid
    with pytest.raises(ValueError, match="seek first"):
        _ = cursor.key
    assert cursor.seek(bytearray(b"0001")) and (cursor.key, cursor.value) == pairs[1]
    with pytest.raises(TypeError):
        cursor.seek("text")  # type: ignore[arg-type]
    other = store.cursor()
    other.close()
    other.close()
    assert not other.valid
    uses: list[Callable[[mylonite.Cursor], object]] = [
        lambda it: it.key,
        lambda it: it.value,
        lambda it: it.next(),
        lambda it: it.seek_to_last(),
    ]
    for use in uses:
        with pytest.raises(ValueError, match="the cursor is closed"):
            use(other)
    store.close()
    assert not cursor.valid
    for use in uses:
        with pytest.raises(mylonite.ClosedError):
            use(cursor)
    cursor.close()
    with pytest.raises(mylonite.ClosedError):
        store.cursor()


# Goal: a cursor in many hands does no harm. Method: threads move and read one cursor, and the store is closed under
# them. Expectation: pairs, ValueError, or ClosedError at the end; nothing else.
def test_many_threads(store: mylonite.Store) -> None:
    pairs = dict(filled(store))
    cursor = store.cursor()
    errors: list[BaseException] = []

    def use(seed: int) -> None:
        draw = random.Random(seed)
        try:
            while True:
                try:
                    draw.choice([cursor.seek_to_first, cursor.seek_to_last, cursor.next, cursor.prev])()
                    assert cursor.key in pairs and cursor.value in pairs.values()
                except ValueError as error:
                    assert "this cursor" in str(error) or "seek first" in str(error)
        except mylonite.ClosedError:
            pass
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=use, args=(seed,), daemon=True) for seed in range(4)]
    for thread in threads:
        thread.start()
    threads[0].join(0.3)
    store.close()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a thread hangs"
    assert errors == []


# Goal: a forked child cannot use the parent's cursor. Method: every use in a child. Expectation: ForkedError; close and
# the end of the object do nothing; the parent's goes on.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fork(store: mylonite.Store) -> None:
    pairs = filled(store)
    cursor = store.cursor()
    cursor.seek_to_first()
    child = os.fork()
    if child == 0:
        refused = 0
        uses: list[Callable[[], object]] = [
            lambda: cursor.valid,
            lambda: cursor.key,
            lambda: cursor.value,
            cursor.next,
            cursor.seek_to_first,
            store.cursor,
            store.scan,
            lambda: store.put_many([]),
        ]
        for use in uses:
            try:
                use()
            except mylonite.ForkedError:
                refused += 1
        cursor.close()
        os._exit(0 if refused == len(uses) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert cursor.next() and cursor.key == pairs[1][0]
