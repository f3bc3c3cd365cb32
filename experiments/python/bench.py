"""Mylonite from Python beside plyvel (LevelDB) and lmdb: the same data, one run, medians of several rounds.

Each measurement is a process of its own, pinned to one processor with all its threads. A round measures every store, in
an order that turns from round to round; so other load of the machine meets all alike. A ratio is taken within a round.
Debian's LevelDB is built with assertions: --leveldb names a directory with a libleveldb.so.1d without.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stores import BATCH_PAIRS, STORES, Pairs, Peer

LINES = {
    "put": "one put each, not synced",
    "put-sync": "one put each, synced",
    "batch": f"puts in batches of {BATCH_PAIRS}, not synced",
    "get-memory": "one get each, of what was just written",
    "get-tables": "one get each, of merged tables",
    "scan": "all pairs, one at a time",
    "list": "all pairs at once",
}


def data(entries: int, value_bytes: int, seed: int) -> Pairs:
    """Pairs in random order."""
    draw = random.Random(seed)
    pool = draw.randbytes(1 << 20)
    numbers = list(range(entries))
    draw.shuffle(numbers)
    places = [draw.randrange(len(pool) - value_bytes) for _ in numbers]
    return [(b"%016d" % number, pool[at : at + value_bytes]) for number, at in zip(numbers, places, strict=True)]


def library(names: tuple[str, ...]) -> str:
    """The file of the store's library that this process has mapped: the first of these names."""
    mapped = [line.split(maxsplit=5)[-1].strip() for line in Path("/proc/self/maps").read_text().splitlines()]
    found = [path for name in names for path in mapped if name in path]
    return found[0] if found else "?"


def loaded(store: Peer, line: str, pairs: Pairs) -> list[bytes]:
    """Fills the store for a line that reads, reads all of it once against what was written, and returns the keys."""
    store.put_batches(pairs)
    if line != "get-memory":
        store.to_tables()
    keys = [key for key, _ in pairs]
    random.Random(1).shuffle(keys)
    expected = dict(pairs)
    if store.read(keys) != [expected[key] for key in keys] or store.iterate() != len(pairs):
        sys.exit(f"{line}: the store does not hold what was written")
    return keys


def measured(store: Peer, line: str, pairs: Pairs, clock: Callable[[], float]) -> float:
    """Seconds of the line, by this clock."""
    keys = [] if line in ("put", "put-sync", "batch") else loaded(store, line, pairs)
    answer: Any = len(pairs)
    start = clock()
    match line:
        case "put" | "put-sync":
            store.put_each(pairs, line == "put-sync")
        case "batch":
            store.put_batches(pairs)
        case "get-memory" | "get-tables":
            store.get_each(keys)
        case "scan":
            answer = store.iterate()
        case "list":
            answer = store.pairs()
    seconds = clock() - start
    if line == "list":
        answer = store.count(answer)
    if answer != len(pairs):
        sys.exit(f"{line}: {answer} pairs instead of {len(pairs)}")
    return seconds


def worker(arguments: argparse.Namespace) -> None:
    """One measurement, told as JSON."""
    name, line = arguments.worker
    os.sched_setaffinity(0, {arguments.cpu})
    synced = line == "put-sync"
    pairs = data(arguments.synced if synced else arguments.entries, arguments.value_bytes, arguments.seed)
    with tempfile.TemporaryDirectory(dir=arguments.directory, prefix="bench-python-") as directory:
        store = STORES[name](Path(directory) / "store", synced)
        clock = time.process_time if arguments.processor_time else time.perf_counter
        seconds = measured(store, line, pairs, clock)
        if store.read([pairs[0][0], b"absent"]) != [pairs[0][1], None]:
            sys.exit(f"{line}: wrong answer")
        store.close()
    path = library(store.libraries)
    asserts = b"__assert_fail" in Path(path).read_bytes() if Path(path).exists() else None
    print(
        json.dumps(
            {"us": seconds / len(pairs) * 1e6, "version": store.version, "library": path, "asserts": asserts}
        )
    )


