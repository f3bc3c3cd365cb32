// The script of a run's page: draws the lanes and shows one moment. It makes text nodes only, so that nothing that a
// run holds becomes markup. The data is that of page_data.h. Thread-safety: constants.
#pragma once

#include <string_view>

namespace mylonite::sim {

// Helpers and the lanes.
inline constexpr std::string_view kRunPageLanes = R"js("use strict";
const D = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const T = (i) => D.text[i] ?? "";
const make = (space) => (name, attributes, ...children) => {
  const node = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
};
const h = make(document.documentElement.namespaceURI), s = make($("drawing").namespaceURI);
const clear = (node, ...children) => node.replaceChildren(...children);
const count = (n, what) => n + " " + what + (n === 1 ? "" : "s");
const bytes = (n) => n < 10000 ? n + " B" : n < 1e7 ? (n / 1024).toFixed(0) + " KiB"
  : (n / 1048576).toFixed(1) + " MiB";
const steps = Math.max(D.steps, 1);
const tips = [];
const tip = (text) => tips.push(text) - 1;
const ROW = 18, TOP = 22;
// What was cut off lasts to the death of its machine.
const deaths = D.inc.map((inc) => inc.b);
for (const [i, step] of [...D.crashes, ...(D.fail ? [D.fail] : [])]) deaths[i] = Math.min(deaths[i], step);
const END = (row, begin, end) => end < 0 ? Math.max(begin, deaths[row[0]]) : end;
const WRITES = /^(put|remove|batch|ingest)/, READS = /^(get|scan|walk|multi|open-cursor|use-cursor|approximate)/;

// Rows: {label, group} or {label, items: [{a, b, css, tip, cut, focus}]}.
const rows = [];
const row_of = new Map();
const row = (key, label) => {
  if (!row_of.has(key)) {
    row_of.set(key, {label, items: []});
    rows.push(row_of.get(key));
  }
  return row_of.get(key);
};
const group = (label) => rows.push({label, group: true});

const fiber_names = D.inc.map((inc) => inc.fibers.map((name, i) => {
  const before = inc.fibers.slice(0, i).filter((other) => other === name).length;
  return before > 0 ? name + " " + (before + 1) : name;
}));
const fiber = (inc, id) => fiber_names[inc]?.[id - 1] ?? "thread " + id;
const when = (a, b) => b < 0 ? "from step " + a + ", cut off" : a === b ? "step " + a : "steps " + a + " to " + b;

group("clients");
for (const n of [...new Set(D.ops.map((op) => op[1]))].sort((a, b) => (a || 1e9) - (b || 1e9))) {
  row("op" + n, n ? "client " + n : "checks");
}
for (const op of D.ops) {
  const text = T(op[5]);
  const css = op[1] === 0 ? "check" : WRITES.test(text) ? "write" : READS.test(text) ? "read" : "other";
  row("op" + op[1]).items.push({a: op[3], b: END(op, op[3], op[4]), css, cut: op[4] < 0, focus: op[1] > 0,
    tip: tip((op[1] ? "client " + op[1] + ": " : "") + text + "\n" + (T(op[6]) || (op[4] < 0 ? "no answer" : "done")) +
      "\n" + when(op[3], op[4]))});
}
group("threads");
D.inc.forEach((inc, i) => inc.fibers.forEach((_, j) => row("th" + fiber(i, j + 1), fiber(i, j + 1))));
D.inc.forEach((inc, i) => {
  for (let j = 0; j < inc.turns.length; j += 2) {
    const a = inc.turns[j], b = (inc.turns[j + 2] ?? inc.b + 1) - 1, name = fiber(i, inc.turns[j + 1]);
    row("th" + name).items.push({a: a - 1, b, css: "turn", tip: tip(name + " runs\n" + when(a, b))});
  }
});
group("file calls");
const CLASSES = ["names", "bytes", "syncs", "reads", "looks", "gauges", "closes"];
const CALL_ROWS = ["names", "writes", "syncs", "reads", "reads", "reads", "reads"];
for (const name of ["names", "writes", "syncs", "reads"]) row("call" + name, name);
for (const call of D.calls) {
  const told = "thread " + fiber(call[0], call[1]) + ": " + T(call[5]) + (T(call[7]) ? "\nfault: " + T(call[7]) : "") +
    (T(call[6]) ? "\n" + T(call[6]) : "") + (call[4] < 0 ? "\nno answer: the machine died" : "") + "\n" +
    when(call[3], call[4]);
  row("call" + CALL_ROWS[call[2]]).items.push({a: call[3], b: END(call, call[3], call[4]),
    css: "c" + call[2], cut: call[4] < 0, tip: tip(told)});
}
group("trouble");
row("faults", "faults");
row("crashes", "crashes");
for (const call of D.calls) {
  if (T(call[7])) row("faults").items.push({a: call[3], b: call[3], css: "fault", mark: true, focus: true,
    tip: tip("fault: " + T(call[7]) + "\n" + T(call[5]) + "\nstep " + call[3])});
}

let zoom = 1, current = 0, width = 600, line = null;
const x = (step) => 6 + step / steps * (width - 12);

const item = (each, y) => {
  const w = Math.max(x(each.b) - x(each.a), each.mark ? 5 : 2);
  const shape = each.mark
    ? s("path", {d: `M${x(each.a)} ${y + 3}l5 11h-10z`, class: each.css})
    : s("rect", {x: x(each.a).toFixed(1), y: y + 3, width: w.toFixed(1), height: ROW - 6, class: each.css});
  shape.dataset.tip = each.tip;
  if (each.focus) {
    shape.setAttribute("tabindex", "0");
    shape.setAttribute("aria-label", tips[each.tip]);
    shape.setAttribute("role", "img");
  }
  return each.cut
    ? [shape, s("path", {d: `M${x(each.b)} ${y}v${ROW}`, class: "cut"})] : [shape];
};

const crash_tip = (crash) => T(crash[2]) + "\n" + (crash[3] ? "power loss: " + (crash[4].length
  ? count(crash[4].length, "unit") + " did not survive whole" : "everything survived") : "the process was killed") +
  "\nstep " + crash[1];

const draw = () => {
  width = Math.max($("scroll").clientWidth, 200) * zoom;
  const height = TOP + rows.length * ROW + 4;
  const viewBox = `0 0 ${width} ${height}`;
  const svg = s("svg", {width, height, viewBox, preserveAspectRatio: "none", role: "group",
    "aria-label": "what happened, over steps"});
  D.inc.forEach((inc, i) => {
    if (i % 2) svg.append(s("rect", {x: x(inc.a), y: 0, width: x(inc.b) - x(inc.a), height, class: "stripe"}));
    const room = x(inc.b) - x(inc.a);
    if (room > 24) svg.append(s("text", {x: x(inc.a) + 3, y: 14}, room > 96 ? "incarnation " + (i + 1) : i + 1));
  });
  rows.forEach((each, i) => {
    const y = TOP + i * ROW;
    if (each.group) svg.append(s("path", {d: `M0 ${y}H${width}`, class: "rule0"}));
    for (const one of each.items ?? []) svg.append(...item(one, y));
  });
  const low = TOP + rows.length * ROW;
  for (const crash of D.crashes) {
    const y = low - ROW / 2;
    const mark = s("path", {d: `M${x(crash[1]) - 4} ${y - 4}l8 8m0-8l-8 8`, class: "crash", tabindex: 0, role: "img",
      "aria-label": crash_tip(crash)});
    mark.dataset.tip = tip(crash_tip(crash));
    svg.append(s("path", {d: `M${x(crash[1])} ${TOP}V${low}`, class: "crash", "stroke-dasharray": "2 3"}), mark);
  }
  if (D.fail) {
    const at = x(D.fail[1]), left = at > width - 70;
    const flag = s("path", {d: `M${at} 2h${left ? -9 : 9}v9h${left ? 9 : -9}z`, class: "failmark", tabindex: 0,
      role: "img", "aria-label": "the failure"});
    flag.dataset.tip = tip("the failure: step " + D.fail[1]);
    svg.append(s("path", {d: `M${at} 2V${height}`, class: "fail"}), flag,
      s("text", {x: at + (left ? -13 : 13), y: 12, class: "failtext", "text-anchor": left ? "end" : "start"},
        "failure"));
  }
  line = s("g", {"pointer-events": "none"}, s("path", {d: `M0 ${TOP - 4}V${height}`, class: "now"}),
    s("path", {d: `M-5 ${TOP - 9}h10l-5 7z`, class: "nowmark"}));
  svg.append(line);
  clear($("scroll"), svg);
  place_line();
};
const place_line = () => line?.setAttribute("transform", `translate(${x(D.moments[current]?.s ?? 0)} 0)`);
)js";

