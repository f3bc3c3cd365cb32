#!/usr/bin/env bash
# all_apply.sh SOURCE: every patch of this folder applies to the source tree as it is. Names those that do not, and exits 1.
set -euo pipefail
source=$1
here=$(dirname "$0")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0
for patch in "$here"/*.patch; do
  mapfile -t files < <(sed -n 's|^--- a/\([^[:space:]]*\).*|\1|p' "$patch")
  "$here/apply.sh" "$source" "$(realpath "$patch")" "$tree/one" "${files[@]}" || failed=$((failed + 1))
done
[ "$failed" = 0 ]
