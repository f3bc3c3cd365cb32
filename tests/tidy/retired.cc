#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "tests/tidy/rules.h"
#include "tests/tidy/text.h"

namespace mylonite::tidy {
namespace {

// Names that a newcomer could not guess, and the names in their place. `where` is the part of the tree that gave the
// name up; an empty one means everywhere. A name with a slash is a file or folder.
struct Retired {
  std::string_view name;
  std::string_view instead;
  std::string_view where;
};
constexpr std::array kRetired = {
    Retired{"Universe", "RunState", ""},
    Retired{"Narrator", "Transcript", ""},
    Retired{"Sight", "a mark of sim/run/coverage.h", ""},
    Retired{"Sights", "Coverage", ""},
    Retired{"Life", "Incarnation", ""},
    Retired{"Court", "AnswerChecker and Observer", ""},
    Retired{"went_well", "succeeded", "sim/"},
    Retired{"OpKind", "Operation, a variant", ""},
    Retired{"Walk", "CursorChecker", ""},
    Retired{"OperationMaker", "Workload", ""},
    Retired{"RecoveryJudge", "RecoveryChecker", ""},
    Retired{"Death", "CrashMode", ""},
    Retired{"leaned_on", "excuses_missing", ""},
    Retired{"accuse", "report_missing", ""},
    Retired{"Contents", "StoreDump", "sim/"},
    Retired{"read_all", "dump", "sim/"},
    Retired{"loud", "reported_damage", "sim/"},
    Retired{"told", "reported_errors", "sim/run/"},
    Retired{"judge", "check", "sim/oracle/"},
    Retired{"Emission", "StampedWrite", ""},
    Retired{"Survivor", "StoredEntry", ""},
    Retired{"Holdings", "StoredVersions", ""},
    Retired{"life", "plan", "sim/run/"},
    Retired{"narrate", "transcribe", "sim/"},
    Retired{"told", "with_story", "sim/program/"},
    Retired{"Place", "CursorPosition", "sim/oracle/"},
    Retired{"Place", "StoreDirectory", "core/tool/"},
    Retired{"Place", "RunPosition", "core/compaction/"},
    Retired{"Place", "RunPosition", "core/mylonite/"},
    Retired{"Machine", "FaultInjector", "sim/"},
    Retired{"FailKind", "faultfs::Fault", ""},
    Retired{"FailedCall", "faultfs::PlacedFault", ""},
    Retired{"sim/run/life.", "sim/run/incarnation.", ""},
    Retired{"sim/run/machine.", "sim/run/fault_injector.", ""},
    Retired{"sim/run/universe.", "sim/run/run_state.", ""},
    Retired{"sim/run/narrator.", "sim/run/transcript.", ""},
    Retired{"sim/run/sights.", "sim/run/coverage.", ""},
    Retired{"sim/report/marks.", "sim/run/coverage.", ""},
    Retired{"sim/run/court.", "sim/run/answer_checker. and sim/run/observer.", ""},
    Retired{"sim/run/walk.", "sim/run/cursor_checker.", ""},
    Retired{"sim/run/contents.", "sim/run/store_dump.", ""},
    Retired{"sim/scenario/operation_maker.", "sim/scenario/workload.", ""},
    Retired{"sim/oracle/oracle_recovery.", "sim/oracle/recovery_checker.", ""},
};

}  // namespace

Violations check_retired(const Source& source) {
  Violations found;
  const std::string code = code_only(source.text);
  for (const Retired& each : kRetired) {
    if (!source.path.starts_with(each.where)) continue;
    const std::string what = std::string(each.name) + " is retired; the name is " + std::string(each.instead);
    if (each.name.find('/') != std::string_view::npos) {
      if (source.path.starts_with(each.name)) found.push_back({.path = source.path, .line = 1, .what = what});
      continue;
    }
    for (const std::size_t at : find_token(code, each.name)) {
      found.push_back({.path = source.path, .line = line_at(code, at), .what = what});
    }
  }
  return found;
}

}  // namespace mylonite::tidy
