#!/usr/bin/env bash
# run.sh BUILD WORK: runs the programs of this folder, built in BUILD. The library is inside a shared object in `plugin`.
set -euo pipefail
build=$1 work=$2
mkdir -p "$work"
"$build/consumer" "$work/data"
"$build/host" "$build/libplugin.so" "$work/plugin-data"
"$build/simulator" run --seeds 0:3 --out "$work/failures" >"$work/simulator.log" || {
  cat "$work/simulator.log"
  exit 1
}
"$build/power_cut" >"$work/power_cut.log" || {
  cat "$work/power_cut.log"
  exit 1
}
