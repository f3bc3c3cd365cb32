// The look of pages: colours of Okabe and Ito, which people with colour blindness tell apart. Thread-safety: constants.
#pragma once

#include <cstddef>
#include <string_view>

namespace mylonite::experiments {

inline constexpr std::size_t kLevelColours = 7;
inline constexpr std::string_view kPageStyle = R"(
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222;
  background: #fff; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem; }
h3 { margin: 1.6rem 0 .2rem; } table { border-collapse: collapse; display: block; overflow-x: auto; }
caption { text-align: left; color: #666; }
th { text-align: left; font-weight: 600; } td, th { padding: .1rem 1rem .1rem 0; white-space: nowrap; }
.number { font-variant-numeric: tabular-nums; } .bar { fill: #9cc7e6; } .interval { stroke: #0072b2; stroke-width: 3; }
.trees { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem; }
figure { margin: 0; }
figure svg { width: 100%; border: 1px solid #ddd; background: #fafafa; } .runs { fill: none; stroke: #000; }
.key { padding: 0 .4rem; border-radius: .2rem; color: #000; } .hash { color: #666; font-family: monospace; }
.level0 { fill: #d55e00; background: #d55e00; } .level1 { fill: #e69f00; background: #e69f00; }
.level2 { fill: #f0e442; background: #f0e442; } .level3 { fill: #009e73; background: #009e73; }
.level4 { fill: #56b4e9; background: #56b4e9; } .level5 { fill: #0072b2; background: #0072b2; }
.level6 { fill: #cc79a7; background: #cc79a7; }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818; } h2 { border-color: #444; } caption, .hash { color: #999; }
  .bar { fill: #35627f; } .interval { stroke: #56b4e9; } figure svg { border-color: #444; background: #202020; }
  .runs { stroke: #fff; }
}
@media (max-width: 40rem) {
  tbody, td, th, caption { display: block; } 
  td, th { padding-right: .3rem; white-space: normal; overflow-wrap: anywhere; }
  tr { display: grid; grid-template-columns: 28% 32% 40%; margin-bottom: .4rem; font-size: 13px; }
  td:last-child { grid-column: 1 / -1; } th:last-child { display: none; } td svg { max-width: 100%; }
}
)";

}  // namespace mylonite::experiments
