#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "tests/tidy/rules.h"
#include "tests/tidy/text.h"

namespace mylonite::tidy {
namespace {

// The arrows: files whose path starts with `from` may include files whose path starts with one of `to`, separated by
// spaces, themselves or by way of what they include. The first row that fits decides, so exceptions stand above their
// room.
struct Arrow {
  std::string_view from;
  std::string_view to;
};
constexpr std::array kArrows = {
    // The public face: the lowest room, which every room may include; see kOfTheStore.
    Arrow{"core/mylonite/", "core/mylonite/"},
    Arrow{"core/base/", "core/base/"},
    Arrow{"core/rt/", "core/rt/ core/base/"},
    Arrow{"core/vfs/", "core/vfs/ core/rt/ core/base/"},
    Arrow{"core/format/", "core/format/ core/vfs/ core/rt/ core/base/"},
    Arrow{"core/wal/", "core/wal/ core/format/ core/vfs/ core/rt/ core/base/"},
    Arrow{"core/memtable/", "core/memtable/ core/format/ core/vfs/ core/rt/ core/base/"},
    Arrow{"core/sst/", "core/sst/ core/format/ core/vfs/ core/rt/ core/base/"},
    Arrow{"core/iter/", "core/iter/ core/memtable/ core/sst/ core/format/ core/vfs/ core/rt/ core/base/"},
    Arrow{"core/version/", "core/version/ core/format/ core/vfs/ core/rt/ core/base/"},
    // Doing the work and starting it may see the tables; choosing it (policies, legality) is pure.
    Arrow{"core/compaction/job",
          "core/compaction/ core/version/ core/sst/ core/iter/ core/format/ core/vfs/ core/rt/ core/base/"},
    Arrow{"core/compaction/filter_rate", "core/compaction/ core/sst/filter.h core/version/ core/format/ core/base/"},
    Arrow{"core/compaction/", "core/compaction/ core/version/ core/format/ core/rt/ core/base/"},
    Arrow{"core/store/",
          "core/store/ core/compaction/ core/version/ core/iter/ core/sst/ core/memtable/ core/wal/ core/format/ "
          "core/vfs/ core/rt/ core/base/"},
    Arrow{"core/cli/", "core/cli/ core/format/ core/vfs/ core/rt/ core/base/"},
    Arrow{"core/tool/", "core/"},
    Arrow{"faultfs/mylonite/", "faultfs/mylonite/"},
    Arrow{"faultfs/", "faultfs/ core/vfs/ core/rt/ core/base/"},
    Arrow{"sim/mylonite/", "sim/mylonite/ faultfs/mylonite/"},
    Arrow{"sim/machine/", "sim/machine/ sim/mylonite/sim/computer.h faultfs/ core/vfs/ core/rt/ core/base/"},
    // The generator draws from the registry of compaction policies.
    Arrow{"sim/scenario/generator",
          "sim/scenario/ sim/machine/ faultfs/ core/version/ core/format/ "
          "core/vfs/ core/rt/ core/base/"},
    Arrow{"sim/scenario/", "sim/scenario/ sim/machine/ faultfs/ core/format/ core/vfs/ core/rt/ core/base/"},
    // The oracle knows the contract, not the engine.
    Arrow{"sim/oracle/", "sim/oracle/ sim/scenario/ sim/machine/ faultfs/ core/format/ core/vfs/ core/rt/ core/base/"},
    // What is run is any store that keeps to the public interface.
    Arrow{"sim/run/",
          "sim/run/ sim/oracle/ sim/scenario/ sim/machine/ sim/mylonite/sim/store_under_test.h faultfs/ core/"},
    // What a store shows on a recorded disk is asked on a computer of its own.
    Arrow{"sim/report/moment_view",
          "sim/report/ sim/run/ sim/oracle/ sim/scenario/ sim/machine/ sim/mylonite/ faultfs/ core/"},
    Arrow{"sim/report/",
          "sim/report/ sim/run/ sim/oracle/ sim/scenario/ sim/machine/ sim/mylonite/sim/store_under_test.h faultfs/ "
          "core/"},
    Arrow{"sim/shrink/",
          "sim/shrink/ sim/report/ sim/run/ sim/scenario/ sim/machine/ sim/mylonite/sim/store_under_test.h "
          "faultfs/ "
          "core/rt/ core/base/ core/compaction/policies.h"},
    Arrow{"sim/campaign/",
          "sim/campaign/ sim/shrink/ sim/report/ sim/oracle/rules.h sim/run/ sim/scenario/ sim/machine/ "
          "sim/mylonite/sim/store_under_test.h faultfs/ core/"},
    Arrow{"sim/program/", "sim/ faultfs/ core/"},
    Arrow{"sim/tool/", "sim/ faultfs/ core/"},
    // The laboratory: each room sees those before it; only run/ sees a store.
    Arrow{"experiments/workload/", "experiments/workload/ core/base/ core/mylonite/random.h"},
    Arrow{"experiments/machine/",
          "experiments/machine/ sim/machine/ sim/scenario/file_roles.h faultfs/ core/rt/ core/base/"},
    Arrow{"experiments/spec/",
          "experiments/spec/ experiments/machine/profiles.h experiments/workload/ sim/machine/ core/base/ core/rt/ "
          "core/mylonite/"},
    Arrow{"experiments/result/", "experiments/result/ experiments/spec/ core/base/ core/mylonite/"},
    Arrow{"experiments/run/",
          "experiments/run/ experiments/result/ experiments/spec/ experiments/machine/ experiments/workload/ "
          "sim/machine/ sim/scenario/file_roles.h faultfs/ core/"},
    Arrow{"experiments/figures/", "experiments/figures/ experiments/result/ experiments/spec/ core/base/"},
    Arrow{"experiments/compare/",
          "experiments/compare/ experiments/figures/ experiments/run/ experiments/result/ experiments/spec/ core/"},
    Arrow{"experiments/amplification/",
          "experiments/amplification/ experiments/compare/ experiments/figures/ experiments/run/ experiments/result/ "
          "experiments/spec/ experiments/workload/ core/"},
    Arrow{"experiments/decisions/",
          "experiments/decisions/ experiments/run/ experiments/result/ experiments/spec/ core/"},
    Arrow{"experiments/page/",
          "experiments/page/ experiments/compare/ experiments/figures/ experiments/run/ experiments/result/ "
          "experiments/spec/ core/"},
    Arrow{"experiments/claims/",
          "experiments/claims/ experiments/figures/ experiments/run/ experiments/result/ experiments/spec/ core/"},
    Arrow{"experiments/", "experiments/ sim/ faultfs/ core/"},
    // The Python module is a user like any other: public headers only. What it shows of the simulator has none.
    Arrow{"notebooks/python/src/lab_", "notebooks/python/src/ experiments/ core/"},
    Arrow{"notebooks/python/src/sim_", "notebooks/python/src/ sim/ faultfs/ core/"},
    Arrow{"notebooks/python/src/",
          "notebooks/python/src/ sim/mylonite/sim/computer.h faultfs/mylonite/ core/mylonite/"},
    Arrow{"notebooks/", "notebooks/ experiments/ sim/ faultfs/ core/"},
    // What users write: public headers, and the laboratory's main function.
    Arrow{"tests/examples/own_policy_lab.", "tests/examples/own_ experiments/program/ core/mylonite/"},
    Arrow{"tests/examples/own_", "tests/examples/own_ sim/mylonite/ core/mylonite/"},
    Arrow{"tests/", "tests/ experiments/ sim/ faultfs/ core/"},
};

// Where public headers stand, by the spelling of those who include them.
struct PublicRoom {
  std::string_view spelled;
  std::string_view folder;
};
constexpr std::array kPublicRooms = {PublicRoom{"<mylonite/faultfs/", "faultfs/mylonite/faultfs/"},
                                     PublicRoom{"<mylonite/sim/", "sim/mylonite/sim/"},
                                     PublicRoom{"<mylonite/", "core/mylonite/"}};

// Public headers for core/store and what lies above it.
constexpr std::array kOfTheStore = {
    std::string_view("core/mylonite/store.h"), std::string_view("core/mylonite/session.h"),
    std::string_view("core/mylonite/iterator.h"), std::string_view("core/mylonite/snapshot.h")};

// Rooms of programs: included by themselves, by what stands in the row, and by tests.
constexpr std::array kPrograms = {
    Arrow{"core/cli/", "core/tool/ sim/program/ experiments/program/"},
    Arrow{"core/tool/", ""},
    Arrow{"sim/program/", "sim/tool/"},
    Arrow{"sim/mylonite/sim/program.h", "sim/program/ sim/tool/"},
    Arrow{"sim/tool/", ""},
    Arrow{"experiments/program/", "experiments/main.cc"},
};

// Large libraries: each has its few places, so that one can be replaced.
constexpr std::array kPlaces = {
    Arrow{"<CLI/", "core/cli/program.cc tests/"},
    Arrow{"<toml++/", "experiments/spec/toml_text.cc"},
    Arrow{"<pybind11/", "notebooks/python/src/"},
    Arrow{"<Python.h>", "notebooks/python/src/"},
    Arrow{"<nlohmann/",
          "core/base/json.cc core/version/job_json.cc sim/scenario/ sim/campaign/merged_campaign.cc "
          "experiments/bench/figures.cc experiments/spec/json_text.cc experiments/spec/run_spec.cc "
          "experiments/result/run_result.cc tests/"},
};

// Slow to compile: in .cc files only, so that a user of the library pays for none of them.
constexpr std::array kHeavyHeaders = {"<nlohmann/", "<CLI/",      "<fmt/",   "<rapidcheck",
                                      "<xxhash",    "<iostream>", "<regex>", "<toml++/"};

constexpr std::array kTopFolders = {"core", "sim", "faultfs", "tests", "experiments", "notebooks"};

const Arrow* row_of(std::string_view path) {
  const auto* row = std::ranges::find_if(kArrows, [&](const Arrow& arrow) { return path.starts_with(arrow.from); });
  return row == kArrows.end() ? nullptr : row;
}

bool allowed(std::string_view to, std::string_view path) {
  const bool of_the_store = std::ranges::find(kOfTheStore, path) != kOfTheStore.end();
  if (path.starts_with("core/mylonite/") && !of_the_store) return true;
  return std::ranges::any_of(words_of(to), [&](std::string_view folder) {
    return path.starts_with(folder) || (of_the_store && std::string_view("core/store/").starts_with(folder));
  });
}

struct Include {
  int line = 0;
  std::string target;  // with its quotes or brackets
};

std::vector<Include> includes_of(const Source& source) {
  const std::string code = code_only(source.text);
  const std::vector<std::string_view> raw = lines_of(source.text);
  const std::vector<std::string_view> blanked = lines_of(code);
  std::vector<Include> includes;
  for (std::size_t i = 0; i < blanked.size(); ++i) {
    if (!blanked[i].starts_with("#include")) continue;
    const std::size_t open = raw[i].find_first_of("<\"");
    const std::size_t close = raw[i].find_last_of(">\"");
    if (open == std::string_view::npos || close <= open) continue;
    includes.push_back({.line = static_cast<int>(i) + 1, .target = std::string(raw[i].substr(open, close - open + 1))});
  }
  return includes;
}

std::optional<std::string> own_header(const Include& include) {
  for (const PublicRoom& room : kPublicRooms) {
    if (!include.target.starts_with(room.spelled)) continue;
    const std::string rest = include.target.substr(room.spelled.size());
    return std::string(room.folder) + rest.substr(0, rest.size() - 1);
  }
  if (!include.target.starts_with('"')) return std::nullopt;
  return include.target.substr(1, include.target.size() - 2);
}

std::string complaint(const Source& source, const Include& include) {
  const std::optional<std::string> own = own_header(include);
  if (!own) {
    const bool heavy =
        std::ranges::any_of(kHeavyHeaders, [&](const char* header) { return include.target.starts_with(header); });
    if (heavy && source.path.ends_with(".h") && !source.path.starts_with("tests/")) {
      return "a heavy header in a header: include it in the .cc";
    }
    const auto* place =
        std::ranges::find_if(kPlaces, [&](const Arrow& row) { return include.target.starts_with(row.from); });
    return place == kPlaces.end() || allowed(place->to, source.path)
               ? ""
               : "this library has its places (kPlaces in tests/tidy/layering.cc)";
  }
  const bool from_root = std::ranges::any_of(
      kTopFolders, [&](std::string_view folder) { return own->starts_with(std::string(folder) + "/"); });
  if (!from_root) return "spell the path from the repository's root";
  if (include.target.starts_with('"') && own->find("/mylonite/") != std::string::npos) {
    return "spell a public header as its users do, <mylonite/...>";
  }
  const bool of_program = std::ranges::any_of(kPrograms, [&](const Arrow& program) {
    return own->starts_with(program.from) && !source.path.starts_with(program.from) &&
           !source.path.starts_with("tests/") && !allowed(program.to, source.path);
  });
  if (of_program) return "this room is for programs only (kPrograms in tests/tidy/layering.cc)";
  const Arrow* row = row_of(source.path);
  if (row == nullptr) return "this folder has no arrows yet: give it a row in tests/tidy/layering.cc";
  return allowed(row->to, *own) ? "" : "no arrow leads there (ARCHITECTURE.md, tests/tidy/layering.cc)";
}

// core/sst/block.cc → block.h; of one file of several behind one header, policies_tiered.cc → policies.h; of a public
// header, core/store/store.cc → core/mylonite/store.h.
bool has_header(const std::set<std::string>& present, std::string stem) {
  if (present.contains("core/mylonite" + stem.substr(stem.rfind('/')) + ".h")) return true;
  while (!present.contains(stem + ".h")) {
    const std::size_t cut = stem.find_last_of("_/");
    if (cut == std::string::npos || stem[cut] == '/') return false;
    stem.resize(cut);
  }
  return true;
}

}  // namespace

Violations check_includes(const Source& source) {
  Violations found;
  for (const Include& include : includes_of(source)) {
    const std::string what = complaint(source, include);
    if (what.empty()) continue;
    found.push_back({.path = source.path, .line = include.line, .what = "includes " + include.target + ": " + what});
  }
  return found;
}

Violations check_reach(const std::vector<Source>& sources) {
  std::map<std::string, std::vector<std::string>> includes;
  for (const Source& source : sources) {
    std::vector<std::string>& targets = includes[source.path];
    for (const Include& include : includes_of(source)) {
      if (const std::optional<std::string> own = own_header(include)) targets.push_back(*own);
    }
  }
  Violations found;
  for (const auto& [path, targets] : includes) {
    const Arrow* row = row_of(path);
    if (row == nullptr) continue;
    // Direct includes are check_includes' business; a chain ends at the first file that is out of reach.
    std::map<std::string, std::string> by;  // what is reached, by which file
    std::vector<std::string> open;
    for (const std::string& target : targets) {
      if (allowed(row->to, target) && by.emplace(target, path).second) open.push_back(target);
    }
    while (!open.empty()) {
      const std::string at = open.back();
      open.pop_back();
      for (const std::string& next : includes[at]) {
        if (!by.emplace(next, at).second) continue;
        if (allowed(row->to, next)) {
          open.push_back(next);
        } else {
          found.push_back({.path = path, .line = 1, .what = "reaches " + next + " by way of " + at});
        }
      }
    }
  }
  return found;
}

Violations check_dead_files(const std::vector<Source>& sources) {
  std::set<std::string> included;
  std::set<std::string> present;
  for (const Source& source : sources) {
    present.insert(source.path);
    for (const Include& include : includes_of(source)) {
      const std::optional<std::string> own = own_header(include);
      if (own) included.insert(*own);
    }
  }
  Violations found;
  for (const Source& source : sources) {
    const std::string stem = source.path.substr(0, source.path.rfind('.'));
    const bool engine = source.path.starts_with("core/") && !source.path.starts_with("core/tool/");
    if (source.path.ends_with(".h") && !included.contains(source.path)) {
      found.push_back({.path = source.path, .line = 1, .what = "nobody includes this header"});
    }
    if (source.path.ends_with(".cc") && engine && !has_header(present, stem)) {
      found.push_back({.path = source.path, .line = 1, .what = "a source of the engine without its header"});
    }
  }
  return found;
}

Violations check_top_level(const std::vector<std::string>& folders) {
  Violations found;
  for (const std::string& folder : folders) {
    const bool known = std::ranges::find(kTopFolders, folder) != kTopFolders.end();
    if (known || folder == "build" || folder.starts_with('.')) continue;
    found.push_back({.path = folder, .line = 0, .what = "not one of the agreed top-level folders"});
  }
  return found;
}

}  // namespace mylonite::tidy
