#!/bin/sh
# Writes a source that knows its commit: `write_commit.sh SOURCE_DIR FILE` (experiments/result/commit.h). A `+` says that files differ
# from the commit. The file is left alone where nothing changed, so that nothing is compiled again.
set -eu
commit=$(git -C "$1" describe --always --exclude='*' --abbrev=12 --dirty=+ 2>/dev/null || echo unknown)
text="#include \"experiments/result/commit.h\"
std::string_view mylonite::experiments::built_from() { return \"$commit\"; }"
[ "$(cat "$2" 2>/dev/null || true)" = "$text" ] || printf '%s\n' "$text" >"$2"
