#!/usr/bin/env bash
# Goal: an installed Mylonite is usable from other projects. Method: from a prefix build the programs of this folder with
# find_package; the store's program again with pkg-config; each installed header alone, with no other path. Run all.
# Expectation: each builds without a warning, and exits 0.
# check.sh PREFIX LIBDIR COMPILER FLAGS WORK
set -euo pipefail
prefix=$1 libdir=$2 compiler=$3 flags=$4 work=$5
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$work"
mkdir -p "$work"

cmake -S "$here" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$flags" >/dev/null
cmake --build "$work/build" >"$work/build.log" || { cat "$work/build.log" && exit 1; }
"$here/run.sh" "$work/build" "$work"

export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig
# shellcheck disable=SC2046,SC2086  # both expand to several words on purpose
"$compiler" -std=c++23 $flags "$here/main.cc" -o "$work/by_pkg_config" $(pkg-config --cflags --libs mylonite)
LD_LIBRARY_PATH=$prefix/$libdir "$work/by_pkg_config" "$work/data"

headers=0
while read -r header; do
  # shellcheck disable=SC2086
  "$compiler" -std=c++23 $flags -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$prefix/include" -x c++ - \
    <<<"#include <$header>" || { echo "$header does not compile alone" >&2 && exit 1; }
  headers=$((headers + 1))
done < <(cd "$prefix/include" && find mylonite -name '*.h' | sort)
[ "$headers" -ge 20 ] || { echo "only $headers headers are installed" >&2 && exit 1; }

# shellcheck disable=SC2086
if "$compiler" -std=c++20 $flags -fsyntax-only -I"$prefix/include" -x c++ - <<<'#include <mylonite/store.h>' \
  2>"$work/old.log"; then
  echo "C++20 was taken" >&2
  exit 1
fi
grep -q 'Mylonite needs C++23' "$work/old.log"

# Documents, manual pages and completions stand where Debian looks for them, and say what the programs say.
for document in LICENSE README.md CHANGELOG.md; do [ -s "$prefix/share/doc/mylonite/$document" ]; done
for program in mylonite mylonite-sim mylonite-lab; do
  [ -x "$prefix/bin/$program" ] || continue
  export LD_LIBRARY_PATH=$prefix/$libdir
  "$prefix/bin/$program" man | cmp - "$prefix/share/man/man1/$program.1"
  "$prefix/bin/$program" completions bash | cmp - "$prefix/share/bash-completion/completions/$program"
done
