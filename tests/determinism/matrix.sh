#!/bin/sh
# Builds the toy in several ways and requires them all to print the same hashes; then requires ThreadSanitizer to be
# silent on the toy and to report the race planted in `toy race`. A way whose compiler is not installed is skipped.
# Usage: matrix.sh SOURCE_DIR SCRATCH_DIR
set -eu
cd "$1"
out=$2/matrix
mkdir -p "$out"
sources="tests/determinism/toy.cc sim/machine/fiber.cc sim/machine/trace.cc sim/machine/strategy.cc sim/machine/scheduler.cc sim/machine/scheduler_story.cc
  core/rt/rt.cc core/base/hash.cc core/base/invariant.cc core/base/random.cc"
launcher=$(command -v ccache || true)
export out launcher

# name | compiler | flags
ways='debug|g++|-O0
release|g++|-O3
asan|g++|-O1 -fsanitize=address,undefined
portable|g++|-O1 -DMYLONITE_PORTABLE_FIBERS
clang|clang++-19|-O2
tsan|clang++-19|-O1 -fsanitize=thread'

installed=$(printf '%s\n' "$ways" | while IFS='|' read -r name compiler flags; do
  if command -v "$compiler" >/dev/null; then
    printf '%s|%s|%s\n' "$name" "$compiler" "$flags"
  else
    echo "skipped: $name ($compiler is not installed)" >&2
  fi
done)

printf '%s\n' "$installed" | while IFS='|' read -r name compiler flags; do
  for source in $sources; do
    printf '%s\n' "$launcher $compiler -std=c++23 -g1 -ffp-contract=off -I. -Icore -Ifaultfs -Isim $flags -c $source \
      -o $out/$name-$(basename "$source" .cc).o"
  done
done | xargs -P 2 -I '{}' sh -c '{}'

failed=0
first=
while IFS='|' read -r name compiler flags; do
  # shellcheck disable=SC2086  # flags are words
  $compiler $flags "$out/$name"-*.o -o "$out/$name" -lfmt -lxxhash
  if ! ASAN_OPTIONS=detect_stack_use_after_return=0 "$out/$name" >"$out/$name.txt" 2>"$out/$name.err"; then
    echo "FAILED: $name does not run clean"
    tail -n 20 "$out/$name.txt" "$out/$name.err"
    failed=1
  fi
  first=${first:-$name}
  if ! cmp "$out/$first.txt" "$out/$name.txt"; then
    echo "FAILED: $name differs from $first"
    failed=1
  fi
  if [ "$name" = tsan ]; then
    if "$out/tsan" race >"$out/race.txt" 2>&1 || ! grep -q 'Write of size 4' "$out/race.txt"; then
      echo "FAILED: the planted race was not reported"
      failed=1
    fi
  fi
done <<END
$installed
END
[ $failed = 0 ] && echo "all agree: $(wc -l <"$out/$first.txt") lines"
exit $failed
