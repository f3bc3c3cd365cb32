"""The stores of bench.py, each behind the same few calls, with equal settings.

Equal: no compression; 64 MiB of write buffer and of block cache; 4 KiB blocks; about 10 filter bits a key; block
checksums verified. A write that is not synced is handed to the operating system: it survives a kill of the process.
LMDB has neither buffers, blocks, filters nor checksums. Its puts are a transaction each; its reads share one.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

BUFFER_BYTES = 64 << 20
BLOCK_BYTES = 4096
BATCH_PAIRS = 1000

Pairs = list[tuple[bytes, bytes]]


class Peer(Protocol):
    """An open store. Loops over entries are inside, written as a user of that package would write them."""

    def put_each(self, pairs: Pairs, sync: bool) -> None: ...
    def put_batches(self, pairs: Pairs) -> None: ...
    def to_tables(self) -> None: ...
    def get_each(self, keys: Sequence[bytes]) -> None: ...
    def read(self, keys: Sequence[bytes]) -> list[bytes | None]: ...
    def iterate(self) -> int: ...
    def pairs(self) -> Any: ...
    def count(self, gathered: Any) -> int: ...
    def close(self) -> None: ...


def batches(pairs: Pairs) -> Iterable[Pairs]:
    remaining = iter(pairs)
    while some := list(itertools.islice(remaining, BATCH_PAIRS)):
        yield some


class Mylonite:
    libraries = ("/_core.",)

    def __init__(self, directory: Path, synced: bool) -> None:
        import mylonite

        self.module = mylonite
        self.version = mylonite.__version__
        self.store = mylonite.Store.open(
            directory,
            compression="none",
            memtable_max_bytes=BUFFER_BYTES,
            block_cache_bytes=BUFFER_BYTES,
            block_bytes=BLOCK_BYTES,
            wal_flush_every_write=synced,
        )

    def put_each(self, pairs: Pairs, sync: bool) -> None:
        put = self.store.put
        for key, value in pairs:
            put(key, value)

    def put_batches(self, pairs: Pairs) -> None:
        for some in batches(pairs):
            batch = self.module.Batch()
            for key, value in some:
                batch.put(key, value)
            self.store.write(batch)

    def to_tables(self) -> None:
        self.store.flush()
        self.store.compact_range()

    def get_each(self, keys: Sequence[bytes]) -> None:
        get = self.store.get
        for key in keys:
            get(key)

    def read(self, keys: Sequence[bytes]) -> list[bytes | None]:
        return self.store.multi_get(keys)

    def iterate(self) -> int:
        count = 0
        for _key, _value in self.store.range():
            count += 1
        return count

    def pairs(self) -> Any:
        return self.store.scan()

    def count(self, gathered: Any) -> int:
        return len(gathered[1])

    def close(self) -> None:
        self.store.close()


class MyloniteBulk(Mylonite):
    """Its bulk calls where it has some."""

    def __init__(self, directory: Path, synced: bool) -> None:
        importlib.import_module("numpy")  # not at the first scan_arrays()
        super().__init__(directory, synced)

    def put_batches(self, pairs: Pairs) -> None:
        self.store.put_many(pairs)

    def get_each(self, keys: Sequence[bytes]) -> None:
        for first in range(0, len(keys), BATCH_PAIRS):
            self.store.multi_get(keys[first : first + BATCH_PAIRS])

    def pairs(self) -> Any:
        return self.store.scan_arrays()

    def count(self, gathered: Any) -> int:
        return len(gathered[1]) - 1


class Plyvel:
    libraries = ("/libleveldb.", "/_plyvel.")

    def __init__(self, directory: Path, synced: bool) -> None:
        import plyvel

        self.version = plyvel.__version__
        self.store = plyvel.DB(
            str(directory),
            create_if_missing=True,
            compression=None,
            write_buffer_size=BUFFER_BYTES,
            lru_cache_size=BUFFER_BYTES,
            block_size=BLOCK_BYTES,
            bloom_filter_bits=10,
        )

    def put_each(self, pairs: Pairs, sync: bool) -> None:
        put = self.store.put
        if not sync:
            for key, value in pairs:
                put(key, value)
            return
        for key, value in pairs:
            put(key, value, sync=True)

    def put_batches(self, pairs: Pairs) -> None:
        for some in batches(pairs):
            with self.store.write_batch() as batch:
                for key, value in some:
                    batch.put(key, value)

    def to_tables(self) -> None:
        self.store.compact_range()

    def get_each(self, keys: Sequence[bytes]) -> None:
        get = self.store.get
        for key in keys:
            get(key)  # the first pass verified the blocks, which are cached now

    def read(self, keys: Sequence[bytes]) -> list[bytes | None]:
        return [self.store.get(key, verify_checksums=True) for key in keys]

    def iterate(self) -> int:
        count = 0
        with self.store.iterator(verify_checksums=True) as at:
            for _key, _value in at:
                count += 1
        return count

    def pairs(self) -> Any:
        with self.store.iterator(verify_checksums=True) as at:
            return list(at)

    def count(self, gathered: Any) -> int:
        return len(gathered)

    def close(self) -> None:
        self.store.close()


class Lmdb:
    libraries = ("/liblmdb.",)

    def __init__(self, directory: Path, synced: bool) -> None:
        import lmdb

        self.version = lmdb.__version__
        self.store = lmdb.open(str(directory), map_size=8 << 30, sync=synced, metasync=synced)

    def put_each(self, pairs: Pairs, sync: bool) -> None:
        begin = self.store.begin
        for key, value in pairs:
            with begin(write=True) as transaction:
                transaction.put(key, value)

    def put_batches(self, pairs: Pairs) -> None:
        for some in batches(pairs):
            with self.store.begin(write=True) as transaction:
                for key, value in some:
                    transaction.put(key, value)

    def to_tables(self) -> None:
        self.store.sync(True)

    def get_each(self, keys: Sequence[bytes]) -> None:
        with self.store.begin() as transaction:
            get = transaction.get
            for key in keys:
                get(key)

    def read(self, keys: Sequence[bytes]) -> list[bytes | None]:
        with self.store.begin() as transaction:
            return [transaction.get(key) for key in keys]

    def iterate(self) -> int:
        count = 0
        with self.store.begin() as transaction:
            for _key, _value in transaction.cursor():
                count += 1
        return count

    def pairs(self) -> Any:
        with self.store.begin() as transaction:
            return list(transaction.cursor())

    def count(self, gathered: Any) -> int:
        return len(gathered)

    def close(self) -> None:
        self.store.close()


STORES: dict[str, type[Any]] = {
    "mylonite": Mylonite,
    "mylonite-bulk": MyloniteBulk,
    "plyvel": Plyvel,
    "plyvel-packaged": Plyvel,
    "lmdb": Lmdb,
}
