#!/usr/bin/env bash
# The cluster's files carry out one comparison as the program does alone. Method: the array's script as Slurm calls it, task by task
# in an odd order, then the merge; the Dask example where Dask is installed. Expectation: the text of one run of all, word for word.
# Usage: cluster_test.sh MYLONITE_LAB SOURCE_DIR
set -euo pipefail
export MYLONITE_LAB=$1
cluster=$2/experiments/cluster
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export MYLONITE_RESULTS=$out/shards MYLONITE_PARTS=4 SLURM_ARRAY_TASK_COUNT=4
comparison=(full lo1 tier --workload upd_u --seeds 3 --entries 3000 --buffer-entries 128)

"$MYLONITE_LAB" compare "${comparison[@]}" >"$out/alone" 2>/dev/null
grep -q '^  results [0-9a-f]\{16\}$' "$out/alone"
for task in 3 1 4 2; do SLURM_ARRAY_TASK_ID=$task bash "$cluster/compare.sbatch" "${comparison[@]}" >/dev/null 2>&1; done
bash "$cluster/merge.sbatch" --base full >"$out/merged"
diff "$out/alone" "$out/merged"

# A task that was not carried out is noticed.
rm "$MYLONITE_RESULTS/shard-2.jsonl"
if bash "$cluster/merge.sbatch" --base full >/dev/null 2>"$out/said"; then
  echo 'a merge without shard 2 succeeded' >&2
  exit 1
fi

# That task alone completes the comparison. Slurm then counts one task.
SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=1 bash "$cluster/compare.sbatch" "${comparison[@]}" >/dev/null 2>&1
bash "$cluster/merge.sbatch" --base full >"$out/merged"
diff "$out/alone" "$out/merged"

if ! /usr/bin/python3 -c 'import distributed' 2>/dev/null; then
  echo 'skipped: Dask (python3-distributed is not installed)' >&2
  exit "${MYLONITE_SKIP:-77}"
fi
dask() { /usr/bin/python3 "$cluster/compare_dask.py" --lab "$MYLONITE_LAB" --parts 3 --base full -- "$@"; }
dask "${comparison[@]}" >"$out/dask" 2>"$out/said" || { cat "$out/said" >&2; exit 1; }
diff "$out/alone" "$out/dask"
if dask full nosuch >/dev/null 2>"$out/said"; then
  echo 'an unknown policy was accepted' >&2
  exit 1
fi
grep -q "nosuch" "$out/said"
