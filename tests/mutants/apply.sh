#!/usr/bin/env bash
# apply.sh SOURCE PATCH TREE FILE...: copies the files from the source tree into TREE and applies the patch there.
set -euo pipefail
source=$1 patch=$2 tree=$3
shift 3
rm -rf "$tree"
for file in "$@"; do
  mkdir -p "$tree/$(dirname "$file")"
  cp "$source/$file" "$tree/$file"
done
if ! patch --directory="$tree" --strip=1 --fuzz=0 --forward --silent --no-backup-if-mismatch --input="$patch"; then
  rm -rf "$tree"
  echo "mutant $(basename "$patch" .patch): $patch does not apply to the engine as it is; renew it" >&2
  exit 1
fi
