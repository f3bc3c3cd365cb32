#!/usr/bin/env bash
# Goal: a comparison's page works in a browser, alone. Method: headless Chromium, without a network, in the light and the dark theme
# and as wide as a telephone; a frame around the page measures it. Expectation: nothing on the console, intervals and trees are
# there, each theme has its colours, and nothing is wider than the window. Skipped without Chromium.
# Usage: page_browser_test.sh MYLONITE_LAB
set -euo pipefail
lab=$1
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
  echo 'skipped: the browser (chromium is not installed)' >&2
  exit 77
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$lab" compare full tier fluid:K=3,Z=1 --seeds 3 --entries 4000 --buffer-entries 128 --html "$out/page.html" >/dev/null 2>&1

# What the page says of itself: by how much it is wider than its window, background, intervals, trees, tables
# that do not fit.
cat >"$out/frame.html" <<'HTML'
<!doctype html><title>nothing</title>
<iframe id="f" src="page.html" style="border:0;height:900px"></iframe>
<script>
const frame = document.getElementById("f");
frame.style.width = location.hash.slice(1) + "px";
frame.onload = () => {
  const page = frame.contentDocument;
  const count = (what) => page.querySelectorAll(what).length;
  const root = page.documentElement;
  document.title = ["beyond", root.scrollWidth - root.clientWidth, "background", frame.contentWindow.getComputedStyle(page.body).backgroundColor,
    "intervals", count(".interval"), "trees", count(".trees svg"),
    "cut", [...page.querySelectorAll("table")].filter((table) => table.scrollWidth > table.clientWidth).length].join(" ");
};
</script>
HTML
# look SCHEME WIDTH: that line. Whatever the browser says on its console, it says it here.
look() {
  "$browser" --headless --no-sandbox --disable-gpu --allow-file-access-from-files --host-resolver-rules='MAP * ~NOTFOUND' \
    --user-data-dir="$out/profile" --blink-settings=preferredColorScheme="$1" --enable-logging=stderr --virtual-time-budget=4000 \
    --dump-dom "file://$out/frame.html#$2" 2>"$out/said" | sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p'
  if grep 'CONSOLE' "$out/said" >&2; then return 1; fi
}
light=$(look 1 1000)
dark=$(look 0 1000)
narrow=$(look 1 360)
failed=0
expect() { # WHAT TEXT PATTERN
  [[ $2 =~ $3 ]] && return
  printf '%s: found "%s", expected %s\n' "$1" "$2" "$3" >&2
  failed=1
}
expect 'the light theme' "$light" '^beyond 0 background rgb\(255, 255, 255\) intervals ([1-9][0-9]+) trees 3 cut 0$'
expect 'the dark theme' "$dark" '^beyond 0 background rgb\(24, 24, 24\) intervals ([1-9][0-9]+) trees 3 cut 0$'
expect 'a narrow window' "$narrow" '^beyond 0 .* trees 3 cut 0$'
if grep -nE '(src|href)=.?(https?:)?//' "$out/page.html" >&2; then failed=1; fi
exit "$failed"
