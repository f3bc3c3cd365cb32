#!/usr/bin/env bash
# Goal: what the programs say of themselves is good. Method: of each its manual page through groff with all warnings, and
# its completions in bash, for every command that they name. Expectation: no warning, options of every command, and help
# that is the same as `--help`. pages_test.sh PROGRAM...
set -euo pipefail
command -v groff >/dev/null || { echo "skipped: groff is not there" >&2 && exit 77; }
for program in "$@"; do
  name=$(basename "$program")
  warnings=$("$program" man | groff -man -Tutf8 -ww 2>&1 >/dev/null)
  [ -z "$warnings" ] || { echo "$name man: $warnings" >&2 && exit 1; }
  # shellcheck source=/dev/null
  . <("$program" completions bash)
  function=_${name//-/_}
  offer() { # offer WORD...: what may stand in place of the last word
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    "$function"
    echo "${COMPREPLY[@]}"
  }
  commands=0
  for command in $(offer "$name" ""); do
    commands=$((commands + 1))
    [ "$(offer "$name" "${command:0:3}" | tr ' ' '\n' | grep -cx -e "$command")" = 1 ]
    case $command in sim | lab) continue ;; esac
    [ "$("$program" help "$command")" = "$("$program" "$command" --help)" ]
    [ "$command" != help ] || continue
    options=$(offer "$name" "$command" --)
    seconds=$(offer "$name" "$command" "")
    if [ -z "$options" ]; then # a group
      for second in $seconds; do
        case $(offer "$name" "$command" "$second" --) in *--help*) ;; *) echo "$command $second" >&2 && exit 1 ;; esac
      done
    fi
    for option in $options; do
      "$program" "$command" --help | grep -e "$option\b" >/dev/null || { echo "$name $command: $option" >&2 && exit 1; }
    done
  done
  [ "$commands" -ge 6 ] || { echo "$name: only $commands commands" >&2 && exit 1; }
done
