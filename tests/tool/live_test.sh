#!/usr/bin/env bash
# Goal: commands that only read are right beside a writer. Method: load a long stream with small memtables, so that
# tables, logs and manifests come and go; meanwhile every reading command, ROUNDS times. Expectation: each ends well;
# `verify` calls nothing damaged; a key that is in tables already is found, and `range` has whole lines.
# live_test.sh ROUNDS; MYLONITE is the program.
set -euo pipefail
rounds=$1
work=$(mktemp -d)
stop() {
  exec 3>&- || true
  kill "$feeder" "$writer" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
store=$work/store
mkfifo "$work/lines"
"$MYLONITE" load "$store" --set memtable_max_bytes=200k --set compaction_threshold_bytes=500k \
  --set sstable_max_bytes=100k --set manifest_rotate_bytes=4k --set wal_flush_every_write=false \
  <"$work/lines" 2>"$work/errors" &
writer=$!
awk 'BEGIN { for (i = 0;; ++i) printf "key%06d\t%d:%0200d\n", (i * 7919) % 50000, i, 7 }' >"$work/lines" 2>/dev/null &
feeder=$!
key=key000000 # the first line's
for ((wait = 0; wait < 300 && $(find "$store" -name 'sst-*' 2>/dev/null | wc -l) < 5; ++wait)); do sleep 0.1; done

failed=0
try() { # try COMMAND...: exits 0
  local status=0
  "$MYLONITE" "$@" >"$work/out" 2>"$work/err" || status=$?
  if [ "$status" != 0 ]; then
    failed=$((failed + 1))
    echo "exit $status: mylonite $*: $(cat "$work/err") $(grep -m 1 damage "$work/out" || true)" >&2
  fi
}
for ((round = 0; round < rounds; ++round)); do
  try get "$store" "$key"
  try range "$store" key00
  awk -F '\t' 'NF != 2 { exit 1 }' "$work/out" || { echo "range has a broken line" >&2 && failed=$((failed + 1)); }
  try stats "$store"
  try verify "$store"
  try inspect tree "$store"
  try inspect manifest "$store"
  try inspect wal "$store"
  try explain get "$store" "$key"
  try explain compaction "$store"
  "$MYLONITE" doctor "$store" >"$work/out" || true # the machine may lack something
  grep -q '^well  verify ' "$work/out" || { cat "$work/out" >&2 && failed=$((failed + 1)); }
done
kill -0 "$writer" 2>/dev/null || { echo "the writer died: $(cat "$work/errors")" >&2 && exit 1; }
[ "$failed" = 0 ] || { echo "$failed of $((10 * rounds)) calls failed" >&2 && exit 1; }
