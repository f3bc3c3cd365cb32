#!/usr/bin/env bash
# Goal: the death of the process loses no acknowledged write, sync on or off (contract C1), on the real disk.
# Method: N times, `mylonite load --acks` is killed with SIGKILL at a random moment, often during its open; sometimes the
# recovery that follows is killed, too. Options are small, so that flushes, merges, log and manifest rotations are under
# way; every policy finds what another one left.
# Expectation: after reopening, every acknowledged key has its value; every key there is was fed, with its own value; at
# most one write a writer is there without its acknowledgement; with one writer, what is there is a prefix of the feed.
# usage: MYLONITE=path/to/mylonite kill_test.sh N
set -euo pipefail
export LC_ALL=C

kills_wanted=${1:?usage: MYLONITE=path/to/mylonite kill_test.sh N}
mylonite=$(realpath "${MYLONITE:?set MYLONITE to the program}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
feed_lines=40000

# Key ROUND-SEQUENCE; the value follows from the key.
# shellcheck disable=SC2016 # an awk program
value_of='function value_of(key,  part, n) {
  split(key, part, "-"); n = (part[1] * 31 + part[2] * 7) % 300
  return key ":" substr(padding, 1, n)
}
BEGIN { padding = sprintf("%300s", ""); gsub(/ /, "x", padding) }'

feed() { awk -v round="$1" -v lines="$feed_lines" "$value_of"'BEGIN {
  for (i = 1; i <= lines; ++i) { key = round "-" i; print key "\t" value_of(key) }
}'; }

# kill_after MILLISECONDS PID: false if the process had ended by itself.
kill_after() {
  sleep "$(printf '0.%03d' "$1")"
  kill -9 "$2" 2>/dev/null
}

# A moment in milliseconds: within the open, early, or well under way.
moment() {
  case $((RANDOM % 3)) in
    0) echo $((RANDOM % 6)) ;;
    1) echo $((RANDOM % 40)) ;;
    2) echo $((RANDOM % 250)) ;;
  esac
}

# Mostly the default one.
policy() {
  case $((RANDOM % 8)) in
    0) echo tier ;;
    1) echo full ;;
    2) echo random_legal ;;
    3) echo none ;;
    *) echo one_lvl ;;
  esac
}

# lost WHY: the evidence stays.
lost() {
  trap - EXIT
  echo "round $round: $1; the store, the feed and what was acknowledged are in $scratch" >&2
  exit 1
}

# verify WRITERS: compares what is there with all that was acknowledged.
verify() {
  "$mylonite" range "$store" >"$scratch/there" 2>"$scratch/error" || {
    # A creation that was killed before its commit is no store yet.
    grep -q 'not a store' "$scratch/error" && [ ! -s "$scratch/acknowledged" ] && return
    lost "range: $(head -n 1 "$scratch/error")"
  }
  awk -F '\t' -v round="$round" -v writers="$1" -v lines="$feed_lines" "$value_of"'
    function fail(what) { print what; failed = 1; exit }
    FILENAME == ARGV[1] { acknowledged[$1] = 1; next }
    {
      split($1, part, "-")
      if (part[1] > round || part[2] < 1 || part[2] > lines) fail("key " $1 " was never fed")
      if ($2 != value_of($1)) fail("key " $1 " has the wrong value " $2)
      if (!($1 in acknowledged)) {
        if (part[1] != round) fail("key " $1 " of an earlier round appeared")
        ++surplus
      }
      if (part[1] == round) { ++of_round; if (part[2] + 0 > newest) newest = part[2] + 0 }
      delete acknowledged[$1]
    }
    END {
      if (failed) exit
      for (key in acknowledged) { ++lost; example = key }
      if (lost) print lost " acknowledged keys are lost, such as " example
      else if (surplus > writers) print surplus " keys without acknowledgement from " writers " writers"
      else if (writers == 1 && newest != of_round) print "no prefix: " of_round " keys, the newest is " newest
    }' "$scratch/acknowledged" "$scratch/there" >"$scratch/verdict"
  [ ! -s "$scratch/verdict" ] || lost "$(cat "$scratch/verdict")"
  # What surfaced without acknowledgement is settled: from now on it must stay.
  cut -f 1 "$scratch/there" >"$scratch/acknowledged"
}

SECONDS=0
kills=0
acknowledged=0
round=0
while [ "$kills" -lt "$kills_wanted" ]; do
  if [ $((round % 8)) = 0 ]; then
    store=$scratch/store-$round
    : >"$scratch/acknowledged"
  fi
  round=$((round + 1))
  writers=$((1 + (RANDOM % 2) * 3))
  sync=$([ $((round % 2)) = 0 ] && echo true || echo false)
  feed "$round" >"$scratch/feed"
  : >"$scratch/acks" # the loader may die before its shell has
  "$mylonite" load "$store" --acks --writers "$writers" --set "wal_flush_every_write=$sync" \
    --set memtable_max_bytes=$((RANDOM % 2 ? 8192 : 65536)) --set wal_file_rotate_bytes=$((RANDOM % 2 ? 4096 : 131072)) \
    --set manifest_rotate_bytes=4096 --set sstable_max_bytes=16384 --set "compaction_policy=$(policy)" \
    --set compaction_threads=2 --set compaction_threshold_bytes=32768 --set level0_compact_runs=2 \
    --set runs_per_level_max=2 <"$scratch/feed" >"$scratch/acks" &
  loader=$!
  if kill_after "$(moment)" "$loader"; then kills=$((kills + 1)); fi
  wait "$loader" 2>/dev/null || true
  lines=$(wc -l <"$scratch/acks") # a last line without its newline was not printed whole
  head -n "$lines" "$scratch/acks" >>"$scratch/acknowledged"
  acknowledged=$((acknowledged + lines))

  if [ ! -e "$store" ]; then
    [ "$lines" = 0 ] || lost 'acknowledged without a store'
    continue
  fi
  if [ $((RANDOM % 3)) = 0 ]; then
    "$mylonite" range "$store" >/dev/null 2>&1 &
    reader=$!
    kill_after $((RANDOM % 8)) "$reader" || true
    wait "$reader" 2>/dev/null || true
  fi
  verify "$writers"
done
echo "$kills kills, $acknowledged keys acknowledged, 0 lost ($SECONDS s)"
