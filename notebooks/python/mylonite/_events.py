"""The thread that tells a store's events to its callback."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from mylonite._core import _Events, _tell_unraisable


def _deliver(events: _Events, callback: Callable[[str, dict[str, Any]], object]) -> None:
    while (event := events.take()) is not None:
        try:
            callback(*event)
        except BaseException as error:
            _tell_unraisable(error, callback)


def start(events: _Events, callback: Callable[[str, dict[str, Any]], object]) -> None:
    """Deliver from now on, until the store's end. The extension calls it."""
    threading.Thread(target=_deliver, args=(events, callback), name="mylonite events", daemon=True).start()