// One moment, and what listens.
inline constexpr std::string_view kRunPageMoment = R"js(
const apply = (map, changes) => {
  for (let i = 0; i < (changes?.length ?? 0); i += 2) {
    if (changes[i + 1] < 0) map.delete(changes[i]); else map.set(changes[i], changes[i + 1]);
  }
};
const state_at = (n) => {
  const state = {model: new Map(), reopened: new Map(), worst: new Map(), files: new Map(), levels: [], levels_at: 0};
  for (let i = 0; i <= n; ++i) {
    const each = D.moments[i];
    apply(state.model, each.m);
    apply(state.reopened, each.r);
    apply(state.worst, each.w);
    for (let j = 0; j < (each.f?.length ?? 0); j += 3) {
      const [path, visible, durable] = each.f.slice(j, j + 3);
      if (visible === -2) state.files.delete(path); else state.files.set(path, [visible, durable]);
    }
    if (each.l) state.levels = each.l;
    if (each.re === undefined) state.levels_at = i;
  }
  return state;
};

const show_tree = (state, n) => {
  const borders = Math.max(1, ...D.tables.map((table) => table[6] + 1));
  const levels = state.levels.map((runs, i) => h("div", {class: "level"}, h("span", {}, "level " + i),
    h("div", {}, ...(runs.length ? runs : [[]]).map((run) => h("div", {class: "run"}, ...run.map((t) => {
      const [number, low, high, size, entries, from, to] = D.tables[t];
      const left = 100 * from / borders, wide = Math.max(100 * (to - from + 1) / borders, 1);
      const box = h("div", {class: "table", tabindex: 0, style: `left:min(${left}%, 100% - 12px);width:${wide}%`},
        number + " · " + bytes(size));
      box.dataset.tip = tip(`table ${number}: ${T(low)} to ${T(high)}\nentries: ${entries}, ${bytes(size)}`);
      return box;
    })))))).filter((_, i) => i < 2 || state.levels.slice(i).some((runs) => runs.length));
  clear($("tree"), ...levels);
  const all = state.levels.flat(2).length;
  $("treenote").textContent = !all ? "No tables." : count(all, "table") + " in " +
    count(state.levels.flat().length, "run") + ", newest on top; left to right by key" +
    (state.levels_at < n ? ". The store cannot be opened here: this is the tree before" : "") + ".";
};

