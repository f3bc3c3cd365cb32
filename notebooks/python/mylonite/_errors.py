"""The exceptions of the store: one class for each of the engine's codes."""

from __future__ import annotations


class Error(Exception):
    """What the store answered instead of a result.

    code       the engine's word, such as "corruption"; the class says the same
    file       the file that it is about, or None; a file of the store is named as "directory/file", without the parent
    offset     the byte in that file, or None
    can_retry  whether the same call may succeed later
    """

    code: str = "error"

    def __init__(
        self, message: str, file: str | None = None, offset: int | None = None, can_retry: bool = False
    ) -> None:
        super().__init__(message)
        self.file = file
        self.offset = offset
        self.can_retry = can_retry


class InvalidArgumentError(Error, ValueError):
    """The caller's mistake: an option, the size of a key, a path."""

    code = "invalid argument"


class NotFoundError(Error):
    """A file or directory does not exist; of an open: the parent of its directory."""

    code = "not found"


class AlreadyExistsError(Error):
    """There is something of that name already."""

    code = "already exists"


class StorageError(Error, OSError):
    """The operating system refused or failed."""

    code = "I/O error"

    # OSError would take the arguments for errno and strerror.
    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class NoSpaceError(StorageError):
    """The disk or the quota is full."""

    code = "no space"


class CorruptionError(Error):
    """Bytes on the disk are not what was written."""

    code = "corruption"


class UnsupportedFormatError(Error):
    """Written by a newer version."""

    code = "unsupported format"


class NotAStoreError(Error):
    """No store in the directory, which is absent, or holds other files."""

    code = "not a store"


class LockedError(Error):
    """Another opener has the store, in this process or another one."""

    code = "locked"


class ReadOnlyError(Error):
    """Writes stopped after an earlier failure, or the store was opened for reading."""

    code = "read-only"


class ClosedError(Error):
    """Used after close()."""

    code = "closed"


class OutOfRangeError(Error):
    """A read in the future, or of a past that is no longer kept."""

    code = "out of range"


class ExhaustedError(Error):
    """A limit of the format was reached."""

    code = "exhausted"


class ForkedError(Error):
    """A store that was opened before os.fork() is used in the child."""

    code = "forked"


class CrashError(Exception):
    """The simulated machine crashed in this call, or has since the object was made.

    It is no mylonite.Error: code that handles the store's errors is dead by then, too.
    """


class HangError(Exception):
    """The simulated machine's threads wait for one another, or run in circles; the text tells of each."""


_CLASSES: dict[str, type[Error]] = {
    each.code: each
    for each in (
        InvalidArgumentError,
        NotFoundError,
        AlreadyExistsError,
        StorageError,
        NoSpaceError,
        CorruptionError,
        UnsupportedFormatError,
        NotAStoreError,
        LockedError,
        ReadOnlyError,
        ClosedError,
        OutOfRangeError,
        ExhaustedError,
    )
}

for _each in (Error, ForkedError, *_CLASSES.values()):
    _each.__module__ = "mylonite"  # what users import, in tracebacks
for _simulated in (CrashError, HangError):
    _simulated.__module__ = "mylonite.sim"


def error_of(code: str, message: str, file: str | None, offset: int | None, can_retry: bool) -> Error:
    """The exception for an error of the engine. The extension calls it."""
    return _CLASSES[code](message, file, offset, can_retry)
