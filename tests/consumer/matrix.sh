#!/usr/bin/env bash
# Goal: Mylonite is usable from other projects in every usual way. Method: with each compiler, as static and as shared
# libraries: install, then check.sh; and taken in by add_subdirectory. Expectation: all build and run.
# matrix.sh SOURCE WORK
set -euo pipefail
mkdir -p "$2"
source=$(cd "$1" && pwd) work=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
ways=0
for compiler in g++ clang++-19; do
  for shared in OFF ON; do
    to=$work/$compiler-$shared
    common=(-G Ninja -DCMAKE_CXX_COMPILER="$compiler" "-DBUILD_SHARED_LIBS=$shared" -DCMAKE_BUILD_TYPE=Release)
    cmake -S "$source" -B "$to/build" "${common[@]}" -DMYLONITE_PROGRAMS=OFF -DCMAKE_INSTALL_LIBDIR=lib >/dev/null
    cmake --build "$to/build" >"$to/build.log" || { cat "$to/build.log" && exit 1; }
    cmake --install "$to/build" --prefix "$to/prefix" >/dev/null
    "$here/check.sh" "$to/prefix" lib "$compiler" "" "$to/check"
    echo "ok  $compiler, shared libraries $shared: find_package, pkg-config, a shared object, each header alone"
    cmake -S "$here" -B "$to/subdirectory" "${common[@]}" -DSUBDIRECTORY="$source" >/dev/null
    cmake --build "$to/subdirectory" >"$to/subdirectory.log" || { cat "$to/subdirectory.log" && exit 1; }
    "$here/run.sh" "$to/subdirectory" "$to/subdirectory-run"
    echo "ok  $compiler, shared libraries $shared: add_subdirectory"
    ways=$((ways + 2))
  done
done
echo "$ways ways"
