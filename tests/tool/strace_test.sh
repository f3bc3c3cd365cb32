#!/usr/bin/env bash
# Goal: on the real disk, no write is acknowledged before it is durable (contract C2 with sync on).
# Method: the system calls of `mylonite load --acks` are traced; a small awk program follows descriptors, the keys in
# what is written to each log, its fdatasyncs, and the fsyncs of the directory that holds its name.
# Expectation: whenever a key goes to standard output, a log that holds it was written, then synced, and its name was
# synced. The checker itself is held to two traces that it must refuse: sync off, and the directory's syncs cut out.
# usage: MYLONITE=path/to/mylonite strace_test.sh     exit 77: skipped
set -euo pipefail
export LC_ALL=C

mylonite=$(realpath "${MYLONITE:?set MYLONITE to the program}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! strace -f -o /dev/null true 2>/dev/null; then
  echo 'skipped: strace is not installed or may not trace here'
  exit 77
fi

# trace NAME OPTION...: loads 300 keys, writes the calls to NAME.
trace() {
  local name=$1
  shift
  awk 'BEGIN { for (i = 1; i <= 300; ++i) print "key" i "yek\tvalue of " i }' |
    strace -f -s 1000000 -o "$scratch/$name" -e trace=openat,close,write,pwrite64,writev,fsync,fdatasync \
      "$mylonite" load "$scratch/store-$name" --acks --set wal_file_rotate_bytes=2048 --set memtable_max_bytes=8192 \
      "$@" >"$scratch/acks"
  [ "$(wc -l <"$scratch/acks")" = 300 ]
}

# check NAME: prints what is wrong and fails, or prints how many acknowledgements were checked.
check() {
  awk '
    function fail(what) { print "line " NR ": " what; failed = 1; exit 1 }
    # A call counts as begun where it is entered and as done where it has returned.
    {
      thread = $1
      text = $0
      sub(/^[0-9]+ +/, "", text)
      begun = text !~ /^<\.\.\. /
      done = text !~ /<unfinished \.\.\.>$/
      if (!begun) sub(/^<\.\.\. [a-z0-9]+ resumed>/, "", text)
      if (!done) sub(/ *<unfinished \.\.\.>$/, "", text)
      call[thread] = begun ? text : call[thread] text
      text = call[thread]
      if (text !~ /^[a-z0-9]+\(/) next
      name = substr(text, 1, index(text, "(") - 1)
      descriptor = substr(text, length(name) + 2) + 0
      succeeded = done && text !~ /= -1 [^=]*$/
      result = text; sub(/.*= /, "", result); result += 0
    }
    begun && name ~ /write/ && descriptor == 1 {
      acknowledged = text; sub(/^[^"]*"/, "", acknowledged); sub(/\\n".*/, "", acknowledged)
      ++acknowledgements
      if (!(acknowledged in log_of)) fail(acknowledged " is acknowledged, but no log was written with it")
      log_number = log_of[acknowledged]
      if (synced[log_number] < position[acknowledged]) fail(acknowledged " is acknowledged, but its log is not synced")
      if (!named[log_number]) fail(acknowledged " is acknowledged, but the name of its log is not synced")
    }
    name == "openat" && succeeded {
      split(text, quoted, "\"")
      path[result] = quoted[2]
      is_log[result] = quoted[2] ~ /wal-[0-9]+\.log$/ && text ~ /O_CREAT/
      if (is_log[result]) log_at[result] = ++logs
    }
    name == "close" && begun { delete path[descriptor]; delete is_log[descriptor] }
    name ~ /write/ && succeeded && is_log[descriptor] {
      number = log_at[descriptor]
      ++writes[number]
      rest = text
      while (match(rest, /key[0-9]+yek/)) {
        log_of[substr(rest, RSTART, RLENGTH)] = number
        position[substr(rest, RSTART, RLENGTH)] = writes[number]
        rest = substr(rest, RSTART + RLENGTH)
      }
    }
    name == "fdatasync" && begun { covers[thread] = is_log[descriptor] ? writes[log_at[descriptor]] : 0 }
    name == "fdatasync" && succeeded && is_log[descriptor] { synced[log_at[descriptor]] = covers[thread] }
    name == "fsync" && begun { covers[thread] = logs }
    name == "fsync" && succeeded && path[descriptor] ~ /store-[a-z]+$/ {
      for (number = 1; number <= covers[thread]; ++number) named[number] = 1
    }
    END {
      if (failed) exit 1
      if (acknowledgements != 300) { print "expected 300 acknowledgements, found " acknowledgements + 0; exit 1 }
      print acknowledgements " acknowledgements in " logs " logs, all behind their syncs"
    }' "$scratch/$1"
}

trace one
check one
trace four --writers 4
check four

refused() {
  if check "$1"; then
    echo "the checker accepts $1" >&2
    exit 1
  fi
}
trace off --set wal_flush_every_write=false
refused off
grep -v 'fsync(' "$scratch/one" >"$scratch/unnamed"
refused unnamed
