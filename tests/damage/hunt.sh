#!/usr/bin/env bash
# hunt.sh BUILD_DIR: builds the campaign over each planted bug of tests/damage/mutants and says what finds it.
# Exits 1 when one is not found in 5000 seeds.
set -uo pipefail
build=${1:?usage: hunt.sh BUILD_DIR}
here=$(dirname "$0")
cmake --build "$build" --target damage_mutants >/dev/null || exit 1
missed=0
for patch in "$here"/mutants/*.patch; do
  name=$(basename "$patch" .patch)
  found=$("$build/mylonite-damage-$name" --seeds 0:5000)
  if [ "$?" = 1 ]; then
    printf '%-24s %s\n' "$name" "$(grep -m 1 '^seed' <<<"$found")"
  else
    missed=$((missed + 1))
    printf '%-24s NOT FOUND\n' "$name"
  fi
done
[ "$missed" = 0 ]