def run_worker(name: str, line: str, arguments: argparse.Namespace) -> dict[str, Any]:
    environment = dict(os.environ)
    if name == "plyvel" and arguments.leveldb:
        environment["LD_LIBRARY_PATH"] = str(arguments.leveldb)
    command = [sys.executable, __file__, *sys.argv[1:], "--worker", name, line]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"the worker of {name}, {line} ended with {done.returncode}; what it said stands above")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


Rounds = dict[str, dict[str, list[float]]]  # line, store: microseconds an entry, of each round


def run_rounds(names: list[str], arguments: argparse.Namespace) -> tuple[Rounds, dict[str, dict[str, Any]]]:
    rounds: Rounds = {line: {name: [] for name in names} for line in arguments.lines}
    about: dict[str, dict[str, Any]] = {}
    for line in arguments.lines:
        for turn in range(arguments.rounds):
            at = turn % len(names)
            for name in names[at:] + names[:at]:
                about[name] = run_worker(name, line, arguments)
                rounds[line][name].append(about[name].pop("us"))
        print(f"{line}: measured", file=sys.stderr)
    return rounds, about


def ratios(own: list[float], other: list[float]) -> list[float]:
    """How many times as fast as the other, smallest first: one of each round."""
    return sorted(theirs / mine for mine, theirs in zip(own, other, strict=True))


def print_table(rounds: Rounds, about: dict[str, dict[str, Any]], arguments: argparse.Namespace) -> None:
    for name, facts in about.items():
        with_assertions = "" if name.startswith("mylonite") or not facts["asserts"] else ", with assertions"
        print(f"{name}: {facts['version']}, {facts['library']}{with_assertions}")
    print(
        f"{arguments.entries} entries ({arguments.synced} synced) of 16 + {arguments.value_bytes} bytes, "
        f"{arguments.rounds} rounds, processor {arguments.cpu}"
    )
    clock = " of processor time" if arguments.processor_time else ""
    meaning = "median (lowest to highest); how many times as fast mylonite is, in the same round"
    print(f"microseconds{clock} an entry: {meaning}")
    for line, of_store in rounds.items():
        print(f"\n{line}: {LINES[line]}")
        for name, times in of_store.items():
            text = f"  {name:<16} {statistics.median(times):8.3f}  ({min(times):.3f} to {max(times):.3f})"
            if name != "mylonite" and "mylonite" in of_store:
                ratio = ratios(of_store["mylonite"], times)
                text += f"   x {statistics.median(ratio):.2f}  ({ratio[0]:.2f} to {ratio[-1]:.2f})"
            print(text)


def as_json(rounds: Rounds, about: dict[str, dict[str, Any]], arguments: argparse.Namespace) -> dict[str, Any]:
    kept = ("entries", "synced", "value_bytes", "seed", "rounds", "cpu", "processor_time")
    return {
        "machine": {"system": platform.platform(), "python": platform.python_version(), "processors": os.cpu_count()},
        "settings": {name: getattr(arguments, name) for name in kept},
        "stores": about,
        "microseconds": rounds,
    }


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0], fromfile_prefix_chars="@")
    made.add_argument("--entries", type=int, default=300_000)
    made.add_argument("--synced", type=int, default=2_000, help="entries of the synced line")
    made.add_argument("--value-bytes", type=int, default=100)
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--cpu", type=int, default=max(os.sched_getaffinity(0)), help="the processor that is measured on")
    made.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    made.add_argument("--lines", nargs="+", choices=LINES, default=list(LINES))
    made.add_argument("--leveldb", type=Path, help="plyvel takes libleveldb.so.1d of this directory")
    made.add_argument("--directory", type=Path, help="stores are made below it; default: the system's temporary one")
    made.add_argument("--json", type=Path, help="a file for the figures of every round")
    made.add_argument("--processor-time", action="store_true", help="of all threads, where the machine has other work")
    made.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    return made


def main() -> None:
    arguments = parser().parse_args()
    if arguments.worker:
        worker(arguments)
        return
    # Without a library of its own plyvel is plyvel-packaged.
    names = [name for name in arguments.stores if name != "plyvel-packaged" or arguments.leveldb]
    rounds, about = run_rounds(names, arguments)
    print_table(rounds, about, arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(rounds, about, arguments), indent=1) + "\n")


if __name__ == "__main__":
    main()
