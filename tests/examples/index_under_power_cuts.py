"""A small layer over a store, tested under power cuts: people by name, and an index by city.

    pytest tests/examples/index_under_power_cuts.py

The layer writes a person and the index entry as one batch. MistakenPeople writes them one after the other, and a
power cut between the two leaves an index that tells something else than the people. Hypothesis finds it and shows
the least that is needed. tests/python/test_sim_testing.py runs both.
"""

from hypothesis import strategies as st
from hypothesis.stateful import rule

import mylonite
from mylonite.sim_testing import PowerCuts


class People:
    """Where people live, to be asked by name and by city."""

    def __init__(self, store: mylonite.Store) -> None:
        self.store = store

    def move(self, name: bytes, city: bytes) -> None:
        batch = mylonite.Batch()
        before = self.store.get(b"person/" + name)
        if before is not None:
            batch.delete(b"city/" + before + b"/" + name)
        batch.put(b"person/" + name, city)
        batch.put(b"city/" + city + b"/" + name, b"")
        self.store.write(batch)

    def by_name(self) -> dict[bytes, bytes]:
        return {key.removeprefix(b"person/"): city for key, city in self.store.range(b"person/", b"person0")}

    def by_city(self) -> dict[bytes, bytes]:
        entries = [key.split(b"/") for key in self.store.keys(b"city/", b"city0")]
        return {name: city for _, city, name in entries}


class MistakenPeople(People):
    def move(self, name: bytes, city: bytes) -> None:
        before = self.store.get(b"person/" + name)
        self.store.put(b"person/" + name, city)
        if before is not None:
            self.store.delete(b"city/" + before + b"/" + name)
        self.store.put(b"city/" + city + b"/" + name, b"")


class PeopleUnderPowerCuts(PowerCuts):
    empty = ({}, {})

    def layer(self, store):
        return People(store)

    def observe(self, people):
        return people.by_name(), people.by_city()

    @rule(name=st.sampled_from([b"ann", b"bob"]), city=st.sampled_from([b"oslo", b"rome"]))
    def move(self, name, city):
        living = {**self.model[0], name: city}
        self.step(lambda people: people.move(name, city), (living, living))


class MistakenPeopleUnderPowerCuts(PeopleUnderPowerCuts):
    def layer(self, store):
        return MistakenPeople(store)


TestPeople = PeopleUnderPowerCuts.TestCase
