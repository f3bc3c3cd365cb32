#!/usr/bin/env bash
# witnesses.sh BUILD_DIR: replays every file of tests/scenarios/witnesses on the simulator with its bug planted. Each must
# fail by the rule that it records; where the patch says that an invariant of the engine should catch the bug, that may end
# the simulator first. Says of how many the trace is the same, another, or stale (decisions were not met).
# Exits 1 when one does not fail so; a stale one is to be recorded again.
set -uo pipefail
build=${1:?usage: witnesses.sh BUILD_DIR}
cmake --build "$build" --target mutants >/dev/null || exit 1
same=0 other=0 stale=0 ended=0 failed=0
for file in "$(dirname "$0")"/../scenarios/witnesses/*.repro; do
  bug=$(basename "$file" .repro)
  said=$("$build/mylonite-sim-$bug" replay "$file" --story 0 2>&1)
  case "$said" in
    *"reproduced: "*) same=$((same + 1)) ;;
    *"did not reproduce: trace hash"*) other=$((other + 1)) ;;
    *"stale: expected "*) stale=$((stale + 1)) && echo "$bug: ${said##*stale: }" ;;
    *"FAILED  rule invariant"*)
      if grep -q 'should catch it: .*invariant' "$(dirname "$0")/$bug.patch"; then
        ended=$((ended + 1))
      else
        failed=$((failed + 1)) && echo "$bug: ended by an invariant that its patch does not name"
      fi
      ;;
    *) failed=$((failed + 1)) && echo "$bug: ${said##*$'\n'FAILED}" ;;
  esac
done
echo "witnesses: $same with the same trace, $other with another, $stale stale, $ended ended by an invariant, $failed not reproduced"
[ "$stale" = 0 ] && [ "$failed" = 0 ]