const show_files = (state) => {
  const all = [...state.files].map(([path, [visible, durable]]) => ({path: T(path), visible, durable}));
  all.sort((a, b) => a.path.localeCompare(b.path, "en", {numeric: true}));
  const most = Math.max(1, ...all.map((file) => Math.max(file.visible, file.durable)));
  const bar = ({path, visible, durable}) => {
    const gone = visible < 0, part = (n) => "width:" + 100 * Math.max(n, 0) / most + "%";
    const words = gone ? "removed; may return" : durable === visible ? bytes(visible) + ", durable"
      : bytes(durable) + " of " + bytes(visible);
    return h("div", {class: "file"}, h("span", {}, path), h("div", {class: "track"},
      h("i", {class: "visible", style: part(visible)}), h("i", {class: "durable", style: part(durable)})),
      h("span", {class: "number"}, words));
  };
  const is_log = (file) => /wal-\d+\.log$/.test(file.path);
  clear($("log"), ...all.filter(is_log).map(bar));
  clear($("files"), ...all.filter((file) => !is_log(file)).map(bar));
  if (!all.length) clear($("files"), h("p", {class: "quiet"}, "No files yet."));
};

const MOST_PAIRS = 200;
const shown_text = (i) => T(i) || "(no bytes)";
const show_pairs = (state, n) => {
  const moment = D.moments[n], only = $("only").checked;
  const columns = D.own ? [["a new process reads", state.reopened, moment.re],
    ["after the worst power loss", state.worst, moment.we]] : [];
  const keys = [...new Set([state.model, ...columns.map((c) => c[1])].flatMap((map) => [...map.keys()]))];
  keys.sort((a, b) => T(a) < T(b) ? -1 : 1);
  const cell = (map, key, differs) => h("td", {class: (map.has(key) ? "" : "absent") + (differs ? " differs" : "")},
    map.has(key) ? shown_text(map.get(key)) : "absent");
  const usable = columns.filter((c) => c[2] === undefined);
  const differs = (key, map) => map.get(key) !== state.model.get(key);
  const shown = keys.filter((key) => !only || usable.some((c) => differs(key, c[1])));
  const head = h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "key"), h("th", {scope: "col"}, "model"),
    ...columns.map((c) => h("th", {scope: "col"}, c[0]))));
  const line_of = (key) => h("tr", {}, h("th", {scope: "row"}, shown_text(key)), cell(state.model, key, false),
    ...columns.map(([, map, error]) => error === undefined ? cell(map, key, differs(key, map))
      : h("td", {class: "absent"}, "–")));
  const body = h("tbody", {}, ...shown.slice(0, MOST_PAIRS).map(line_of));
  const errors = columns.filter((c) => c[2] !== undefined).map((c) => h("p", {class: "error"}, c[0] + ": " + T(c[2])));
  const table = keys.length ? h("table", {class: "pairs"}, head, body) : h("p", {class: "quiet"}, "No pairs.");
  clear($("pairs"), ...errors, table);
  if (shown.length > MOST_PAIRS) $("pairs").append(h("p", {class: "quiet"}, MOST_PAIRS + " of " + shown.length));
  $("pairsnote").textContent = D.own ? "The model holds every write that has got a stamp, also one that is not " +
    "acknowledged yet. The store's sides are what this program finds on a copy of the disk of this step: " +
    "after a kill of the process, and after a power loss that takes all that is not durable. Unsynced writes " +
    "may be missing there." :
    "The model holds every write that has got a stamp. This store's files can be read by its own program only.";
};

