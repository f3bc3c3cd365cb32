"""Your own code over a store, tested under power cuts by Hypothesis.

Say how your layer is made, what it shows, and how operations change that. Hypothesis
draws operations and crashes, and shrinks what fails to a few lines:

    class QueueUnderPowerCuts(PowerCuts):
        empty = ()

        def layer(self, store):
            return Queue(store)

        def observe(self, queue):
            return tuple(queue)

        @rule(item=st.binary(max_size=3))
        def push(self, item):
            self.step(lambda queue: queue.push(item), self.model + (item,))

    TestQueue = QueueUnderPowerCuts.TestCase

After a crash in the middle of an operation the layer must show what it showed before or
what it would have shown after, and nothing else. PowerCuts has the rules that crash:
crash_soon, power_loss and kill.

For the same examples in every run, decorate the class with
@hypothesis.settings(derandomize=True). Debian: python3-hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mylonite._core import Machine, Store
from mylonite._errors import CrashError

__all__ = ["PowerCuts"]

_SEEDS = st.integers(0, 2**32 - 1)
_UNSET: Any = object()


class PowerCuts(RuleBasedStateMachine):
    """A state machine whose store lives on a simulated machine that crashes.

    options  of the store. Where wal_flush_every_write is false, a power loss may take
             the last operations: the layer may then show any state since the last sync().
    empty    what observe() returns of a layer over a new store
    model    what the layer shows now
    machine  the mylonite.sim.Machine
    store    the open store
    """

    options: ClassVar[dict[str, Any]] = {}
    empty: ClassVar[Any] = _UNSET
    machine: Machine
    store: Store
    _layer: Any
    _states: list[Any]  # that a power loss may leave; the last is the present one
    _durable: bool  # every operation that returned is
    _kills: bool  # the crash that is to come is a kill

    def layer(self, store: Store) -> Any:
        """Make your layer over an open store: a new one, or one that was recovered."""
        raise NotImplementedError(f"{type(self).__name__} defines no layer(self, store), which makes your layer")

    def observe(self, layer: Any) -> Any:
        """All that the layer shows, as a value that compares."""
        raise NotImplementedError(f"{type(self).__name__} defines no observe(self, layer): all that it shows")

    def step(self, operation: Callable[[Any], object], after: Any) -> bool:
        """Carry out an operation; `after` is what the layer shows then. False: a crash came."""
        try:
            operation(self._layer)
        except CrashError:
            self._recover("the crash came during an operation", self._kills, [after])
            return False
        self._states = [after] if self._durable else [*self._states, after]
        return True

    def sync(self) -> None:
        """Make all operations so far durable."""
        try:
            self.store.sync()
        except CrashError:
            self._recover("the crash came during a sync", self._kills)
        else:
            self._states = self._states[-1:]

    @property
    def model(self) -> Any:
        """What the layer shows now."""
        return self._states[-1]

    @initialize(seed=_SEEDS)
    def start(self, seed: int) -> None:
        if self.empty is _UNSET:
            raise NotImplementedError(f"{type(self).__name__}.empty is not set: what observe() returns of a new store")
        self.machine = Machine(seed)
        self._states = [self.empty]
        self._durable = self.options.get("wal_flush_every_write", True)
        self._kills = False
        self._recover("the store is new")

    @rule(
        nth=st.integers(1, 30),
        after=st.booleans(),
        ending=st.sampled_from(["power loss", "kill"]),
        seed=_SEEDS,
    )
    def crash_soon(self, nth: int, after: bool, ending: str, seed: int) -> None:
        """The process ends in its nth change of the disk from now (after: once that is done)."""
        self.machine.crash_at(nth, after=after, ending=ending, seed=seed)
        self._kills = ending == "kill"

    @rule(seed=_SEEDS)
    def power_loss(self, seed: int) -> None:
        """The power fails between two operations."""
        self.machine.power_loss(seed)
        self._recover("the power failed between operations")

    @rule()
    def kill(self) -> None:
        """The process is killed between two operations."""
        self.machine.kill()
        self._recover("the process was killed between operations", killed=True)

    @invariant()
    def shows_the_model(self) -> None:
        if not hasattr(self, "machine"):
            return  # before start()
        try:
            shown = self.observe(self._layer)
        except CrashError:
            self._recover("the crash came during a read", self._kills)
        else:
            assert shown == self.model, f"the layer shows {shown!r}, expected {self.model!r}"

    def teardown(self) -> None:
        if hasattr(self, "machine"):
            self.machine.kill()

    def _recover(self, why: str, killed: bool = False, after: Sequence[Any] = ()) -> None:
        """Open the store again and compare. A kill takes nothing that was acknowledged."""
        while True:
            try:
                self.store = self.machine.open(**self.options)
                self._layer = self.layer(self.store)
                shown = self.observe(self._layer)
                break
            except CrashError:  # a crash that was still to come came during the recovery
                killed = killed and self._kills
        possible = list(self._states[-1:] if killed else self._states)
        possible += [state for state in after if state not in possible]
        assert shown in possible, f"{why}; recovered, the layer shows {shown!r}, expected one of {possible!r}"
        self._states = [shown]
