"""What happens to open stores when the interpreter ends, and in a forked child."""

from __future__ import annotations

import atexit
import os
import sys
import weakref
from typing import TYPE_CHECKING

from mylonite._errors import Error

if TYPE_CHECKING:
    from mylonite._core import Store

_locks: weakref.WeakKeyDictionary[Store, str] = weakref.WeakKeyDictionary()  # the lock file of each store


def remember(store: Store) -> None:
    """Close this store at the interpreter's exit, unless it is gone by then. The extension calls it."""
    _locks[store] = os.path.realpath(os.path.join(store.path, "LOCK"))


def _close_all() -> None:
    for store in list(_locks):
        try:
            store._close_at_exit()
        except Error as error:
            print(f"mylonite: closing {store.path} at exit: {error}", file=sys.stderr)


def _let_go_in_child() -> None:
    """Close the child's copies of the lock files: else the parent's locks would last as long as the child."""
    locks = set(_locks.values())
    _locks.clear()
    if not locks or not os.path.isdir("/proc/self/fd"):
        return
    for number in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{number}") in locks:
                os.close(int(number))
        except OSError:
            continue  # the listing's own descriptor, which is closed by now


atexit.register(_close_all)
os.register_at_fork(after_in_child=_let_go_in_child)