const show = (n) => {
  if (!D.moments.length) return;
  current = Math.min(Math.max(n, 0), D.moments.length - 1);
  const moment = D.moments[current], failed = D.fail && moment.s === D.fail[1] && /^the failure/.test(T(moment.t));
  $("slider").value = current;
  const time = (moment.n / 1000).toFixed(1) + " µs";
  const where = `Step ${moment.s} of ${D.steps}, incarnation ${moment.i + 1}, ${time}. After `;
  clear($("where"), where, h("b", {class: failed ? "bad" : ""}, T(moment.t)), ".");
  $("slider").setAttribute("aria-valuetext", $("where").textContent);
  for (const id of ["first", "prev"]) $(id).disabled = current === 0;
  for (const id of ["next", "last"]) $(id).disabled = current === D.moments.length - 1;
  const state = state_at(current);
  $("treepart").hidden = !D.own;
  show_tree(state, current);
  show_files(state);
  show_pairs(state, current);
  place_line();
};

const nearest = (step) => {
  let best = 0;
  D.moments.forEach((each, i) => { if (each.s <= step) best = i; });
  return best;
};
const failing = () => {
  const at = D.moments.findIndex((each) => /^the failure/.test(T(each.t)));
  return at < 0 ? D.moments.length - 1 : at;
};

