"""One comparison on a Dask cluster: each task carries out a part, and `mylonite-lab merge` makes one of all.

    python3 experiments/cluster/compare_dask.py --parts 8 --base full -- full lo1 tier --workload upd_u --seeds 16

Without --scheduler, processes of this machine; with it, the workers of a running scheduler, which must find the program
at the same place (--lab). Debian: apt-get install python3-distributed
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

from dask.distributed import Client, LocalCluster


def part(lab: str, arguments: list[str], number: int, of: int) -> str:
    """The result lines of one part."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "part.jsonl"
        subprocess.run([lab, "compare", *arguments, "--shard", f"{number}/{of}", "--jsonl", str(file)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        return file.read_text()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lab", default="build/release/mylonite-lab", help="the program, on every worker")
    parser.add_argument("--parts", type=int, default=8)
    parser.add_argument("--scheduler", help="address of a Dask scheduler, as tcp://host:8786")
    parser.add_argument("--workers", type=int, default=2, help="processes, without a scheduler")
    parser.add_argument("--base", help="the policy that others are compared with")
    parser.add_argument("compare", nargs="+", help="after --: arguments of `mylonite-lab compare`")
    options = parser.parse_args()
    if options.parts < 2:
        parser.error("--parts: at least 2")
    where = options.scheduler or LocalCluster(n_workers=options.workers, threads_per_worker=1, dashboard_address=None)
    with Client(where) as client, tempfile.TemporaryDirectory() as folder:
        futures = [client.submit(part, options.lab, options.compare, number, options.parts, pure=False)
                   for number in range(1, options.parts + 1)]
        try:
            lines = client.gather(futures)
        except subprocess.CalledProcessError as error:
            print(error.stderr.strip(), file=sys.stderr)
            return error.returncode
        files = []
        for number, text in enumerate(lines, 1):
            files.append(pathlib.Path(folder) / f"part-{number}.jsonl")
            files[-1].write_text(text)
        base = ["--base", options.base] if options.base else []
        return subprocess.run([options.lab, "merge", *map(str, files), *base], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
