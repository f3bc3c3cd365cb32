#!/usr/bin/env bash
# all_apply.sh SOURCE [FOLDER]: every patch of the folder (this one) applies to the source tree as it is. Names those that do
# not, and exits 1.
set -euo pipefail
source=$1
here=$(dirname "$0")
folder=${2:-$here}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0
for patch in "$folder"/*.patch; do
  mapfile -t files < <(sed -n 's|^--- a/\([^[:space:]]*\).*|\1|p' "$patch")
  "$here/apply.sh" "$source" "$(realpath "$patch")" "$tree/one" "${files[@]}" || failed=$((failed + 1))
done
[ "$failed" = 0 ]
