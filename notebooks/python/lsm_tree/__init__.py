"""The store by the names of its first guide.

    from lsm_tree import SimpleLSMStore, LSMConfig

    with SimpleLSMStore(LSMConfig(data_dir="my-data")) as store:
        store.put(b"key", b"value")
        store.get(b"key")

For batches, snapshots and all else, see the package mylonite; both open the same stores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from types import TracebackType

import mylonite

__all__ = ["LSMConfig", "SimpleLSMStore"]

_MB = 1024 * 1024


@dataclass
class LSMConfig:
    """Where a store lives, and how it works. A value out of range is refused when the store is opened."""

    data_dir: str | os.PathLike[str]
    """The store's directory; it is created, with its parents, if it is absent."""
    memtable_max_bytes: int = 64 * _MB
    """Bytes of a memtable before it is flushed."""
    wal_flush_every_write: bool = True
    """Sync the log before a write is acknowledged; False: hand it to the operating system."""
    bloom_false_positive_rate: float = 0.01
    """Most false positives of a table's filter."""
    compaction_threshold_bytes: int = 256 * _MB
    """Target size of level 1."""
    tombstone_retention_seconds: int = 86400
    """How long tombstones are kept at least."""
    sstable_max_bytes: int = 64 * _MB
    """Size at which a flush or merge starts a new table."""
    max_levels: int = 6
    """Levels of tables."""
    wal_file_rotate_bytes: int = 64 * _MB
    """Size at which a new log begins."""


class SimpleLSMStore:
    """An open store of bytes by bytes. It recovers by itself when it is opened after a crash."""

    def __init__(self, config: LSMConfig) -> None:
        self.config = config
        options = asdict(config)
        data_dir = os.fspath(options.pop("data_dir"))
        parent = os.path.dirname(os.path.abspath(data_dir))
        if not os.path.isdir(parent):
            mylonite.check_options(**options)
            os.makedirs(parent, exist_ok=True)
        self._store = mylonite.Store.open(data_dir, **options)

    def put(self, key: bytes, value: bytes) -> None:
        """Insert a key, or replace its value."""
        self._store.put(key, value)

    def get(self, key: bytes) -> bytes | None:
        """The value of a key; None when it is absent."""
        return self._store.get(key)

    def delete(self, key: bytes) -> None:
        """Delete a key, present or not."""
        self._store.delete(key)

    def range(self, lo: bytes, hi: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The pairs with lo <= key < hi, in order of keys, as they are now."""
        return self._store.range(lo, hi)

    def flush_memtable(self) -> None:
        """Write what is in memory to tables."""
        self._store.flush()

    def compact_level(self, level: int) -> None:
        """Merge all of a level into the next one."""
        self._store.compact_level(level)

    def close(self) -> None:
        """Close the store. Everything acknowledged is durable on return."""
        self._store.close()

    def __enter__(self) -> SimpleLSMStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"SimpleLSMStore({os.fspath(self.config.data_dir)!r}{', closed' if self._store.closed else ''})"
