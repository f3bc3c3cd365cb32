#!/usr/bin/env bash
# Goal: an installed Mylonite is usable from another project. Method: install this build into a fresh prefix, build the
# consumer against it with find_package and again with pkg-config, run both. Expectation: both exit 0.
# check.sh BUILD_DIR LIBDIR COMPILER FLAGS
set -euo pipefail
build=$1 libdir=$2 compiler=$3 flags=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$build/consumer
rm -rf "$work"

cmake --install "$build" --prefix "$work/prefix" >/dev/null
cmake -S "$here" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$flags" >/dev/null
cmake --build "$work/build"
"$work/build/consumer" "$work/data"

export PKG_CONFIG_PATH=$work/prefix/$libdir/pkgconfig
# shellcheck disable=SC2046,SC2086  # both expand to several words on purpose
"$compiler" -std=c++23 $flags "$here/main.cc" -o "$work/by_pkg_config" $(pkg-config --cflags --libs mylonite)
"$work/by_pkg_config" "$work/data"
