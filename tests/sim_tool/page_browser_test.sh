#!/usr/bin/env bash
# Goal: the pages of a run and of a campaign work in a browser, alone. Method: headless Chromium, without a network, in the light and the dark theme and
# as wide as a telephone; a frame around the page steers and measures it. Expectation: nothing on the console; keys, buttons and
# clicks move the slider and change what is shown; each theme has its colours, and the button turns it; nothing is wider than
# the window. Skipped without Chromium.
# Usage: page_browser_test.sh MYLONITE_SIM
set -euo pipefail
sim=$1
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
  echo 'skipped: the browser (chromium is not installed)' >&2
  exit 77
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$sim" report 3 --ops 120 --crashes 2 -o "$out/page.html" >/dev/null

# What the page says of itself: by how much it is wider than its window, its background and that of the other theme, lanes and
# what is in them, how many moments differ from the one before by what they show, whether keys, a button and a click move.
cat >"$out/frame.html" <<'HTML'
<!doctype html><title>nothing</title>
<iframe id="f" src="page.html" style="border:0;height:900px"></iframe>
<script>
const frame = document.getElementById("f");
frame.style.width = location.hash.slice(1) + "px";
frame.onload = () => {
  const page = frame.contentDocument, $ = (id) => page.getElementById(id), root = page.documentElement;
  const shown = () => ["where", "tree", "log", "files", "pairs"].map((id) => $(id).textContent).join();
  const colour = () => frame.contentWindow.getComputedStyle(page.body).backgroundColor.replaceAll(" ", "");
  const key = (name) => page.dispatchEvent(new frame.contentWindow.KeyboardEvent("keydown", {key: name, bubbles: true}));
  const slider = $("slider"), places = [];
  key("Home");
  places.push(slider.value);
  let changes = 0;
  for (let before = shown(), i = 0; i < +slider.max; ++i) {
    key("ArrowRight");
    if (shown() !== before) ++changes;
    before = shown();
  }
  places.push(slider.value === slider.max, changes === +slider.max);
  key("ArrowLeft");
  places.push(+slider.max - slider.value);
  $("first").click();
  $("next").click();
  places.push(slider.value);
  slider.value = 5;
  slider.dispatchEvent(new frame.contentWindow.Event("input"));
  places.push(/Step/.test($("where").textContent), slider.value);
  const box = $("scroll").getBoundingClientRect();
  $("scroll").dispatchEvent(new frame.contentWindow.MouseEvent("click", {clientX: box.right - 8, bubbles: true}));
  places.push(slider.value > 5);
  page.querySelector("[data-tip]").dispatchEvent(new frame.contentWindow.MouseEvent("mouseover", {bubbles: true}));
  const own = colour(), beyond = root.scrollWidth - root.clientWidth;
  $("theme").click();
  document.title = ["beyond", beyond, "background", own, "turned", colour(), "lanes", $("labels").children.length,
    "marks", $("scroll").querySelectorAll("rect").length, "moves", ...places, "tip", $("tip").textContent.length > 5].join(" ");
};
</script>
HTML
# The page of a campaign has no script: how much wider it is than its window, its background, its rows and curves.
"$sim" run --seeds 0:40 --ops 60 --crashes 2 --jsonl "$out/lines.jsonl" --out "$out" >/dev/null
"$sim" merge "$out/lines.jsonl" -o "$out/campaign.html" >/dev/null
cat >"$out/campaign_frame.html" <<'HTML'
<!doctype html><title>nothing</title>
<iframe id="f" src="campaign.html" style="border:0;height:900px"></iframe>
<script>
const frame = document.getElementById("f");
frame.style.width = location.hash.slice(1) + "px";
frame.onload = () => {
  const page = frame.contentDocument, root = page.documentElement;
  document.title = ["beyond", root.scrollWidth - root.clientWidth, "background",
    frame.contentWindow.getComputedStyle(page.body).backgroundColor.replaceAll(" ", ""), "rows",
    page.querySelectorAll("tr").length, "curves", page.querySelectorAll(".curve").length].join(" ");
};
</script>
HTML
# look FRAME SCHEME WIDTH: that line. Whatever the browser says on its console, it says it here.
look() {
  "$browser" --headless --no-sandbox --disable-gpu --allow-file-access-from-files --host-resolver-rules='MAP * ~NOTFOUND' \
    --user-data-dir="$out/profile" --blink-settings=preferredColorScheme="$2" --enable-logging=stderr --virtual-time-budget=4000 \
    --dump-dom "file://$out/$1.html#$3" 2>"$out/said" | sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p'
  if grep 'CONSOLE' "$out/said" >&2; then return 1; fi
}
light=$(look frame 1 1000)
dark=$(look frame 0 1000)
narrow=$(look frame 1 360)
failed=0
expect() { # WHAT TEXT PATTERN
  [[ $2 =~ $3 ]] && return
  printf '%s: found "%s", expected %s\n' "$1" "$2" "$3" >&2
  failed=1
}
rest='lanes [1-9][0-9] marks [1-9][0-9][0-9]+ moves 0 true true 1 1 true 5 true tip true$'
expect 'the light theme' "$light" "^beyond 0 background rgb\(255,255,255\) turned rgb\(24,24,24\) $rest"
expect 'the dark theme' "$dark" "^beyond 0 background rgb\(24,24,24\) turned rgb\(255,255,255\) $rest"
expect 'a narrow window' "$narrow" "^beyond 0 .* $rest"
rest='rows [1-9][0-9]+ curves 1$'
expect 'a campaign' "$(look campaign_frame 1 1000)" "^beyond 0 background rgb\(255,255,255\) $rest"
expect 'a campaign in the dark' "$(look campaign_frame 0 1000)" "^beyond 0 background rgb\(24,24,24\) $rest"
expect 'a campaign in a narrow window' "$(look campaign_frame 1 360)" "^beyond 0 .* $rest"
if grep -nE '(src|href)=|https?://|url\(' "$out/page.html" "$out/campaign.html" >&2; then failed=1; fi
exit "$failed"
