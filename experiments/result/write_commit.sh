#!/bin/sh
# Writes which commit of git the source is of: `write_commit.sh SOURCE_DIR FILE`. A `+` says that files differ from it. The file
# is left alone where nothing changed, so that nothing is compiled again.
set -eu
commit=$(git -C "$1" describe --always --exclude='*' --abbrev=12 --dirty=+ 2>/dev/null || echo unknown)
line="constexpr const char* kCommit = \"$commit\";"
[ "$(cat "$2" 2>/dev/null || true)" = "$line" ] || printf '%s\n' "$line" >"$2"
