"""Mylonite: an LSM-tree key-value store.

    import mylonite

    with mylonite.Store.open("my-data") as store:      # created if absent
        store.put(b"key", b"value")                     # durable when it returns
        store.get(b"key")                               # b"value"; None when absent
        for key, value in store.range(b"a", b"z"):      # half-open, in order of keys
            ...

Everything else begins at Store: batches, snapshots, reads in the past, range
deletes, bulk loads, checkpoints, figures. Errors are subclasses of mylonite.Error.
"""

from mylonite._core import Batch, Cursor, Iterator, Snapshot, Store, __version__, check_options, destroy
from mylonite._errors import (
    AlreadyExistsError,
    ClosedError,
    CorruptionError,
    Error,
    ExhaustedError,
    ForkedError,
    InvalidArgumentError,
    LockedError,
    NoSpaceError,
    NotAStoreError,
    NotFoundError,
    OutOfRangeError,
    ReadOnlyError,
    StorageError,
    UnsupportedFormatError,
)

__all__ = [
    "AlreadyExistsError",
    "Batch",
    "ClosedError",
    "CorruptionError",
    "Cursor",
    "Error",
    "ExhaustedError",
    "ForkedError",
    "InvalidArgumentError",
    "Iterator",
    "LockedError",
    "NoSpaceError",
    "NotAStoreError",
    "NotFoundError",
    "OutOfRangeError",
    "ReadOnlyError",
    "Snapshot",
    "StorageError",
    "Store",
    "UnsupportedFormatError",
    "__version__",
    "check_options",
    "destroy",
]
