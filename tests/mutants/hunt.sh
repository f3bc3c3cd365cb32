#!/usr/bin/env bash
# hunt.sh BUILD_DIR [MUTANT...]: runs the simulator over every planted bug with the same generator and flags, and says how
# many seeds and seconds each took to find. The scenario file of each must then replay to the same failure.
# Exits 1 when one was not found, or its replay differs.
set -uo pipefail
build=${1:?usage: hunt.sh BUILD_DIR [MUTANT...]}
shift
here=$(dirname "$0")
if [ "$#" = 0 ]; then
  for patch in "$here"/*.patch; do set -- "$@" "$(basename "$patch" .patch)"; done
fi
# What is hunted is what the patches say now.
cmake --build "$build" --target "${@/#/mylonite-sim-}" >/dev/null || exit 1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
missed=0
printf '%-24s %8s %9s  %-16s %s\n' 'planted bug' seeds seconds rule replay
for mutant in "$@"; do
  program=$build/mylonite-sim-$mutant
  started=$(date +%s.%N)
  status=0
  "$program" run --seeds 0:100000 --ops 300 --crashes 5 --check-determinism 0 --until-failure --out "$out/$mutant" \
    --jsonl "$out/$mutant.jsonl" >/dev/null 2>&1 || status=$?
  seconds=$(echo "$(date +%s.%N) - $started" | bc)
  repro=$(find "$out/$mutant" -name '*.repro' 2>/dev/null | head -n 1)
  seeds=$(grep -c '"ev":"seed"' "$out/$mutant.jsonl")
  if [ "$status" != 1 ] || [ -z "$repro" ]; then
    printf '%-24s %8s %9.2f  NOT FOUND (exit %s)\n' "$mutant" "$seeds" "$seconds" "$status"
    missed=$((missed + 1))
    continue
  fi
  rule=$(sed -n 's/.*"ev":"failure".*"rule":"\([^"]*\)".*/\1/p' "$out/$mutant.jsonl" | head -n 1)
  "$program" replay "$repro" >"$out/replay" 2>&1
  replayed=differs
  if grep -q "^reproduced: $rule" "$out/replay"; then replayed=same; else missed=$((missed + 1)); fi
  printf '%-24s %8s %9.2f  %-16s %s\n' "$mutant" "$seeds" "$seconds" "$rule" "$replayed"
done
echo "$(($# - missed)) passed, $missed failed"
[ "$missed" = 0 ]
