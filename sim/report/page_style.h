// The look of a run's page, and its parts that the script fills. The colours are those of Okabe and Ito, which people
// with colour blindness tell apart. Thread-safety: constants.
#pragma once

#include <string_view>

namespace mylonite::sim {

inline constexpr std::string_view kRunPageStyle = R"css(
:root { color-scheme: light; --ink: #222; --quiet: #666; --paper: #fff; --soft: #f3f4f6; --line: #d0d4da;
  --write: #0072b2; --read: #009e73; --other: #8a6fae; --check: #999; --turn: #7a8794; --name: #e69f00;
  --bytes: #cc79a7; --sync: #a89600; --look: #b5bcc4; --bad: #d55e00; --badsoft: #fde3d3; --kept: #0072b2;
  --cached: #bfdcf0; --crash: #222; }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { color-scheme: dark;
  --ink: #ddd; --quiet: #9aa3ad; --paper: #181818; --soft: #242629; --line: #43484e;
  --write: #56b4e9; --read: #2fc79a; --other: #b39ad6; --turn: #8794a1; --sync: #f0e442; --look: #6a737c;
  --bad: #ff8a3d; --badsoft: #4a2a14; --kept: #56b4e9; --cached: #2c4a5e; --crash: #eee; } }
:root[data-theme="dark"] { color-scheme: dark;
  --ink: #ddd; --quiet: #9aa3ad; --paper: #181818; --soft: #242629; --line: #43484e;
  --write: #56b4e9; --read: #2fc79a; --other: #b39ad6; --turn: #8794a1; --sync: #f0e442; --look: #6a737c;
  --bad: #ff8a3d; --badsoft: #4a2a14; --kept: #56b4e9; --cached: #2c4a5e; --crash: #eee; }
* { box-sizing: border-box; } [hidden] { display: none; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 0 auto; padding: 1rem; color: var(--ink);
  background: var(--paper); -webkit-print-color-adjust: exact; print-color-adjust: exact; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .2rem 0 .6rem; } h1 em { color: var(--bad); font-style: normal; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; } h3 { font-size: 1rem; margin: 0 0 .3rem; }
p { margin: .4rem 0; } .quiet { color: var(--quiet); font-size: .87rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
.what, .command, .differ code { background: var(--soft); border-radius: .25rem; padding: .15rem .4rem; }
.what { padding: .5rem .7rem; margin: .4rem 0; }
mark { background: var(--bad); color: #000; border-radius: .15rem; padding: 0 .1rem; }
table { border-collapse: collapse; } th { text-align: left; font-weight: 600; vertical-align: top; }
.differ th { padding-right: .8rem; } .differ td { padding: .12rem 0; }
button { font: inherit; font-size: .87rem; color: var(--ink); background: var(--soft); border: 1px solid var(--line);
  border-radius: .3rem; padding: .2rem .7rem; cursor: pointer; min-height: 2rem; }
button:focus-visible, input:focus-visible, .scroll:focus-visible { outline: 2px solid var(--write);
  outline-offset: 2px; }
#theme { float: right; margin: 0 0 .4rem .8rem; }
.row { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .82rem; color: var(--quiet); margin: .4rem 0; }
.legend i { display: inline-block; width: .9rem; height: .7rem; margin-right: .35rem; border-radius: .1rem; }
.lanes { display: grid; grid-template-columns: max-content minmax(0, 1fr); border: 1px solid var(--line);
  border-radius: .3rem; overflow: hidden; }
.labels { border-right: 1px solid var(--line); background: var(--soft); font-size: 12px; }
.labels div { height: 18px; line-height: 18px; padding: 0 .5rem; white-space: nowrap; max-width: 11rem;
  overflow: hidden; text-overflow: ellipsis; }
.labels .group { font-weight: 600; color: var(--quiet); }
.scroll { overflow-x: auto; } .scroll svg { display: block; }
svg text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
.stripe { fill: var(--soft); } .rule0 { stroke: var(--line); } .write { fill: var(--write); }
.read { fill: var(--read); } .other { fill: var(--other); } .check { fill: var(--check); } .turn { fill: var(--turn); }
.cut { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 2; }
.c0 { fill: var(--name); } .c1 { fill: var(--bytes); } .c2 { fill: var(--sync); } .c3, .c4, .c5, .c6 {
  fill: var(--look); } .fault { fill: var(--bad); } .crash { stroke: var(--crash); stroke-width: 1.5; }
.crashmark { fill: var(--crash); } .fail { stroke: var(--bad); stroke-width: 2; } .failmark { fill: var(--bad); }
svg .failtext { fill: var(--bad); font-weight: 600; } .now { stroke: var(--write); stroke-width: 1.5; }
.nowmark { fill: var(--write); } svg [tabindex]:focus { outline: 2px solid var(--write); }
#tip { position: fixed; z-index: 9; max-width: min(26rem, 92vw); background: var(--ink); color: var(--paper);
  font-size: 13px; line-height: 1.4; padding: .35rem .6rem; border-radius: .3rem; pointer-events: none;
  white-space: pre-line; overflow-wrap: anywhere; }
.stepper { position: sticky; top: 0; z-index: 5; background: var(--paper); padding: .5rem 0;
  border-bottom: 1px solid var(--line); }
.stepper input { flex: 1 1 10rem; min-width: 8rem; accent-color: var(--write); }
#where { font-size: .92rem; min-height: 2.9em; overflow-wrap: anywhere; margin: .3rem 0 0; }
#where b.bad { color: var(--bad); }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1.2rem 1.6rem;
  margin-top: 1rem; } .panels > section { min-width: 0; } .wide { grid-column: 1 / -1; }
.level { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); border-top: 1px solid var(--line);
  padding: .2rem 0; font-size: 12px; } .run { position: relative; height: 1.45rem; margin: .1rem 0; }
.table { position: absolute; top: 0; bottom: 0; background: var(--cached); border: 1px solid var(--kept);
  border-radius: .2rem; padding: 0 .25rem; overflow: hidden; white-space: nowrap; line-height: 1.3rem; }
.file { display: grid; grid-template-columns: minmax(6rem, 11rem) minmax(3rem, 1fr) 9.5rem; gap: .6rem;
  align-items: center; font-size: 12.5px; padding: .1rem 0; } .file span { overflow-wrap: anywhere; }
.track { height: .8rem; position: relative; background: var(--soft); border-radius: .15rem; overflow: hidden; }
.track i { position: absolute; left: 0; top: 0; bottom: 0; } .visible { background: var(--cached); }
.durable { background: var(--kept); } .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.pairs { width: 100%; font-size: 12.5px; table-layout: fixed; } .pairs th, .pairs td { padding: .1rem .6rem .1rem 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; vertical-align: top; font-weight: 400; }
.pairs thead th { font-weight: 600; border: 0; } .pairs .differs { background: var(--badsoft); }
.pairs .absent { color: var(--quiet); } .error { color: var(--bad); overflow-wrap: anywhere; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .4rem; }
@media (max-width: 40rem) { body { font-size: 14px; padding: .6rem; } .labels div { max-width: 5.6rem;
  padding: 0 .3rem; } .file { grid-template-columns: 6.5rem minmax(2rem, 1fr) 7.6rem; gap: .35rem; }
  .number { white-space: normal; } .stepper input { order: -1; flex-basis: 100%; }
  .level { grid-template-columns: 3rem minmax(0, 1fr); } .pairs { font-size: 11.5px; }
  .pairs th, .pairs td { padding-right: .3rem; } }
@media print { html:root:root { color-scheme: light; --ink: #000; --quiet: #444; --paper: #fff; --soft: #f3f4f6;
  --line: #bbb; --badsoft: #fde3d3; --kept: #0072b2; --cached: #bfdcf0; --crash: #000; --write: #0072b2;
  --read: #009e73; --other: #8a6fae; --turn: #7a8794; --sync: #a89600; --look: #b5bcc4; --bad: #d55e00; }
  body { max-width: none; padding: 0; font-size: 13px; } .row, #theme, #tip, .keys { display: none; }
  .stepper { position: static; border: 0; } .scroll { overflow: hidden; }
  .scroll svg { width: 100%; } section { break-inside: avoid; } }
)css";

inline constexpr std::string_view kRunPageBody = R"html(<noscript>
<p>The pictures below need a script, which is in this page and loads nothing.</p>
</noscript>
<main>
<svg id="drawing" hidden></svg>
<h2>What happened</h2>
<div class="row"><button type="button" id="out">zoom out</button><button type="button" id="in">zoom in</button>
<button type="button" id="fit">all steps</button></div>
<div class="legend" id="legend"></div>
<div class="lanes"><div class="labels" id="labels"></div>
<div class="scroll" id="scroll" tabindex="0" role="group" aria-label="lanes over steps"></div></div>
<p class="quiet" id="lost"></p>
<p class="quiet" id="notes"></p>
<h2>One moment</h2>
<div class="stepper"><div class="row"><button type="button" id="first">first</button>
<button type="button" id="prev">back</button>
<input type="range" id="slider" min="0" value="0" aria-label="moment"><button type="button" id="next">on</button>
<button type="button" id="last">last</button><button type="button" id="jump">the failure</button></div>
<p id="where" aria-live="polite"></p></div>
<p class="quiet keys">Keys: left and right arrow, Home, End. A click into the lanes goes to that step.</p>
<div class="panels">
<section id="treepart"><h3>The tree</h3><p class="quiet" id="treenote"></p><div id="tree"></div></section>
<section><h3>The log, and other files</h3>
<div class="legend"><span><i class="durable"></i>on the disk for good, whatever a power loss takes</span>
<span><i class="visible"></i>only in the memory of the operating system</span></div>
<div id="log"></div><div id="files"></div></section>
<section class="wide"><h3>The model against the store</h3><p class="quiet" id="pairsnote"></p>
<div class="row"><label><input type="checkbox" id="only"> only what differs</label></div>
<div id="pairs"></div></section>
</div>
</main>
<div id="tip" role="tooltip" hidden></div>)html";

}  // namespace mylonite::sim
