#!/usr/bin/env bash
# hunt.sh BUILD_DIR [MUTANT...]: runs the simulator over every planted bug with the same generator and flags, and says how
# many seeds and seconds each took to find. The scenario file of each must then replay to the same failure.
# hunt.sh --json FILE BUILD_DIR [MUTANT...]: hunts from many first seeds ("bases"), so that the numbers have a spread. FILE gets
# the conditions, then a line for each bug, in order of names. A hunt ends without a find after seeds_max seeds: rule null.
# hunt.sh --again FILE BUILD_DIR MUTANT...: hunts these likewise; their lines must be those of FILE.
# Exits 1 when a bug was not found (by the first form), a simulator did not end as it should, a replay or a line differs.
set -uo pipefail
base_stride=1000000 # base b begins at seed b * base_stride
flags=(--ops 300 --crashes 5)
bases=1 seeds_max=100000 results='' committed=''
case "${1:-}" in
  --json) bases=10 seeds_max=1000 results=${2:?--json FILE} && shift 2 ;;
  --again) bases=10 seeds_max=1000 committed=${2:?--again FILE} && shift 2 ;;
esac
build=${1:?usage: hunt.sh [--json FILE | --again FILE] BUILD_DIR [MUTANT...]}
shift
here=$(dirname "$0")
if [ "$#" = 0 ]; then
  for patch in "$here"/*.patch; do set -- "$@" "$(basename "$patch" .patch)"; done
fi
# What is hunted is what the patches say now.
cmake --build "$build" --target "${@/#/mylonite-sim-}" >/dev/null || exit 1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# hunt MUTANT BASE: one hunt. Sets seeds, rule (empty: not found), replayed (same, differs or empty) and status.
hunt() {
  local program=$build/mylonite-sim-$1 first=$(($2 * base_stride)) repro
  rm -rf "$out/found" "$out/jsonl"
  rule='' replayed='' status=0 seeds=0
  "$program" run --seeds "$first:$((first + seeds_max))" "${flags[@]}" --check-determinism 0 --until-failure --shrink 0s \
    --out "$out/found" --jsonl "$out/jsonl" >"$out/said" 2>&1 || status=$?
  # A bug that ends the simulator itself is found as well. Its last words name the rule and the seed, and a replay has them.
  local last_words='^FAILED  rule \([a-z-]*\)\( (.*)\)\{0,1\}  seed \([0-9]*\)$' # the signal in brackets, if it was one
  if [ ! -e "$out/jsonl" ]; then
    rule=$(sed -n "s/$last_words/\1/p" "$out/said")
    [ -n "$rule" ] || return 0
    seeds=$(($(sed -n "s/$last_words/\3/p" "$out/said") - first + 1))
    "$program" replay $((first + seeds - 1)) "${flags[@]}" >"$out/replay" 2>&1
    if grep -Eq "^FAILED  rule $rule( \(.*\))?  seed" "$out/replay"; then replayed=same; else replayed=differs; fi
    return
  fi
  seeds=$(grep -c '"ev":"seed"' "$out/jsonl")
  repro=$(find "$out/found" -name '*.repro' 2>/dev/null | head -n 1)
  [ "$status" = 1 ] && [ -n "$repro" ] || return 0
  rule=$(sed -n 's/.*"ev":"failure".*"rule":"\([^"]*\)".*/\1/p' "$out/jsonl" | head -n 1)
  "$program" replay "$repro" >"$out/replay" 2>&1
  if grep -q "^reproduced: $rule" "$out/replay"; then replayed=same; else replayed=differs; fi
}

# quoted TEXT: as JSON; null when empty.
quoted() { if [ -n "$1" ]; then printf '"%s"' "$1"; else printf null; fi; }

missed=0
printf '%-30s %8s %9s  %-16s %s\n' 'planted bug' seeds seconds rule replay
printf '{"flags": "%s", "bases": %s, "base_stride": %s, "seeds_max": %s}\n' \
  "${flags[*]}" "$bases" "$base_stride" "$seeds_max" >"$out/results"
for mutant in "$@"; do
  started=${EPOCHREALTIME//[^0-9]/}
  hunts='' found=0 differs=0 sum=0 rules='' strange=''
  for ((base = 0; base < bases; ++base)); do
    hunt "$mutant" "$base"
    # Clean to the end, or a failure: whatever else is no hunt.
    [ "$status" = 0 ] || [ -n "$rule" ] || strange="exit $status"
    [ "$replayed" != differs ] || differs=$((differs + 1))
    if [ -n "$rule" ]; then
      found=$((found + 1))
      [[ ,$rules, = *,$rule,* ]] || rules+=${rules:+,}$rule
    fi
    sum=$((sum + seeds))
    hunts+="${hunts:+, }{\"base\": $base, \"seeds\": $seeds, \"rule\": $(quoted "$rule"), \"replay\": $(quoted "$replayed")}"
  done
  ms=$(((${EPOCHREALTIME//[^0-9]/} - started) / 1000))
  seconds=$((ms / 1000)).$(printf %03d $((ms % 1000)))
  echo "{\"bug\": \"$mutant\", \"hunts\": [$hunts]}" >>"$out/results"
  verdict=same
  [ "$found" -gt 0 ] || verdict='NOT FOUND'
  [ "$differs" = 0 ] || verdict="$differs replays differ"
  [ -z "$strange" ] || verdict=$strange
  case $verdict in
    same) ;;
    'NOT FOUND') [ "$bases" -gt 1 ] || missed=$((missed + 1)) ;; # of many short hunts all may be in vain
    *) missed=$((missed + 1)) ;;
  esac
  [ "$bases" = 1 ] || verdict+=", found in $found of $bases hunts"
  printf '%-30s %8s %9s  %-16s %s\n' "$mutant" "$sum" "$seconds" "${rules:--}" "$verdict"
done
[ -z "$results" ] || cp "$out/results" "$results"
if [ -n "$committed" ]; then
  {
    head -n 1 "$committed"
    for mutant in "$@"; do grep -F "{\"bug\": \"$mutant\"," "$committed"; done
  } >"$out/committed"
  if ! diff "$out/committed" "$out/results"; then
    echo "$committed: other seeds than these; where that is meant, ./dev mutants --json renews it" >&2
    missed=$((missed + 1))
  fi
fi
echo "$(($# > missed ? $# - missed : 0)) passed, $missed failed"
[ "$missed" = 0 ]
