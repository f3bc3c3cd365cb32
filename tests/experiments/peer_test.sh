#!/usr/bin/env bash
# Goal: an optional peer never breaks the build of the laboratory.
# Method: a RocksDB of our own, a header and a static library, is offered to the configuration: first a library that
# lacks what the header declares, then, in the same build folder, one that has it.
# Expectation: the first is left out, with a word; the second is taken.
# usage: peer_test.sh SOURCE_DIR COMPILER
set -euo pipefail
source=$1 compiler=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$scratch/rocksdb"
cat >"$scratch/rocksdb/db.h" <<'HEADER'
namespace rocksdb {
struct Status {
  bool ok() const { return true; }
};
struct DB {
  static Status Open(int options, const char* name, DB** db);
};
}  // namespace rocksdb
HEADER
cat >"$scratch/db.cc" <<'CODE'
#include "rocksdb/db.h"
rocksdb::Status rocksdb::DB::Open(int, const char*, DB**) { return {}; }
CODE
"$compiler" -c "$scratch/db.cc" -I "$scratch" -o "$scratch/db.o"
ar rcs "$scratch/lacking.a"
ar rcs "$scratch/whole.a" "$scratch/db.o"

# expect LIBRARY SOURCE SAID: with this library the laboratory is built of SOURCE, and "without rocksdb" is said so often.
expect() {
  local said
  said=$(cmake -S "$source" -B "$scratch/build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
    -DROCKSDB_INCLUDE="$scratch" -DROCKSDB_LIBRARY="$scratch/$1" | grep -c 'without rocksdb' || true)
  if [[ $said != "$3" ]] || ! grep -q "experiments/peers/$2" "$scratch/build/build.ninja"; then
    echo "$1: expected experiments/peers/$2 in the build and 'without rocksdb' said $3 times; it was said $said times"
    exit 1
  fi
}
expect lacking.a no_rocksdb.cc 1
expect whole.a rocksdb.cc 0