const LEGEND = [["write", "write"], ["read", "read"], ["other", "other operation"], ["turn", "thread runs"],
  ["name", "names change"], ["bytes", "bytes are written"], ["sync", "sync"], ["look", "read or look"],
  ["bad", "fault, cut off, failure"], ["crash", "crash (cross, dotted line)"]];
clear($("legend"), ...LEGEND.map(([css, words]) => h("span", {}, h("i", {style: `background:var(--${css})`}), words)));
clear($("labels"), h("div", {style: `height:${TOP}px`}), ...rows.map((each) =>
  h("div", {class: each.group ? "group" : "", title: each.label}, each.label)));
const lost = D.crashes.flatMap((crash) => crash[4].map((unit) => T(unit)));
$("lost").textContent = lost.length ? "Did not survive whole: " + lost.slice(0, 12).join("; ") +
  (lost.length > 12 ? "; and " + (lost.length - 12) + " more" : "") + "." : "";
$("notes").textContent = D.notes.length ? "Not all is drawn. " + D.notes.join("; ") + "." : "";
$("slider").max = Math.max(D.moments.length - 1, 0);
$("slider").addEventListener("input", () => show(+$("slider").value));
const moves = {first: () => 0, prev: () => current - 1, next: () => current + 1, last: () => D.moments.length - 1,
  jump: failing};
for (const [id, where] of Object.entries(moves)) $(id).addEventListener("click", () => show(where()));
if (!D.fail) $("jump").hidden = true;
const KEYS = {ArrowLeft: moves.prev, ArrowRight: moves.next, Home: moves.first, End: moves.last};
document.addEventListener("keydown", (event) => {
  if (!KEYS[event.key] || event.ctrlKey || event.altKey || event.metaKey || event.target === $("scroll")) return;
  event.preventDefault();
  show(KEYS[event.key]());
});
$("only").addEventListener("change", () => show(current));
$("scroll").addEventListener("click", (event) => {
  const left = $("scroll").firstChild.getBoundingClientRect().left;
  show(nearest((event.clientX - left - 6) / (width - 12) * steps));
});
const zoom_to = (next) => {
  const before = zoom;
  zoom = Math.min(Math.max(next, 1), 64);
  const middle = ($("scroll").scrollLeft + $("scroll").clientWidth / 2) / before * zoom;
  draw();
  $("scroll").scrollLeft = middle - $("scroll").clientWidth / 2;
};
$("in").addEventListener("click", () => zoom_to(zoom * 2));
$("out").addEventListener("click", () => zoom_to(zoom / 2));
$("fit").addEventListener("click", () => zoom_to(1));
$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
const show_tip = (event) => {
  const of = event.target.closest?.("[data-tip]");
  $("tip").hidden = !of;
  if (!of) return;
  $("tip").textContent = tips[of.dataset.tip];
  const box = of.getBoundingClientRect(), own = $("tip").getBoundingClientRect();
  const left = event.type === "mouseover" ? event.clientX : box.left;
  $("tip").style.left = Math.max(4, Math.min(left + 8, innerWidth - own.width - 8)) + "px";
  $("tip").style.top = (box.bottom + own.height + 8 > innerHeight ? box.top - own.height - 6 : box.bottom + 6) + "px";
};
document.addEventListener("mouseover", show_tip);
document.addEventListener("focusin", show_tip);
document.addEventListener("focusout", () => { $("tip").hidden = true; });
addEventListener("resize", draw);
draw();
show(failing());
)js";

}  // namespace mylonite::sim
